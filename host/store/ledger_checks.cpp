#include "host/store/ledger_checks.hpp"

#include "host/config/json_text.hpp"
#include "host/store/record_faults.hpp"
#include "host/store/sqlite_errors.hpp"
#include "host/store/stored_json.hpp"

namespace symscan {
namespace {

std::size_t row_count(Ledger& ledger, const char* table) {
  auto query = ledger.database().prepare(std::string("SELECT count(*) FROM ") + table);
  return query.step() ? static_cast<std::size_t>(query.integer(0)) : 0;
}

[[noreturn]] void throw_damaged(Ledger& ledger, const std::string& what) {
  throw damaged_ledger(ledger.database().file(), what);
}

/// What is wrong with a row (id, group, latent_dim, beta, seed, config, dataset); "" if nothing is.
/// `resolved`: the config as text. `label`: of the dataset; empty: not known, as another version may have
/// called it otherwise.
std::string fault_of_row(const Statement& row, const ReplicaConfig& config, const std::string& label,
                         const std::string& resolved) {
  const std::string stored = row.text(5);
  const bool settings = row.integer(1) == config.group && row.integer(2) == config.model.latent_dim &&
                        row.real(3) == config.loss.beta &&
                        row.integer(4) == static_cast<std::int64_t>(config.seed) &&
                        (label.empty() || row.text(6) == label) &&
                        (stored == resolved || same_settings(stored_json(stored), config.resolved()));
  if (!settings) return "the settings of " + name_of_replica(config.id) + " are not those of the config";
  return "";
}

}  // namespace

SweepConfig recorded_sweep(Ledger& ledger) {
  const std::size_t rows = ledger.shard() ? most_replicas : row_count(ledger, "replica");
  try {
    return parse_config_of(parse_json_text(ledger.meta("config"), "its config", false), rows);
  } catch (const ConfigError& error) {
    throw_damaged(ledger, std::string("its config cannot be used (") + error.what() + ")");
  }
}

void check_replica_rows(Ledger& ledger, const SweepConfig& sweep, const DatasetIndex& index) {
  const bool is_shard = ledger.shard().has_value();
  if (const std::size_t rows = row_count(ledger, "replica"); !is_shard && rows != sweep.replicas.size())
    throw_damaged(ledger, "it has " + std::to_string(rows) + " rows of replicas, and its config has " +
                              std::to_string(sweep.replicas.size()) + " replicas");
  auto row = ledger.database().prepare(
      "SELECT id, \"group\", latent_dim, beta, seed, config, dataset FROM replica ORDER BY id");
  ResolvedTexts texts;
  const bool same_version = ledger.meta("symscan") == SYMSCAN_VERSION;
  for (std::size_t next = 0; row.step(); ++next) {
    const std::int64_t id = row.integer(0);
    if (!is_shard && id != static_cast<std::int64_t>(next))
      throw_damaged(ledger, "the row of " + name_of_replica(static_cast<int>(next)) + " is missing");
    if (id < 0 || static_cast<std::size_t>(id) >= sweep.replicas.size())
      throw_damaged(ledger, "it has a row of replica " + std::to_string(id) + ", and its config has " +
                                std::to_string(sweep.replicas.size()) + " replicas");
    const ReplicaConfig& config = sweep.replicas[static_cast<std::size_t>(id)];
    const std::string label = same_version ? index.labels[index.of_replica[config.id]] : std::string();
    const std::string fault = understood(ledger.database().file(), "the row of " + name_of_replica(config.id),
                                         [&] { return fault_of_row(row, config, label, texts.of(config)); });
    if (!fault.empty()) throw_damaged(ledger, fault);
  }
}

DatasetRecord recorded_dataset(Ledger& ledger, const DatasetIndex& index, std::size_t dataset) {
  const std::string name = "dataset " + std::to_string(dataset) + " (" + index.labels[dataset] + ")";
  auto record = ledger.dataset(static_cast<int>(dataset));
  if (!record) {
    auto finished = ledger.database().prepare("SELECT 1 FROM replica WHERE status IN ('done', 'failed')");
    if (finished.step()) throw_damaged(ledger, "the row of " + name + " is missing");
    throw Error("the run was interrupted before its data were read; run it again with --resume",
                ExitCode::interrupted);
  }
  if (const std::string fault = fault_of(*record, *index.first_replica[dataset]); !fault.empty())
    throw_damaged(ledger, "the row of " + name + ": " + fault);
  record->settings = *index.first_replica[dataset]->dataset;  // the same, with what later versions added
  return std::move(*record);
}

ReplicaRecord recorded_replica(Ledger& ledger, const ReplicaConfig& config, const DatasetRecord& data) {
  const std::string name = name_of_replica(config.id);
  ReplicaRecord record = ledger.replica(config.id, false);
  if (const std::string fault = fault_of(record, config, data); !fault.empty())
    throw_damaged(ledger, "the row of " + name + ": " + fault);
  return record;
}

void check_replica_results(Ledger& ledger, const SweepConfig& sweep, const DatasetIndex& index) {
  std::vector<DatasetRecord> datasets;
  for (std::size_t d = 0; d < index.first_replica.size(); ++d)
    datasets.push_back(recorded_dataset(ledger, index, d));
  const auto statuses = ledger.statuses(sweep.replicas.size());
  for (const ReplicaConfig& config : sweep.replicas) {
    const auto id = static_cast<std::size_t>(config.id);
    if (statuses[id] == ReplicaRecord::Status::elsewhere) continue;
    const auto dataset = static_cast<std::size_t>(index.of_replica[id]);
    (void)recorded_replica(ledger, config, datasets[dataset]);
  }
}

std::vector<float> recorded_parameters(Ledger& ledger, const ReplicaConfig& config, std::size_t features) {
  const std::string name = name_of_replica(config.id);
  std::vector<float> parameters = ledger.parameters(config.id);
  if (const std::string fault = fault_of_parameters(parameters, config, features); !fault.empty())
    throw_damaged(ledger, "the parameters of " + name + ": " + fault);
  return parameters;
}

}  // namespace symscan
