#include "host/store/ledger.hpp"

#include <unistd.h>

#include <cmath>
#include <cstring>

#include "host/analysis/relevance.hpp"
#include "host/base/error.hpp"
#include "host/base/file.hpp"
#include "host/base/text.hpp"
#include "host/store/ledger_files.hpp"
#include "host/store/ledger_limits.hpp"
#include "host/store/ledger_records.hpp"
#include "host/store/long_values.hpp"
#include "host/store/network_file_system.hpp"
#include "host/store/sqlite_errors.hpp"
#include "host/store/stored_json.hpp"

namespace symscan {
namespace {

ReplicaRecord::Status parse_status(const Database& database, const std::string& what,
                                   const std::string& text) {
  if (text == "pending") return ReplicaRecord::Status::pending;
  if (text == "done") return ReplicaRecord::Status::done;
  if (text == "failed") return ReplicaRecord::Status::failed;
  if (text == "skipped") return ReplicaRecord::Status::skipped;
  throw damaged_ledger(database.file(), "the status of " + what + " is '" + text + "'");
}

std::filesystem::path log_of(const std::filesystem::path& file) {
  return file.string() + "-wal";
}

std::uint64_t bytes_in(const std::filesystem::path& file) {
  std::error_code error;
  const std::uint64_t bytes = std::filesystem::file_size(file, error);
  return error ? 0 : bytes;
}

/// The shared memory of a write-ahead log is that of one machine.
void refuse_log_of_another_machine(const std::filesystem::path& file) {
  const std::string name = network_file_system_of(file);
  if (name.empty() || bytes_in(log_of(file)) == 0) return;
  throw Error(
      "'" + file.string() + "' is on a network file system (" + name +
      ") and its run has not ended: another machine may be writing to it; let the run end there, or go " +
      "on with it by train --resume, and repeat");
}

/// How to open a ledger for reading. Beside one with a write-ahead log SQLite makes files while it reads;
/// where that is not allowed the file is read alone, if no log is there: then nobody writes to it.
Database::Access access_for_reading(const std::filesystem::path& file) {
  const auto folder = file.has_parent_path() ? file.parent_path() : std::filesystem::path(".");
  std::error_code error;
  const bool alone = ::access(folder.c_str(), W_OK) != 0 && !std::filesystem::exists(log_of(file), error) &&
                     !std::filesystem::exists(file.string() + "-journal", error);
  return alone ? Database::Access::look : Database::Access::read;
}

void refuse_all_but_ledgers(const std::filesystem::path& file) {
  switch (state_of_ledger(file)) {
    case LedgerState::ledger:
      return;
    case LedgerState::missing:
      throw Error("'" + file.parent_path().string() + "' is not a run directory: it has no " +
                  file.filename().string());
    case LedgerState::empty:
      throw Error("the run in '" + file.parent_path().string() +
                  "' was killed before it began; train again with --resume");
    case LedgerState::foreign:
      break;
  }
  throw Error("'" + file.string() + "' is not a ledger of symscan, or its beginning is damaged");
}

/// What is wanted of a history when it is gone.
void note_end(ReplicaRecord& record) {
  const std::vector<EpochMetrics>& history = record.result.history;
  record.epochs = history.size();
  const std::size_t tenth = history.size() / 10;
  for (std::size_t i = history.size() - 2 * tenth; i < history.size(); ++i) {
    const double loss = std::isnan(history[i].validation_loss) ? history[i].loss : history[i].validation_loss;
    (i < history.size() - tenth ? record.loss_before : record.loss_at_end) +=
        loss / static_cast<double>(tenth);
  }
}

}  // namespace

const char* name_of_status(ReplicaRecord::Status status) {
  switch (status) {
    case ReplicaRecord::Status::done:
      return "done";
    case ReplicaRecord::Status::failed:
      return "failed";
    case ReplicaRecord::Status::skipped:
      return "skipped";
    case ReplicaRecord::Status::elsewhere:
      return "elsewhere";
    case ReplicaRecord::Status::pending:
      break;
  }
  return "pending";
}

Ledger Ledger::create(const std::filesystem::path& file, const SweepConfig& sweep, const std::string& backend,
                      const ShardReplicas* shard) {
  if (file == ":memory:") {
    Ledger ledger{Database(file, Database::Access::create)};
    create_ledger(ledger.database_, sweep, backend, shard);
    return ledger;
  }
  const LedgerState before = state_of(file);
  if (before != LedgerState::missing && before != LedgerState::empty)
    throw Error("'" + file.string() +
                "' is there already; choose another --out, or replace a damaged run with --overwrite");
  // Written under another name: a kill leaves no half of a ledger.
  write_file_atomically(file, [&](const std::filesystem::path& temporary) {
    Database database(temporary, Database::Access::create);
    database.execute("PRAGMA journal_mode=MEMORY; PRAGMA synchronous=FULL");
    create_ledger(database, sweep, backend, shard);
    // What an older version left of a creation that was killed.
    std::error_code ignored;
    for (const char* rest : files_beside_ledger) std::filesystem::remove(file.string() + rest, ignored);
  });
  Ledger ledger{Database(file, Database::Access::write)};
  take_run(ledger.database_);
  ledger.use_journal();
  return ledger;
}

Ledger Ledger::open(const std::filesystem::path& file, bool read_only) {
  refuse_all_but_ledgers(file);
  check_ledger_files(file, read_only);
  if (read_only) refuse_log_of_another_machine(file);
  Ledger ledger{Database(file, read_only ? access_for_reading(file) : Database::Access::write)};
  if (!read_only) ledger.use_journal();
  ledger.has_checksums_ = check_ledger(ledger.database_);
  if (!read_only && !ledger.has_checksums_) {
    upgrade_ledger(ledger.database_);
    ledger.has_checksums_ = true;
  }
  return ledger;
}

void Ledger::use_journal() {
  const std::string file = database_.file();
  const bool on_network = !network_file_system_of(file).empty();
  // A log that an older version left there is taken in without shared memory.
  if (on_network) database_.execute("PRAGMA locking_mode=EXCLUSIVE");
  {
    auto mode = database_.prepare(on_network ? "PRAGMA journal_mode=TRUNCATE" : "PRAGMA journal_mode=WAL");
    has_log_ = mode.step() && mode.text(0) == "wal";
  }
  if (on_network) {
    database_.execute("PRAGMA locking_mode=NORMAL");
    database_.execute("SELECT count(*) FROM sqlite_master");  // gives the lock back
  }
  database_.execute("PRAGMA synchronous=FULL; PRAGMA journal_size_limit=" +
                    std::to_string(ledger_limits().log));
}

void Ledger::commit() {
  database_.execute("COMMIT");
  if (has_log_)
    has_room_ = bytes_in(log_of(database_.file())) <= ledger_limits().log || database_.empty_log();
}

void Ledger::verify(const Statement& row, int stored, const std::string& what) const {
  if (!has_checksums_) return;
  if (row.is_null(stored) || row.integer(stored) != row.integer(stored + 1))
    throw damaged_ledger(database_.file(), what + " do not match their checksum");
}

Json Ledger::config() {
  const std::string text = meta("config");
  return understood(database_.file(), "the config", [&] { return stored_json(text); });
}

std::string Ledger::meta(const std::string& key) {
  auto query = database_.prepare(
      has_checksums_ ? "SELECT value, checksum, row_checksum(key, value) FROM meta WHERE key = ?"
                     : "SELECT value FROM meta WHERE key = ?");
  query.bind(1, key).of("'" + key + "' of the run");
  if (!query.step()) return {};
  verify(query, 1, "the entries '" + key + "' of the run");
  return query.text(0);
}

std::optional<Shard> Ledger::shard() {
  const std::string text = meta("shard");
  if (text.empty()) return std::nullopt;
  try {
    return parse_shard(text);
  } catch (const UsageError& error) {
    throw damaged_ledger(database_.file(), error.what());
  }
}

void Ledger::add_dataset(int index, const DatasetRecord& record) {
  auto row = database_.prepare(
      "INSERT OR REPLACE INTO dataset VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, "
      "row_checksum(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8))");
  row.bind(1, static_cast<std::int64_t>(index)).bind(2, record.label).bind(3, record.settings.dump());
  row.bind(4, to_string(record.preprocess))
      .bind(5, record.fingerprint)
      .bind(6, static_cast<std::int64_t>(record.rows));
  row.bind(7, details_json(record).dump()).bind_blob(8, bytes_of(record.sample)).run();
}

std::optional<DatasetRecord> Ledger::dataset(int index) {
  const std::string name = "dataset " + std::to_string(index);
  const std::string columns = "label, settings, preprocess, fingerprint, rows, details, sample";
  auto query = database_.prepare("SELECT " + columns +
                                 (has_checksums_ ? ", checksum, row_checksum(id, " + columns + ")" : "") +
                                 " FROM dataset WHERE id = ?");
  query.bind(1, static_cast<std::int64_t>(index)).of(name);
  if (!query.step()) return std::nullopt;
  verify(query, 7, "the data of " + name);
  return understood(database_.file(), name, [&] {
    DatasetRecord record;
    record.label = printable_line(query.text(0));
    record.settings = stored_json(query.text(1));
    record.preprocess = parse_preprocess(query.text(2));
    record.fingerprint = query.text(3);
    record.rows = static_cast<std::size_t>(query.integer(4));
    details_from(stored_json(query.text(5)), record);
    const std::string_view sample = query.blob(6);
    record.sample.resize(sample.size() / sizeof(double));
    std::memcpy(record.sample.data(), sample.data(), record.sample.size() * sizeof(double));
    return record;
  });
}

void Ledger::finish(const ReplicaConfig& config, const ReplicaResult& result) {
  const LongValue weights = {"parameters", config.id};
  const std::string_view bytes = bytes_of(result.parameters);
  auto& row = database_.kept(
      "UPDATE replica SET status = ?1, message = ?2, loss = ?3, reconstruction = ?4, kl = ?5, active_latents "
      "= ?6, "
      "relevances = ?7, history = ?8, parameter_bytes = ?9, parameter_checksum = ?10, parameters = ?11, "
      "checksum = row_checksum(" SYMSCAN_REPLICA_SETTINGS
      ", ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) WHERE id = ?12");
  row.bind(1, result.failed ? "failed" : "done").bind(2, result.message);
  row.bind(3, result.loss).bind(4, result.reconstruction).bind(5, result.kl);
  row.bind(6, static_cast<std::int64_t>(active_latents(result.latent_kl(), config.relevance.threshold)));
  row.bind(7, relevances_json(result).dump()).bind(8, history_json(result.history).dump());
  row.bind(9, static_cast<std::int64_t>(bytes.size())).bind(10, checksum_of(database_, weights, bytes));
  row.bind_blob(11, first_piece(bytes)).bind(12, static_cast<std::int64_t>(config.id)).run();
  if (database_.changes() != 1)
    throw damaged_ledger(database_.file(), "the row of " + name_of_replica(config.id) + " is missing");
  write_further_pieces(database_, weights, bytes);
  write_further_pieces(database_, {"checkpoint", config.id}, {});
  database_.kept("DELETE FROM checkpoint WHERE replica = ?")
      .bind(1, static_cast<std::int64_t>(config.id))
      .run();
}

ReplicaRecord Ledger::replica(int id, bool with_parameters) {
  auto& query = database_.kept(has_checksums_
                                   ? "SELECT status, message, loss, reconstruction, kl, relevances, history, "
                                     "checksum, " SYMSCAN_REPLICA_CHECKSUM " FROM replica WHERE id = ?"
                                   : "SELECT status, message, loss, reconstruction, kl, relevances, history "
                                     "FROM replica WHERE id = ?");
  const ResetAfter reset(query);
  const std::string name = name_of_replica(id);
  query.bind(1, static_cast<std::int64_t>(id)).of(name);
  if (!query.step()) throw damaged_ledger(database_.file(), "the row of " + name + " is missing");
  verify(query, 7, "the results of " + name);
  return understood(database_.file(), "the results of " + name, [&] {
    ReplicaRecord record;
    record.status = parse_status(database_, name, query.text(0));
    ReplicaResult& result = record.result;
    result.failed = record.status == ReplicaRecord::Status::failed;
    if (!result.failed && record.status != ReplicaRecord::Status::done) return record;
    result.message = printable_line(query.text(1));
    result.history = history_from(stored_json(query.text(6)));
    note_end(record);
    if (result.failed) return record;
    relevances_from(stored_json(query.text(5)), result);
    result.loss = query.real(2);
    result.reconstruction = query.real(3);
    result.kl = query.real(4);
    if (with_parameters) result.parameters = parameters(id);
    return record;
  });
}

std::vector<float> Ledger::parameters(int id) {
  const LongValue weights = {"parameters", id};
  auto query = database_.prepare(
      has_checksums_ ? "SELECT parameters, parameter_bytes, parameter_checksum FROM replica WHERE id = ?"
                     : "SELECT parameters FROM replica WHERE id = ?");
  query.bind(1, static_cast<std::int64_t>(id)).of(name_of_replica(id));
  if (!query.step())
    throw damaged_ledger(database_.file(), "the row of " + name_of_replica(id) + " is missing");
  const std::string_view first = query.blob(0);
  const std::size_t bytes = has_checksums_ ? static_cast<std::size_t>(query.integer(1)) : first.size();
  check_length(database_, weights, first.size(), static_cast<std::int64_t>(bytes));
  if (bytes % sizeof(float) != 0 || first.size() > bytes)
    throw damaged_ledger(database_.file(), name_of(weights) + " are no whole numbers of 4 bytes");
  std::vector<float> values(bytes / sizeof(float));
  char* target = reinterpret_cast<char*>(values.data());
  std::memcpy(target, first.data(), first.size());
  read_further_pieces(database_, weights, target + first.size(), bytes - first.size());
  if (has_checksums_ && query.integer(2) != checksum_of(database_, weights, bytes_of(values)))
    throw damaged_ledger(database_.file(), name_of(weights) + " do not match their checksum");
  return values;
}

std::vector<std::pair<int, ReplicaRecord::Status>> Ledger::rows(std::size_t replicas) {
  const bool is_shard = shard().has_value();
  std::vector<std::pair<int, ReplicaRecord::Status>> rows;
  auto query = database_.prepare(has_checksums_ ? "SELECT id, status, checksum, " SYMSCAN_REPLICA_CHECKSUM
                                                  " FROM replica ORDER BY id"
                                                : "SELECT id, status FROM replica ORDER BY id");
  while (query.step()) {
    const std::string next = name_of_replica(static_cast<int>(rows.size()));
    const std::int64_t id = query.of(next).integer(0);
    if (!is_shard && id != static_cast<std::int64_t>(rows.size()))
      throw damaged_ledger(database_.file(), "the row of " + next + " is missing");
    if (id < 0 || static_cast<std::size_t>(id) >= replicas)
      throw damaged_ledger(database_.file(), "it has a row of replica " + std::to_string(id) + " of " +
                                                 std::to_string(replicas));
    const std::string name = name_of_replica(static_cast<int>(id));
    query.of(name);
    verify(query, 2, "the results of " + name);
    rows.emplace_back(static_cast<int>(id), parse_status(database_, name, query.text(1)));
  }
  if (!is_shard && rows.size() < replicas)
    throw damaged_ledger(database_.file(),
                         "the row of " + name_of_replica(static_cast<int>(rows.size())) + " is missing");
  return rows;
}

std::vector<ReplicaRecord::Status> Ledger::statuses(std::size_t replicas) {
  std::vector<ReplicaRecord::Status> statuses(replicas, ReplicaRecord::Status::elsewhere);
  for (const auto& [id, status] : rows(replicas)) statuses[static_cast<std::size_t>(id)] = status;
  return statuses;
}

std::map<std::string, std::size_t> Ledger::count_statuses() {
  std::map<std::string, std::size_t> counts;
  auto query = database_.prepare("SELECT status, count(*) FROM replica GROUP BY status");
  while (query.step()) counts[printable_line(query.text(0))] = static_cast<std::size_t>(query.integer(1));
  return counts;
}

void Ledger::set_status(const char* from, const char* to) {
  auto change = database_.prepare(
      "UPDATE replica SET status = ?2, message = NULL, checksum = row_checksum(" SYMSCAN_REPLICA_SETTINGS
      ", ?2, NULL, loss, reconstruction, kl, active_latents, relevances, history, parameter_bytes, "
      "parameter_checksum) WHERE status = ?1");
  change.bind(1, std::string_view(from)).bind(2, std::string_view(to)).run();
}

void Ledger::skip(int id) {
  database_
      .kept(
          "UPDATE replica SET status = 'skipped', message = NULL, checksum = "
          "row_checksum(" SYMSCAN_REPLICA_SETTINGS
          ", 'skipped', NULL, loss, reconstruction, kl, active_latents, relevances, history, "
          "parameter_bytes, "
          "parameter_checksum) WHERE id = ? AND status = 'pending'")
      .bind(1, static_cast<std::int64_t>(id))
      .run();
}

void Ledger::skip_pending() {
  set_status("pending", "skipped");
}

void Ledger::retry_failed() {
  set_status("failed", "pending");
}

void Ledger::save_checkpoint(int id, const std::string& blob) {
  const LongValue state = {"checkpoint", id};
  auto& row = database_.kept("INSERT OR REPLACE INTO checkpoint VALUES(?, ?, ?, ?)");
  row.bind(1, static_cast<std::int64_t>(id)).bind_blob(2, first_piece(blob));
  row.bind(3, static_cast<std::int64_t>(blob.size())).bind(4, checksum_of(database_, state, blob)).run();
  write_further_pieces(database_, state, blob);
}

std::optional<std::string> Ledger::checkpoint(int id) {
  const LongValue state = {"checkpoint", id};
  auto query =
      database_.prepare(has_checksums_ ? "SELECT state, bytes, checksum FROM checkpoint WHERE replica = ?"
                                       : "SELECT state FROM checkpoint WHERE replica = ?");
  query.bind(1, static_cast<std::int64_t>(id)).of(name_of(state));
  if (!query.step()) return std::nullopt;
  std::string blob(query.blob(0));
  const std::int64_t bytes = has_checksums_ ? query.integer(1) : static_cast<std::int64_t>(blob.size());
  check_length(database_, state, blob.size(), bytes);
  const std::size_t first = blob.size();
  if (first > static_cast<std::size_t>(bytes))
    throw damaged_ledger(database_.file(), name_of(state) + " is too long");
  blob.resize(static_cast<std::size_t>(bytes));
  read_further_pieces(database_, state, blob.data() + first, blob.size() - first);
  if (has_checksums_ && query.integer(2) != checksum_of(database_, state, blob))
    throw damaged_ledger(database_.file(), name_of(state) + " does not match its checksum");
  return blob;
}

std::vector<int> Ledger::checkpointed() {
  std::vector<int> replicas;
  auto query = database_.prepare("SELECT replica FROM checkpoint ORDER BY replica");
  query.of("the list of checkpoints");
  while (query.step()) replicas.push_back(static_cast<int>(query.integer(0)));
  return replicas;
}

}  // namespace symscan
