#include "host/store/ledger.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include "host/analysis/relevance.hpp"
#include "host/base/error.hpp"
#include "host/store/measures_json.hpp"
#include "host/store/run_results.hpp"
#include "host/store/stored_json.hpp"

namespace symscan {
namespace {

constexpr const char* schema_version = "1";
constexpr const char* create_tables = R"(
CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE dataset(id INTEGER PRIMARY KEY, label TEXT, settings TEXT, preprocess TEXT, fingerprint TEXT,
  rows INTEGER, details TEXT, sample BLOB);
CREATE TABLE replica(id INTEGER PRIMARY KEY, "group" INTEGER, dataset TEXT, latent_dim INTEGER, beta REAL, tau REAL,
  seed INTEGER, config TEXT, status TEXT NOT NULL DEFAULT 'pending', message TEXT, loss REAL, reconstruction REAL,
  kl REAL, active_latents INTEGER, relevances TEXT, history TEXT, parameters BLOB);
CREATE TABLE checkpoint(replica INTEGER PRIMARY KEY, state BLOB NOT NULL);
)";

std::string bytes_of(const auto& values) {
  using Value = typename std::remove_cvref_t<decltype(values)>::value_type;
  return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(Value)};
}

template <class T>
std::vector<T> values_of(const std::string& bytes) {
  std::vector<T> values(bytes.size() / sizeof(T));
  std::memcpy(values.data(), bytes.data(), values.size() * sizeof(T));
  return values;
}

/// JSON has no NaN: null stands for it.
double number_or_nan(const Json& value) {
  return value.is_number() ? value.get<double>() : std::numeric_limits<double>::quiet_NaN();
}

Json history_json(const std::vector<EpochMetrics>& history) {
  Json rows = Json::array();
  for (const EpochMetrics& epoch : history) {
    rows.push_back({epoch.loss, epoch.reconstruction, epoch.kl, epoch.validation_loss});
  }
  return rows;
}

/// Of a run that was made before convergence was looked at: not known, so not converged.
Convergence convergence_from(const Json& entry) {
  Convergence convergence;
  if (!entry.is_object()) return convergence;
  convergence.converged = entry.at("converged").get<bool>();
  convergence.ending = parse_ending(entry.at("ending").get<std::string>());
  convergence.relevance_change = number_or_nan(entry.at("relevance_change"));
  convergence.loss_change = number_or_nan(entry.at("loss_change"));
  return convergence;
}

std::vector<EpochMetrics> history_from(const Json& rows) {
  std::vector<EpochMetrics> history;
  for (const Json& row : rows) {
    history.push_back({number_or_nan(row.at(0)), number_or_nan(row.at(1)), number_or_nan(row.at(2)),
                       number_or_nan(row.at(3))});
  }
  return history;
}

Json tracked_json(const std::vector<TrackedRelevance>& tracked) {
  Json rows = Json::array();
  for (const TrackedRelevance& at : tracked) {
    Json row = {{"epoch", at.epoch}};
    row.update(measures_json(at.measures));
    rows.push_back(std::move(row));
  }
  return rows;
}

std::vector<TrackedRelevance> tracked_from(const Json& rows) {
  std::vector<TrackedRelevance> tracked;
  for (const Json& row : rows) {
    tracked.push_back({row.at("epoch").get<std::size_t>(), measures_from(row, false)});
  }
  return tracked;
}

ReplicaRecord::Status parse_status(const std::string& text) {
  if (text == "done") return ReplicaRecord::Status::done;
  if (text == "failed") return ReplicaRecord::Status::failed;
  return text == "skipped" ? ReplicaRecord::Status::skipped : ReplicaRecord::Status::pending;
}

}  // namespace

Ledger Ledger::create(const std::filesystem::path& file, const SweepConfig& sweep,
                      const std::string& backend) {
  Ledger ledger{Database(file)};  // the tables come in one transaction: a ledger is whole or empty
  ledger.database_.execute("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;");
  ledger.begin();
  ledger.database_.execute(create_tables);
  auto meta = ledger.database_.prepare("INSERT INTO meta VALUES(?, ?)");
  meta.bind(1, "schema").bind(2, schema_version).run();
  meta.bind(1, "symscan").bind(2, SYMSCAN_VERSION).run();
  meta.bind(1, "backend").bind(2, backend).run();
  meta.bind(1, "name").bind(2, sweep.name).run();
  meta.bind(1, "config").bind(2, sweep.resolved.dump()).run();
  auto row = ledger.database_.prepare(
      "INSERT INTO replica(id, \"group\", dataset, latent_dim, beta, seed, config) VALUES(?, ?, ?, ?, ?, ?, "
      "?)");
  const DatasetIndex index = index_datasets(sweep);
  for (const ReplicaConfig& replica : sweep.replicas) {
    row.bind(1, static_cast<std::int64_t>(replica.id)).bind(2, static_cast<std::int64_t>(replica.group));
    row.bind(3, index.labels[index.of_replica[replica.id]])
        .bind(4, static_cast<std::int64_t>(replica.model.latent_dim));
    row.bind(5, replica.loss.beta).bind(6, static_cast<std::int64_t>(replica.seed));
    row.bind(7, replica.resolved.dump()).run();
  }
  ledger.commit();
  return ledger;
}

Ledger Ledger::open(const std::filesystem::path& file, bool read_only) {
  std::error_code error;
  if (!std::filesystem::exists(file, error)) {
    throw Error("'" + file.parent_path().string() + "' is not a run directory: it has no " +
                file.filename().string());
  }
  Ledger ledger{Database(file, read_only)};
  if (!read_only) ledger.database_.execute("PRAGMA synchronous=FULL;");
  const std::string version = ledger.meta("schema");
  if (version != schema_version) {
    throw Error("'" + file.string() + "' has ledger format " + version + "; this symscan reads format " +
                schema_version);
  }
  return ledger;
}

bool Ledger::exists(const std::filesystem::path& file) {
  std::error_code error;
  if (!std::filesystem::exists(file, error)) return false;
  Database database(file);
  return database.prepare("SELECT 1 FROM sqlite_master WHERE name = 'meta'").step();
}

Json Ledger::config() {
  return stored_json(meta("config"));
}

std::string Ledger::meta(const std::string& key) {
  auto query = database_.prepare("SELECT value FROM meta WHERE key = ?");
  query.bind(1, key);
  return query.step() ? query.text(0) : std::string();
}

void Ledger::add_dataset(int index, const DatasetRecord& record) {
  const Json details = {{"columns", record.columns},
                        {"notes", record.notes},
                        {"effective_rows", record.effective_rows},
                        {"offset", record.offset},
                        {"scale", record.scale},
                        {"constant", record.constant},
                        {"eigenvalues", record.eigenvalues},
                        {"folder", record.folder}};
  auto row = database_.prepare("INSERT OR REPLACE INTO dataset VALUES(?, ?, ?, ?, ?, ?, ?, ?)");
  row.bind(1, static_cast<std::int64_t>(index)).bind(2, record.label).bind(3, record.settings.dump());
  row.bind(4, to_string(record.preprocess))
      .bind(5, record.fingerprint)
      .bind(6, static_cast<std::int64_t>(record.rows));
  row.bind(7, details.dump()).bind_blob(8, bytes_of(record.sample)).run();
}

std::optional<DatasetRecord> Ledger::dataset(int index) {
  auto query = database_.prepare(
      "SELECT settings, preprocess, fingerprint, rows, details, sample, label FROM dataset WHERE id = ?");
  query.bind(1, static_cast<std::int64_t>(index));
  if (!query.step()) return std::nullopt;
  DatasetRecord record;
  record.settings = stored_json(query.text(0));
  record.preprocess = parse_preprocess(query.text(1));
  record.fingerprint = query.text(2);
  record.label = query.text(6);
  record.rows = static_cast<std::size_t>(query.integer(3));
  const Json details = stored_json(query.text(4));
  record.effective_rows = details.at("effective_rows").get<double>();
  record.folder = details.value("folder", "");
  record.columns = details.at("columns").get<std::vector<std::string>>();
  record.notes = details.at("notes").get<std::vector<std::string>>();
  record.offset = details.at("offset").get<std::vector<double>>();
  record.scale = details.at("scale").get<std::vector<double>>();
  record.constant = details.at("constant").get<std::vector<bool>>();
  record.eigenvalues = details.at("eigenvalues").get<std::vector<double>>();
  record.sample = values_of<double>(query.text(5));
  return record;
}

void Ledger::finish(const ReplicaConfig& config, const ReplicaResult& result) {
  Json relevances = measures_json(result.measures);
  relevances["during_training"] = tracked_json(result.tracked);
  relevances["convergence"] = convergence_json(result.convergence);
  auto row = database_.prepare(
      "UPDATE replica SET status = ?, message = ?, loss = ?, reconstruction = ?, kl = ?, active_latents = ?, "
      "relevances = ?, history = ?, parameters = ? WHERE id = ?");
  row.bind(1, result.failed ? "failed" : "done").bind(2, result.message);
  row.bind(3, result.loss).bind(4, result.reconstruction).bind(5, result.kl);
  row.bind(6, static_cast<std::int64_t>(active_latents(result.latent_kl(), config.relevance.threshold)));
  row.bind(7, relevances.dump()).bind(8, history_json(result.history).dump());
  row.bind_blob(9, bytes_of(result.parameters)).bind(10, static_cast<std::int64_t>(config.id)).run();
  database_.prepare("DELETE FROM checkpoint WHERE replica = ?")
      .bind(1, static_cast<std::int64_t>(config.id))
      .run();
}

ReplicaRecord Ledger::replica(int id, bool with_parameters) {
  auto query =
      database_.prepare(std::string("SELECT status, message, loss, reconstruction, kl, relevances, history") +
                        (with_parameters ? ", parameters" : "") + " FROM replica WHERE id = ?");
  query.bind(1, static_cast<std::int64_t>(id));
  ReplicaRecord record;
  if (!query.step()) return record;
  const std::string status = query.text(0);
  record.status = parse_status(status);
  if (status != "done" && status != "failed") return record;
  ReplicaResult& result = record.result;
  result.failed = status == "failed";
  result.message = query.text(1);
  result.history = history_from(stored_json(query.text(6)));
  if (result.failed) return record;
  const Json relevances = stored_json(query.text(5));
  result.measures = measures_from(relevances, true);
  result.tracked = tracked_from(relevances.value("during_training", Json::array()));
  result.convergence = convergence_from(relevances.value("convergence", Json()));
  result.loss = query.real(2);
  result.reconstruction = query.real(3);
  result.kl = query.real(4);
  if (with_parameters) result.parameters = values_of<float>(query.text(7));
  return record;
}

std::vector<ReplicaRecord::Status> Ledger::statuses() {
  std::vector<ReplicaRecord::Status> statuses;
  auto query = database_.prepare("SELECT status FROM replica ORDER BY id");
  while (query.step()) {
    statuses.push_back(parse_status(query.text(0)));
  }
  return statuses;
}

void Ledger::skip_pending() {
  database_.execute("UPDATE replica SET status = 'skipped' WHERE status = 'pending'");
}

void Ledger::retry_failed() {
  database_.execute("UPDATE replica SET status = 'pending', message = NULL WHERE status = 'failed'");
}

void Ledger::save_checkpoint(int id, const std::string& blob) {
  auto row = database_.prepare("INSERT OR REPLACE INTO checkpoint VALUES(?, ?)");
  row.bind(1, static_cast<std::int64_t>(id)).bind_blob(2, blob).run();
}

std::optional<std::string> Ledger::checkpoint(int id) {
  auto query = database_.prepare("SELECT state FROM checkpoint WHERE replica = ?");
  query.bind(1, static_cast<std::int64_t>(id));
  if (!query.step()) return std::nullopt;
  return query.text(0);
}

}  // namespace symscan
