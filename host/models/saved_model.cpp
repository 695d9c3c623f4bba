#include "host/models/saved_model.hpp"

#include <algorithm>

#include "host/base/error.hpp"
#include "host/base/text.hpp"
#include "host/config/names.hpp"
#include "host/store/optima.hpp"
#include "host/store/prepared_sample.hpp"
#include "host/train/replica_network.hpp"

namespace symscan {
namespace {

/// Rows of a matrix [out][in], in another order.
void order_rows(float* weight, std::size_t columns, const std::vector<std::size_t>& order) {
  const std::vector<float> old(weight, weight + order.size() * columns);
  for (std::size_t j = 0; j < order.size(); ++j)
    std::copy_n(old.data() + order[j] * columns, columns, weight + j * columns);
}

void order_columns(float* weight, std::size_t rows, const std::vector<std::size_t>& order) {
  const std::size_t latents = order.size();
  for (std::size_t row = 0; row < rows; ++row, weight += latents) {
    const std::vector<float> old(weight, weight + latents);
    for (std::size_t j = 0; j < latents; ++j) weight[j] = old[order[j]];
  }
}

/// Puts the latents into the given order: rows of mu and logvar, columns of what follows.
void order_latents(const Network& network, const std::vector<std::size_t>& order,
                   std::vector<float>& canonical) {
  float* next = canonical.data();
  bool after_head = false;
  for (const TensorShape& tensor : tensor_shapes(network)) {
    const bool matrix = tensor.shape.size() == 2;
    const std::size_t rows = tensor.shape[0], columns = matrix ? tensor.shape[1] : 1;
    const bool head = tensor.name.starts_with("mu.") || tensor.name.starts_with("logvar.");
    if (head) order_rows(next, columns, order);
    // The first matrix after the head takes the latents.
    if (after_head && matrix) {
      order_columns(next, rows, order);
      after_head = false;
    }
    if (tensor.name == "logvar.bias") after_head = true;
    next += rows * columns;
  }
}

void add_dataset(SavedModel& model, const DatasetRecord& record) {
  model.rows = record.rows;
  model.columns = record.columns;
  model.offset = record.offset;
  model.scale = record.scale;
  model.constant = record.constant;
  model.constant_value = constant_values(record);
}

void add_result(SavedModel& model, const ReplicaConfig& config, const ReplicaResult& result) {
  const RelevanceMeasure measure = config.relevance.measure;
  model.loss = result.loss;
  model.reconstruction = result.reconstruction;
  model.kl = result.kl;
  model.converged = result.convergence.converged;
  model.measure = to_string(measure);
  model.order = relevance_order(result, measure);
  model.relevance = reordered(result.measures[measure], model.order);
  model.latent_kl = reordered(result.latent_kl(), model.order);
}

std::string one_choice(const RunResults& results, const Problem& problem) {
  const std::string dataset = results.datasets.size() > 1
                                  ? results.index.labels[static_cast<std::size_t>(problem.dataset)] + ", "
                                  : "";
  return std::to_string(problem.optima.front().best) + " (" + dataset + "beta " + rounded(problem.beta) + ")";
}

/// Several problems: the best of each may be meant.
[[noreturn]] void refuse_to_choose(const RunResults& results, const std::vector<Problem>& problems) {
  constexpr std::size_t most = 8;
  std::vector<std::string> choices;
  for (const Problem& problem : problems)
    if (choices.size() < most) choices.push_back(one_choice(results, problem));
  if (problems.size() > most) choices.push_back("... (summary.json, optima)");
  throw UsageError(
      "models of several datasets or betas cannot be compared by their loss; choose one with "
      "--replica. The best: " +
      join_words(choices));
}

}  // namespace

int chosen_replica(const RunResults& results, std::optional<int> wanted) {
  const auto count = static_cast<int>(results.replicas.size());
  if (wanted) {
    if (*wanted < 0 || *wanted >= count)
      throw UsageError("there is no replica " + std::to_string(*wanted) + "; the run has " +
                       (count == 1 ? std::string("replica 0 alone") : "0 to " + std::to_string(count - 1)));
    return *wanted;
  }
  std::vector<Problem> problems;
  for (std::size_t d = 0; d < results.datasets.size(); ++d)
    for (Problem& problem : find_problems(results, static_cast<int>(d)))
      problems.push_back(std::move(problem));
  if (problems.empty()) throw UsageError("no replica of this run has been trained to its end");
  if (problems.size() > 1) refuse_to_choose(results, problems);
  return problems.front().optima.front().best;
}

SavedModel saved_model(const RunResults& results, Ledger& ledger, int replica) {
  const auto id = static_cast<std::size_t>(chosen_replica(results, replica));
  const ReplicaRecord& record = results.replicas[id];
  if (record.status != ReplicaRecord::Status::done)
    throw UsageError("replica " + std::to_string(replica) +
                     (record.status == ReplicaRecord::Status::failed ? " failed: " + record.result.message
                                                                     : std::string(" has not been trained")));
  const ReplicaConfig& config = results.sweep.replicas[id];
  SavedModel model;
  model.replica = replica;
  model.seed = config.seed;
  model.run = results.sweep.name;
  model.dataset = results.label_of(config);
  model.settings = config.resolved();
  add_dataset(model, results.dataset_of(replica));
  add_result(model, config, record.result);
  model.network = network_of(config, model.features());
  model.parameters = trained_parameters(results, ledger, replica);
  order_latents(model.network, model.order, model.parameters);
  model.beta = config.loss.beta;
  model.tau = results.tau_of(config);
  model.reconstruction_scale =
      symscan::reconstruction_scale(config.loss.kind, static_cast<int>(model.features()));
  return model;
}

Json model_card(const SavedModel& model) {
  Json constant = Json::object();
  for (std::size_t d = 0; d < model.features(); ++d)
    if (model.constant[d]) constant[model.columns[d]] = model.constant_value[d];
  return {{"producer", "symscan " SYMSCAN_VERSION},
          {"run", model.run},
          {"replica", model.replica},
          {"dataset",
           {{"label", model.dataset},
            {"rows", model.rows},
            {"columns", model.columns},
            {"offset", model.offset},
            {"scale", model.scale},
            {"constant_columns", constant}}},
          {"settings", model.settings},
          {"latent_dim", model.latents()},
          {"beta", model.beta},
          {"tau", model.tau},
          {"loss", model.loss},
          {"reconstruction", model.reconstruction},
          {"kl", model.kl},
          {"converged", model.converged},
          {"relevance", {{"measure", model.measure}, {"values", model.relevance}, {"kl", model.latent_kl}}}};
}

std::vector<std::string> latent_names(std::size_t latents) {
  std::vector<std::string> names;
  for (std::size_t j = 1; j <= latents; ++j) names.push_back("z" + std::to_string(j));
  return names;
}

}  // namespace symscan
