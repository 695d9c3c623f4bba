#include "host/store/run_results.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <utility>

#include "host/base/digest.hpp"
#include "host/base/error.hpp"
#include "host/config/labels.hpp"
#include "host/store/ledger_checks.hpp"
#include "host/store/optima.hpp"
#include "host/train/replica_plan.hpp"

namespace symscan {

DatasetIndex index_datasets(const SweepConfig& sweep) {
  DatasetIndex index;
  std::map<std::string, int> known;
  const ReplicaConfig* last = nullptr;
  index.of_replica.reserve(sweep.replicas.size());
  for (const ReplicaConfig& config : sweep.replicas) {
    const ReplicaConfig* const before = std::exchange(last, &config);
    if (before != nullptr && config.dataset.is_same_as(before->dataset) &&
        config.preprocess == before->preprocess) {
      index.of_replica.push_back(index.of_replica.back());
      continue;
    }
    const std::string key = config.dataset->dump() + to_string(config.preprocess);
    const auto [entry, is_new] = known.emplace(key, static_cast<int>(index.first_replica.size()));
    if (is_new) index.first_replica.push_back(&config);
    index.of_replica.push_back(entry->second);
  }
  std::vector<Json> datasets;
  for (const ReplicaConfig* config : index.first_replica) datasets.push_back(*config->dataset);
  index.labels = dataset_labels(datasets);
  const std::vector<std::string> plain = index.labels;
  for (std::size_t d = 0; d < plain.size(); ++d) {
    // The same data may be preprocessed in several ways.
    if (std::count(plain.begin(), plain.end(), plain[d]) > 1) {
      index.labels[d] += ", " + to_string(index.first_replica[d]->preprocess);
    }
  }
  return index;
}

double RunResults::tau_of(const ReplicaConfig& config) const {
  return decoder_variance(config.loss, static_cast<int>(dataset_of(config.id).columns.size()));
}

RunResults load_results(Ledger& ledger) {
  if (const auto shard = ledger.shard()) {
    throw UsageError("the run is shard " + to_string(*shard) +
                     " of a sweep; join all shards with symscan merge, and use the run that this makes");
  }
  return load_progress(ledger);
}

RunResults load_progress(Ledger& ledger) {
  RunResults results;
  results.sweep = recorded_sweep(ledger);
  results.index = index_datasets(results.sweep);
  check_replica_rows(ledger, results.sweep, results.index);
  results.varying = varying_settings(results.sweep);
  std::erase(results.varying, "preprocess");  // tells datasets apart, see DatasetIndex
  for (const char* always : {"loss.beta", "model.latent_dim"}) {
    std::erase(results.varying, always);
    results.varying.insert(results.varying.begin(), always);
  }
  for (std::size_t d = 0; d < results.index.first_replica.size(); ++d) {
    results.datasets.push_back(recorded_dataset(ledger, results.index, d));
  }
  results.replicas.resize(results.sweep.replicas.size());
  const auto statuses =
      ledger.shard() ? ledger.statuses(results.replicas.size()) : std::vector<ReplicaRecord::Status>();
  for (const ReplicaConfig& config : results.sweep.replicas) {
    const auto id = static_cast<std::size_t>(config.id);
    ReplicaRecord& record = results.replicas[id];
    if (!statuses.empty() && statuses[id] == ReplicaRecord::Status::elsewhere) {
      record.status = statuses[id];
      continue;
    }
    record = recorded_replica(ledger, config, results.dataset_of(config.id));
    record.result.history = {};
    record.result.tracked = {};
  }
  return results;
}

bool is_large(const RunResults& results) {
  const std::vector<ReplicaConfig>& replicas = results.sweep.replicas;
  return replicas.size() > most_listed_replicas ||
         (!replicas.empty() && replicas.back().group >= most_listed_groups);
}

std::vector<float> trained_parameters(const RunResults& results, Ledger& ledger, int replica) {
  return recorded_parameters(ledger, results.sweep.replicas[static_cast<std::size_t>(replica)],
                             results.dataset_of(replica).columns.size());
}

std::string digest_of(const RunResults& results) {
  Digest digest;
  digest.add(results.sweep.resolved.dump());
  for (const DatasetRecord& record : results.datasets) digest.add(record.fingerprint);
  for (const ReplicaRecord& replica : results.replicas) {
    digest.add(std::array<int, 1>{static_cast<int>(replica.status)});
    if (replica.status != ReplicaRecord::Status::done) continue;
    const ReplicaResult& result = replica.result;
    digest.add(std::array<double, 3>{result.loss, result.reconstruction, result.kl});
    digest.add(result.latent_kl());
  }
  return digest.hex();
}

std::string unfinished_sentence(const RunResults& results, int dataset) {
  std::size_t all = 0, failed = 0, pending = 0;
  std::string first;
  for (const ReplicaConfig& config : results.sweep.replicas) {
    if (results.index.of_replica[config.id] != dataset) continue;
    const ReplicaRecord& record = results.replicas[config.id];
    if (record.status == ReplicaRecord::Status::done) return "";
    ++all;
    pending += record.status == ReplicaRecord::Status::pending ? 1 : 0;
    if (record.status == ReplicaRecord::Status::failed && failed++ == 0) first = record.result.message;
  }
  std::string text = "No training has finished";
  if (failed > 0) text += ": " + std::to_string(failed) + " of " + std::to_string(all) + " failed";
  text += ".";
  if (pending > 0)
    text += " " + std::to_string(pending) + " of " + std::to_string(all) + (pending == 1 ? " has" : " have") +
            " not ended: run train again with --resume.";
  if (!first.empty()) text += " First failure: " + first + ".";
  return text;
}

std::vector<Group> make_groups(const RunResults& results) {
  std::vector<Group> groups;
  for (const ReplicaConfig& config : results.sweep.replicas) {
    const auto g = static_cast<std::size_t>(config.group);
    if (g >= groups.size()) groups.resize(g + 1);
    Group& group = groups[g];
    if (group.config == nullptr) {
      group.config = &config;
      group.dataset = results.index.of_replica[config.id];
      group.tau = results.tau_of(config);
      group.theory_kl = linear_theory_kl(results.datasets[group.dataset].eigenvalues, group.tau,
                                         static_cast<std::size_t>(config.model.latent_dim));
    }
    const ReplicaRecord& record = results.replicas[config.id];
    if (record.status != ReplicaRecord::Status::skipped && record.status != ReplicaRecord::Status::elsewhere)
      group.replicas.push_back(config.id);
    if (record.status == ReplicaRecord::Status::failed) group.failed.push_back(config.id);
    if (record.status == ReplicaRecord::Status::done) group.done.push_back(config.id);
  }
  for (Group& group : groups) {
    std::vector<double> active, loss, reconstruction, kl;
    for (const int id : group.done) {
      const ReplicaResult& result = results.replicas[id].result;
      loss.push_back(result.loss);
      reconstruction.push_back(result.reconstruction);
      kl.push_back(result.kl);
      if (group.representative < 0 || result.loss < results.replicas[group.representative].result.loss) {
        group.representative = id;
      }
    }
    if (group.representative >= 0) group.lowest_loss = results.replicas[group.representative].result.loss;
    for (const int id : group.done) {
      const ReplicaResult& result = results.replicas[id].result;
      if (!is_near_lowest(result.loss, group.lowest_loss)) continue;
      group.best.push_back(id);
      group.active.push_back(active_latents(result.latent_kl(), group.config->relevance.threshold));
      active.push_back(group.active.back());
    }
    group.active_latents = mean_and_spread(active);
    group.loss = mean_and_spread(loss);
    group.reconstruction = mean_and_spread(reconstruction);
    group.kl = mean_and_spread(kl);
  }
  return groups;
}

std::vector<MeanAndSpread> sorted_measure(const RunResults& results, const Group& group,
                                          RelevanceMeasure measure) {
  if (group.done.empty()) return {};
  const RelevanceMeasure ordering = group.config->relevance.measure;
  std::vector<std::vector<double>> by_position(static_cast<std::size_t>(group.config->model.latent_dim));
  for (const int id : group.best) {
    const ReplicaResult& result = results.replicas[id].result;
    const auto sorted = reordered(result.measures[measure], relevance_order(result, ordering));
    for (std::size_t i = 0; i < sorted.size(); ++i) by_position[i].push_back(sorted[i]);
  }
  std::vector<MeanAndSpread> positions;
  for (const auto& values : by_position) positions.push_back(mean_and_spread(values));
  return positions;
}

TrainingVerdict training_state(const RunResults& results, const Group& group) {
  TrainingVerdict state;
  const std::uint64_t per_epoch = steps_per_epoch(group.config->train, results.datasets[group.dataset].rows);
  double before = 0, last = 0;
  bool first = true;
  for (const int id : group.done) {
    const ReplicaRecord& record = results.replicas[id];
    const std::uint64_t steps = per_epoch * record.epochs;
    state.steps = first ? steps : std::min(state.steps, steps);
    first = false;
    // Early stopping and rounds have seen for themselves whether the loss still falls.
    if (group.config->train.early_stopping || group.config->train.automatic()) continue;
    before += record.loss_before;
    last += record.loss_at_end;
  }
  constexpr std::uint64_t enough_steps = 500;
  constexpr double falling = 0.025;
  state.too_few_steps = !first && state.steps < enough_steps;
  if (!group.done.empty()) {
    state.not_converged = !results.replicas[group.representative].result.convergence.converged;
  }
  state.still_falling = before - last > falling * std::abs(before);
  return state;
}

Json mean_json(const MeanAndSpread& value) {
  return {{"mean", value.mean}, {"std", value.std}};
}

Json means_json(const std::vector<MeanAndSpread>& values) {
  Json mean = Json::array(), spread = Json::array();
  for (const MeanAndSpread& value : values) {
    mean.push_back(value.mean);
    spread.push_back(value.std);
  }
  return {{"mean", mean}, {"std", spread}};
}

}  // namespace symscan
