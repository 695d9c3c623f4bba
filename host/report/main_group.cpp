#include "host/report/main_group.hpp"

#include <algorithm>

namespace symscan {
namespace {

bool has_converged(const RunResults& results, const Group* group) {
  return results.replicas[static_cast<std::size_t>(group->representative)].result.convergence.converged;
}

/// The first of those with the largest latent_dim; there is one.
const Group* largest_of(const std::vector<const Group*>& groups) {
  return *std::max_element(groups.begin(), groups.end(), [](const Group* a, const Group* b) {
    return a->config->model.latent_dim < b->config->model.latent_dim;
  });
}

/// Those whose lowest training has converged; all if there is none.
std::vector<const Group*> converged_or_all(const RunResults& results, std::vector<const Group*> groups) {
  std::vector<const Group*> converged;
  std::copy_if(groups.begin(), groups.end(), std::back_inserter(converged),
               [&](const Group* group) { return has_converged(results, group); });
  return converged.empty() ? groups : converged;
}

/// Those with a loss near the lowest of all, the others are no answer; of them those that have converged.
std::vector<const Group*> promising_groups(const RunResults& results, std::vector<const Group*> groups) {
  double lowest = groups.front()->lowest_loss;
  for (const Group* group : groups) lowest = std::min(lowest, group->lowest_loss);
  std::erase_if(groups, [&](const Group* group) { return !is_promising(group->lowest_loss, lowest); });
  return converged_or_all(results, std::move(groups));
}

/// The largest latent_dim, and what has converged at it.
const Group* speaks_for_problem(const RunResults& results, std::vector<const Group*> groups) {
  const int latents = largest_of(groups)->config->model.latent_dim;
  std::erase_if(groups, [&](const Group* group) { return group->config->model.latent_dim < latents; });
  return converged_or_all(results, std::move(groups)).front();
}

/// Those that ended where the one with the lowest loss did, or at the same loss.
std::vector<const Group*> in_lowest_class(const Problem& problem, const std::vector<const Group*>& groups) {
  const Group* const best = *std::min_element(
      groups.begin(), groups.end(), [](auto* a, auto* b) { return a->lowest_loss < b->lowest_loss; });
  const auto class_of = [&](const Group* group) {
    return std::find_if(problem.optima.begin(), problem.optima.end(), [&](const Optimum& optimum) {
      const auto& members = optimum.replicas;
      return std::find(members.begin(), members.end(), group->representative) != members.end();
    });
  };
  const auto lowest = class_of(best);
  std::vector<const Group*> members;
  for (const Group* group : groups)
    if (is_near_lowest(group->lowest_loss, best->lowest_loss) || class_of(group) == lowest)
      members.push_back(group);
  return members;
}

}  // namespace

MainGroup find_main_group(const RunResults& results, const std::vector<Group>& groups, int dataset) {
  std::vector<const Group*> done;
  for (const Group& group : groups)
    if (group.dataset == dataset && !group.done.empty()) done.push_back(&group);
  if (done.empty()) return {};
  const ReplicaConfig& of_problem = *speaks_for_problem(results, done)->config;
  for (Problem& problem : find_problems(results, dataset)) {
    if (!problem.holds(of_problem)) continue;
    std::erase_if(done, [&](const Group* group) { return !problem.holds(*group->config); });
    const Group* const main = largest_of(in_lowest_class(problem, promising_groups(results, done)));
    return {main, std::move(problem)};
  }
  return {};
}

const Group* main_group(const RunResults& results, const std::vector<Group>& groups, int dataset) {
  return find_main_group(results, groups, dataset).group;
}

}  // namespace symscan
