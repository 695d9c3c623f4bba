#include "host/store/ledger_schema.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <iterator>
#include <random>

#include "host/base/text.hpp"
#include "host/base/trouble.hpp"
#include "host/store/ledger_limits.hpp"
#include "host/store/run_results.hpp"
#include "host/store/sqlite_errors.hpp"

namespace symscan {
namespace {

constexpr std::int64_t ledger_application = 0x53594D53;  // "SYMS"
constexpr const char* name_the_application = "PRAGMA application_id = 0x53594D53";
constexpr const char* newest_schema = "3";
constexpr const char* shard_schema = "4";  ///< the same, with the rows of a shard alone
constexpr const char* create_tables = R"(
CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT NOT NULL, checksum INTEGER);
CREATE TABLE dataset(id INTEGER PRIMARY KEY, label TEXT, settings TEXT, preprocess TEXT, fingerprint TEXT,
  rows INTEGER, details TEXT, sample BLOB, checksum INTEGER);
CREATE TABLE replica(id INTEGER PRIMARY KEY, "group" INTEGER, dataset TEXT, latent_dim INTEGER, beta REAL, tau REAL,
  seed INTEGER, config TEXT, status TEXT NOT NULL DEFAULT 'pending', message TEXT, loss REAL, reconstruction REAL,
  kl REAL, active_latents INTEGER, relevances TEXT, history TEXT, parameter_bytes INTEGER, parameter_checksum INTEGER,
  checksum INTEGER, parameters BLOB);
CREATE TABLE checkpoint(replica INTEGER PRIMARY KEY, state BLOB NOT NULL, bytes INTEGER, checksum INTEGER);
)";
constexpr const char* create_pieces =
    "CREATE TABLE piece(kind TEXT NOT NULL, replica INTEGER NOT NULL, number INTEGER NOT NULL, "
    "bytes BLOB NOT NULL, PRIMARY KEY(kind, replica, number))";

std::int64_t count_of(Database& database, const char* sql) {
  auto query = database.prepare(sql);
  return query.step() ? query.integer(0) : 0;
}

constexpr const char* own_tables[] = {"meta", "dataset", "replica", "checkpoint", "piece"};

/// What would act in a ledger, as symscan makes nothing: views, triggers, virtual tables, and in its own
/// tables indices, computed columns, conditions; "" if there is nothing. Tables of others are left alone.
/// Every expression in a schema stands in parentheses.
std::string foreign_object(Database& database) {
  auto query = database.prepare(
      "SELECT type, name, tbl_name, coalesce(sql, ''), coalesce(rootpage, 0) FROM sqlite_master");
  while (query.step()) {
    const std::string type = query.text(0), name = query.text(1), sql = query.text(3);
    const bool own =
        std::find(std::begin(own_tables), std::end(own_tables), query.text(2)) != std::end(own_tables);
    const bool stored = query.integer(4) > 0;  // views, triggers and virtual tables have no page
    const bool plain = type == "table" ? std::count(sql.begin(), sql.end(), '(') == (name == "piece" ? 2 : 1)
                                       : sql.empty();  // the index of a key
    if (!stored || (own && !plain)) return type + " " + name;
  }
  return "";
}

/// Of versions that did not name the application.
bool has_old_tables(Database& database) {
  return foreign_object(database).empty() &&
         count_of(
             database,
             "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name IN ('meta', 'replica')") ==
             2 &&
         count_of(database, "SELECT count(*) FROM meta WHERE key IN ('schema', 'symscan')") == 2;
}

/// The application id in the header of a database file (https://sqlite.org/fileformat.html, offset 68).
std::int64_t application_of(const std::string& header) {
  if (header.rfind("SQLite format 3", 0) != 0) return 0;
  std::int64_t id = 0;
  for (std::size_t i = 68; i < 72; ++i) id = id << 8 | static_cast<unsigned char>(header[i]);
  return id;
}

LedgerState state_of_tables(Database& database) {
  // The header is there where the rest is damaged.
  const std::int64_t application = application_of(database.header());
  if (application == ledger_application) return LedgerState::ledger;
  if (count_of(database, "SELECT count(*) FROM sqlite_master") == 0)
    return application == 0 ? LedgerState::empty : LedgerState::foreign;
  return has_old_tables(database) ? LedgerState::ledger : LedgerState::foreign;
}

bool holds_bytes(const std::filesystem::path& file) {
  std::error_code error;
  return std::filesystem::file_size(file, error) > 0 && !error;
}

/// All tables of a young ledger of an older version may be in its log. A look at a copy leaves the folder as
/// it is.
LedgerState state_with_log(const std::filesystem::path& file, const std::filesystem::path& log) {
  std::string folder = (std::filesystem::temp_directory_path() / "symscan-XXXXXX").string();
  if (::mkdtemp(folder.data()) == nullptr) throw_trouble("cannot create", folder, errno);
  const std::filesystem::path copy = std::filesystem::path(folder) / "copy.sqlite";
  std::error_code ignored;
  try {
    std::filesystem::copy_file(file, copy);
    std::filesystem::copy_file(log, copy.string() + "-wal");
    LedgerState state = LedgerState::foreign;
    {
      Database database(copy, Database::Access::write);
      state = state_of_tables(database);
    }
    std::filesystem::remove_all(folder, ignored);
    return state;
  } catch (const std::filesystem::filesystem_error& error) {
    std::filesystem::remove_all(folder, ignored);
    throw_trouble("cannot copy", file, error.code().value());
  } catch (...) {
    std::filesystem::remove_all(folder, ignored);
    throw;
  }
}

bool has_table(Database& database, const std::string& name) {
  auto query = database.prepare("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?");
  query.bind(1, name);
  return query.step();
}

/// Looks through the tables of a ledger that is not too large for that.
void check_pages(Database& database) {
  std::error_code error;
  const auto bytes = std::filesystem::file_size(database.file(), error);
  if (error || bytes > ledger_limits().quick_check) return;
  for (const char* table : own_tables) {
    if (!has_table(database, table)) continue;
    auto check = database.prepare(std::string("PRAGMA quick_check('") + table + "')");
    const std::string found = check.step() ? check.text(0) : "ok";
    // A page that could not be had (no memory, a disk that does not answer) is no damage; reading it will
    // tell.
    const auto names = [&](const char* trouble) { return found.find(trouble) != std::string::npos; };
    constexpr const char* troubles[] = {"get page", "get the page", "disk I/O error", "out of memory"};
    if (std::any_of(std::begin(troubles), std::end(troubles), names)) return;
    if (found != "ok") throw damaged_ledger(database.file(), found);
  }
}

/// The keys of table meta, each once; with a number of the run it becomes that of the database.
void check_keys(Database& database, bool with_run, bool with_shard) {
  const std::string keys = std::string("'schema', 'symscan', 'backend', 'name', 'config'") +
                           (with_run ? ", 'run'" : "") + (with_shard ? ", 'shard'" : "");
  const std::string count = std::to_string(5 + (with_run ? 1 : 0) + (with_shard ? 1 : 0));
  if (count_of(database, ("SELECT count(*) = " + count + " AND count(DISTINCT key) = " + count +
                          " AND sum(key IN (" + keys + ")) = " + count + " FROM meta")
                             .c_str()) != 1)
    throw damaged_ledger(database.file(), "its table meta has other keys than " + keys);
  if (with_run) take_run(database);
}

/// Tells runs apart; nothing else depends on it.
std::string number_for_run(Database& database) {
  std::random_device random;
  const std::uint64_t number = std::uint64_t{random()} << 32 | random() | 1U;
  database.set_run(static_cast<std::int64_t>(number));
  char digits[17];
  std::snprintf(digits, sizeof digits, "%016llx", static_cast<unsigned long long>(number));
  return digits;
}

void add_replicas(Database& database, const SweepConfig& sweep, const ShardReplicas* shard) {
  auto row = database.prepare(
      "INSERT INTO replica(id, \"group\", dataset, latent_dim, beta, seed, config, checksum) VALUES(?1, ?2, "
      "?3, "
      "?4, ?5, ?6, ?7, row_checksum(?1, ?2, ?3, ?4, ?5, NULL, ?6, ?7, 'pending', NULL, NULL, NULL, NULL, "
      "NULL, "
      "NULL, NULL, NULL, NULL))");
  const DatasetIndex index = index_datasets(sweep);
  ResolvedTexts texts;
  const auto add = [&](const ReplicaConfig& replica) {
    row.bind(1, static_cast<std::int64_t>(replica.id)).bind(2, static_cast<std::int64_t>(replica.group));
    row.bind(3, index.labels[index.of_replica[replica.id]])
        .bind(4, static_cast<std::int64_t>(replica.model.latent_dim));
    row.bind(5, replica.loss.beta).bind(6, static_cast<std::int64_t>(replica.seed));
    row.bind(7, texts.of(replica)).run();
  };
  if (shard == nullptr) std::for_each(sweep.replicas.begin(), sweep.replicas.end(), add);
  if (shard != nullptr)
    for (const int id : shard->ids) add(sweep.replicas[static_cast<std::size_t>(id)]);
}

}  // namespace

LedgerState state_of_ledger(const std::filesystem::path& file) {
  struct stat status {};
  if (::lstat(file.c_str(), &status) != 0) {
    if (errno == ENOENT || errno == ENOTDIR) return LedgerState::missing;
    throw_trouble("cannot look at", file, errno);
  }
  if (!S_ISREG(status.st_mode)) return LedgerState::foreign;
  if (status.st_size == 0) return LedgerState::empty;
  if (::access(file.c_str(), R_OK) != 0) throw_trouble("cannot read", file, errno);
  const std::filesystem::path log = file.string() + "-wal";
  try {
    Database database(file, Database::Access::look);
    const LedgerState state = state_of_tables(database);
    return state == LedgerState::empty && holds_bytes(log) ? state_with_log(file, log) : state;
  } catch (const Error& error) {
    if (error.code() == ExitCode::interrupted || could_not_be_opened(error)) throw;
    return LedgerState::foreign;
  }
}

void take_run(Database& database) {
  auto query = database.prepare("SELECT value FROM meta WHERE key = 'run'");
  query.of("the number of the run");
  const std::string text = query.step() ? query.text(0) : "";
  std::uint64_t number = 0;
  const auto end = std::from_chars(text.data(), text.data() + text.size(), number, 16).ptr;
  if (text.empty() || end != text.data() + text.size() || number == 0)
    throw damaged_ledger(database.file(), "the number of its run is '" + printable_line(text) + "'");
  database.set_run(static_cast<std::int64_t>(number));
}

void create_ledger(Database& database, const SweepConfig& sweep, const std::string& backend,
                   const ShardReplicas* shard) {
  database.execute("BEGIN IMMEDIATE");
  database.execute(name_the_application);
  database.execute(create_tables);
  database.execute(create_pieces);
  auto meta = database.prepare("INSERT INTO meta VALUES(?1, ?2, row_checksum(?1, ?2))");
  meta.bind(1, "run").bind(2, number_for_run(database)).run();
  meta.bind(1, "schema").bind(2, shard != nullptr ? shard_schema : newest_schema).run();
  if (shard != nullptr) meta.bind(1, "shard").bind(2, to_string(shard->shard)).run();
  meta.bind(1, "symscan").bind(2, SYMSCAN_VERSION).run();
  meta.bind(1, "backend").bind(2, backend).run();
  meta.bind(1, "name").bind(2, sweep.name).run();
  meta.bind(1, "config").bind(2, sweep.resolved.dump()).run();
  add_replicas(database, sweep, shard);
  database.execute("COMMIT");
}

bool check_ledger(Database& database) {
  if (const std::string foreign = foreign_object(database); !foreign.empty())
    throw damaged_ledger(database.file(),
                         "it holds the " + printable_line(foreign) + ", which symscan never makes so");
  check_pages(database);
  const bool has_pieces = has_table(database, "piece");
  for (const char* table : {"meta", "dataset", "replica", "checkpoint"})
    if (!has_table(database, table))
      throw damaged_ledger(database.file(), std::string("its table ") + table + " is missing");
  auto query = database.prepare("SELECT value FROM meta WHERE key = 'schema'");
  query.of("the format");
  const std::string version = query.step() ? query.text(0) : "";
  if (version != "1" && version != "2" && version != newest_schema && version != shard_schema) {
    throw Error("'" + database.file() + "' has ledger format '" + printable_line(version) +
                "'; this symscan reads formats 1 to " + shard_schema);
  }
  if (has_pieces != (version != "1"))
    throw damaged_ledger(database.file(), "its tables are not those of format " + version);
  if (has_pieces)
    check_keys(database, version == newest_schema || version == shard_schema, version == shard_schema);
  return has_pieces;
}

void upgrade_ledger(Database& database) {
  database.execute("BEGIN IMMEDIATE");
  database.execute(name_the_application);
  database.execute(create_pieces);
  database.execute(R"(
ALTER TABLE meta ADD COLUMN checksum INTEGER;
ALTER TABLE dataset ADD COLUMN checksum INTEGER;
ALTER TABLE replica ADD COLUMN parameter_bytes INTEGER;
ALTER TABLE replica ADD COLUMN parameter_checksum INTEGER;
ALTER TABLE replica ADD COLUMN checksum INTEGER;
ALTER TABLE checkpoint ADD COLUMN bytes INTEGER;
ALTER TABLE checkpoint ADD COLUMN checksum INTEGER;
UPDATE meta SET value = '2' WHERE key = 'schema';
UPDATE meta SET checksum = row_checksum(key, value);
UPDATE dataset SET checksum = row_checksum(id, label, settings, preprocess, fingerprint, rows, details, sample);
UPDATE replica SET parameter_bytes = length(parameters), parameter_checksum = row_checksum('parameters', id, parameters)
  WHERE parameters IS NOT NULL;
UPDATE checkpoint SET bytes = length(state), checksum = row_checksum('checkpoint', replica, state);)");
  database.execute("UPDATE replica SET checksum = " SYMSCAN_REPLICA_CHECKSUM);
  database.execute("COMMIT");
}

}  // namespace symscan
