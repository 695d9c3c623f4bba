#include "host/store/optima.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <utility>

#include "host/config/seeds.hpp"

namespace symscan {
namespace {

constexpr double same_loss = 0.05;  // small tables: converged seeds scatter by 3 %

std::vector<double> sorted_relevances(const ReplicaResult& result) {
  std::vector<double> sorted = result.latent_kl();
  std::sort(sorted.rbegin(), sorted.rend());
  return sorted;
}

bool belongs(const Optimum& optimum, double loss, const std::vector<double>& relevances) {
  if (!(loss - optimum.loss <= same_loss * std::abs(optimum.loss))) return false;
  return largest_relevance_difference(optimum.relevances, relevances) <= same_relevance;
}

/// `replicas`: by ascending loss.
std::vector<Optimum> optima_of(const RunResults& results, const std::vector<int>& replicas) {
  std::vector<Optimum> optima;
  for (const int id : replicas) {
    const ReplicaResult& result = results.replicas[id].result;
    const std::vector<double> relevances = sorted_relevances(result);
    auto at = std::find_if(optima.begin(), optima.end(),
                           [&](const Optimum& optimum) { return belongs(optimum, result.loss, relevances); });
    if (at == optima.end()) {
      const double threshold = results.sweep.replicas[id].relevance.threshold;
      at = optima.insert(optima.end(),
                         {id,
                          result.loss,
                          relevances,
                          {},
                          {},
                          relevant_latents(relevances, threshold),
                          effective_number(relevances.data(), static_cast<int>(relevances.size()))});
    }
    at->replicas.push_back(id);
  }
  for (Optimum& optimum : optima) {
    std::set<int> sizes;
    for (const int id : optimum.replicas) sizes.insert(results.sweep.replicas[id].model.latent_dim);
    optimum.latent_dims.assign(sizes.begin(), sizes.end());
  }
  return optima;
}

}  // namespace

double largest_relevance_difference(const std::vector<double>& a, const std::vector<double>& b) {
  double largest = 0;
  for (std::size_t j = 0; j < std::max(a.size(), b.size()); ++j) {
    const double difference = std::abs((j < a.size() ? a[j] : 0) - (j < b.size() ? b[j] : 0));
    if (std::isnan(difference)) return difference;
    largest = std::max(largest, difference);
  }
  return largest;
}

std::vector<Problem> find_problems(const RunResults& results, int dataset, std::size_t seeds) {
  const std::size_t group_size = seed_count(results.sweep.resolved);
  std::vector<Problem> problems;
  std::vector<std::vector<int>> done;
  std::map<std::pair<LossKind, double>, std::size_t> known;  // which problem a loss and a beta are
  for (const ReplicaConfig& config : results.sweep.replicas) {
    if (results.index.of_replica[config.id] != dataset) continue;
    if (results.replicas[config.id].status != ReplicaRecord::Status::done) continue;
    if (seeds > 0 && static_cast<std::size_t>(config.id) % group_size >= seeds) continue;
    const auto [at, is_new] = known.emplace(std::pair(config.loss.kind, config.loss.beta), problems.size());
    if (is_new) {
      Problem& problem = problems.emplace_back();
      problem.dataset = dataset;
      problem.loss_kind = config.loss.kind;
      problem.beta = config.loss.beta;
      problem.tau = results.tau_of(config);
      done.emplace_back();
    }
    Problem& problem = problems[at->second];
    done[at->second].push_back(config.id);
    ++problem.trainings;
    problem.converged += results.replicas[config.id].result.convergence.converged ? 1 : 0;
    problem.largest_latent_dim = std::max(problem.largest_latent_dim, config.model.latent_dim);
  }
  for (std::size_t p = 0; p < problems.size(); ++p) {
    std::stable_sort(done[p].begin(), done[p].end(), [&](int a, int b) {
      return results.replicas[a].result.loss < results.replicas[b].result.loss;
    });
    problems[p].optima = optima_of(results, done[p]);
  }
  return problems;
}

bool is_near_lowest(double loss, double lowest) {
  constexpr double near = 0.02;
  return loss - lowest <= near * std::abs(lowest);
}

bool is_promising(double loss, double lowest) {
  constexpr double tenth = 0.1;
  return loss - lowest <= tenth * std::abs(lowest);
}

int relevant_latents(const std::vector<double>& relevances, double threshold) {
  constexpr double share_of_largest = 0.1;
  const auto largest = std::max_element(relevances.begin(), relevances.end());
  if (largest == relevances.end() || !(*largest > threshold)) return 0;
  return static_cast<int>(std::count_if(relevances.begin(), relevances.end(),
                                        [&](double value) { return value >= share_of_largest * *largest; }));
}

}  // namespace symscan
