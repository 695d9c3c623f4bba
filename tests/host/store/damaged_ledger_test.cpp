// A ledger that is not as it was written: every reader says so, with the row, and none crashes.
#include <sqlite3.h>

#include "host/base/error.hpp"
#include "host/findings/findings.hpp"
#include "host/library/run_outputs.hpp"
#include "host/report/report_data.hpp"
#include "host/store/ledger_checks.hpp"
#include "host/store/ledger_schema.hpp"
#include "host/store/row_checksum.hpp"
#include "host/store/run_directory.hpp"
#include "host/store/run_files.hpp"
#include "host/store/summary.hpp"
#include "tests/host/cli/run_program.hpp"

namespace symscan::test {
namespace {

/// A run of two datasets, three networks and two seeds, trained once.
const TemporaryFolder& small_run() {
  static const TemporaryFolder folder;
  static const int code = [] {
    write_text(folder / "c.json", R"({"dataset": [{"kind": "circle", "n": 200}, {"kind": "disk", "n": 150}],
      "model": {"hidden": [8], "latent_dim": [1, 2, 3]}, "train": {"epochs": 4}, "relevance": {"every": 1},
      "seeds": [1, 2]})");
    return run_program({"train", folder / "c.json", "--out", folder / "run", "--quiet", "--no-report",
                        "--no-analysis", "--device", "cpu"})
        .code;
  }();
  EXPECT_EQ(code, 0);
  return folder;
}

/// Runs `sql`, then makes the checksums fit: what is tested are the checks behind them.
void execute(const std::string& file, const std::string& sql) {
  sqlite3* database = nullptr;
  ASSERT_EQ(sqlite3_open(file.c_str(), &database), SQLITE_OK);
  std::int64_t run = 0;
  add_row_checksum(database, &run);
  const auto take_run = [](void* number, int, char** values, char**) {
    *static_cast<std::int64_t*>(number) = static_cast<std::int64_t>(std::stoull(values[0], nullptr, 16));
    return 0;
  };
  ASSERT_EQ(sqlite3_exec(database, "SELECT value FROM meta WHERE key = 'run'", take_run, &run, nullptr),
            SQLITE_OK);
  char* message = nullptr;
  EXPECT_EQ(sqlite3_exec(database, sql.c_str(), nullptr, nullptr, &message), SQLITE_OK)
      << sql << ": " << (message != nullptr ? message : "");
  sqlite3_free(message);
  for (const char* fit : {"UPDATE replica SET checksum = " SYMSCAN_REPLICA_CHECKSUM,
                          "UPDATE meta SET checksum = row_checksum(key, value)",
                          "UPDATE dataset SET checksum = row_checksum(id, label, settings, preprocess, "
                          "fingerprint, rows, details, sample)"})
    sqlite3_exec(database, fit, nullptr, nullptr, nullptr);
  sqlite3_close(database);
}

/// All that reads a ledger.
void read_all(const std::filesystem::path& run) {
  Ledger ledger = Ledger::open(ledger_file(run), true);
  const RunResults results = load_results(ledger);
  const SampleMeasures measures = sample_measures(results, ledger, 2);
  (void)summary_text(results, measures);
  write_results(run, results, measures, ledger);
  FindingsOptions options = quick_findings(1);
  options.most_seeds = 1;
  const Findings findings = analyse(results, ledger, options);
  write_report(run, results, measures, ledger, &findings);
}

/// What is said after `sql` has changed the run's ledger; "" if nothing was wrong.
std::string said_after(const std::string& sql) {
  const TemporaryFolder copy;
  std::filesystem::copy(small_run() / "run", copy / "run");
  execute(copy / "run/results.sqlite", sql);
  try {
    read_all(copy / "run");
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::bad_input) << sql << ": " << error.what();
    return error.what();
  }
  return "";
}

void expect_refused(const std::string& sql, const std::string& part) {
  const std::string said = said_after(sql);
  EXPECT_NE(said.find("damaged"), std::string::npos) << sql << ": " << said;
  EXPECT_NE(said.find(part), std::string::npos) << sql << ": " << said;
}

std::string set(const std::string& table, const std::string& id, const std::string& column,
                const std::string& path, const std::string& value) {
  return "UPDATE " + table + " SET " + column + " = json_set(" + column + ", '" + path + "', json('" + value +
         "')) WHERE id = " + id;
}

TEST(DamagedLedger, IsReadWhereItIsSound) {
  EXPECT_EQ(said_after("SELECT 1"), "");
  // As an earlier version would have written it, which did not have the setting.
  EXPECT_EQ(said_after("UPDATE dataset SET settings = json_remove(settings, '$.acceptance'); "
                       "UPDATE replica SET config = json_remove(config, '$.train.max_steps')"),
            "");
}

TEST(DamagedLedger, ValuesBeyondWhatAReaderTakesAreRefused) {
  expect_refused(set("dataset", "0", "details", "$.offset[0]", "1e300"),
                 "an offset or scale is beyond 1e+60");
  expect_refused(set("dataset", "0", "details", "$.scale[1]", "1e300"), "an offset or scale is beyond 1e+60");
  expect_refused(set("dataset", "0", "details", "$.eigenvalues[0]", "1e300"), "an eigenvalue is beyond");
  // 1e308 in the place of the sample's first value, little-endian.
  expect_refused(
      "UPDATE dataset SET sample = CAST(x'A0C8EB85F3CCE17F' || substr(sample, 9) AS BLOB) WHERE id = 0",
      "dataset 0 (circle (n 200)): a value of the sample of its rows is beyond 1e+60");
  expect_refused("UPDATE replica SET loss = 1e308, reconstruction = 1e308, kl = 0 WHERE id = 3",
                 "replica 3: its loss is beyond 1e+60");
}

TEST(DamagedLedger, NothingOfItIsAnOrderToATerminal) {
  expect_refused(set("dataset", "0", "details", "$.columns[0]", R"("\u001b[2Ja")"), "control characters");
  expect_refused("UPDATE replica SET message = CAST(x'ff41' AS TEXT), status = 'failed' WHERE id = 3",
                 "'message' of replica 3 is no text in UTF-8");
  const std::string said = said_after("UPDATE meta SET value = char(27) || '[2J' WHERE key = 'schema'");
  EXPECT_EQ(said.find('\x1b'), std::string::npos) << said;
}

TEST(DamagedLedger, NamesTheReplicaWhoseEntriesDoNotFit) {
  const std::vector<std::pair<std::string, std::string>> changes = {
      {set("replica", "3", "relevances", "$.kl", "[1]"), "replica 3: kl has 1 entry, not 2"},
      {set("replica", "3", "relevances", "$.kl", "[1,2,3]"), "replica 3: kl has 3 entries, not 2"},
      {set("replica", "3", "relevances", "$.kl", "[]"), "replica 3"},
      {set("replica", "3", "relevances", "$.kl", "[1,null]"), "replica 3"},
      {set("replica", "3", "relevances", "$.kl", "\"x\""), "replica 3"},
      {set("replica", "3", "relevances", "$.kl", "[1,1e308]"), "replica 3: kl has the value 1e+308"},
      {set("replica", "3", "relevances", "$.jacobian", "{}"), "replica 3"},
      {set("replica", "3", "relevances", "$.during_training[1].kl", "[1]"), "replica 3"},
      {set("replica", "3", "relevances", "$.during_training[1].epoch", "1"), "replica 3"},
      {set("replica", "3", "relevances", "$.during_training[0].epoch", "-1"), "replica 3"},
      {set("replica", "3", "relevances", "$.during_training[2].epoch", "1000000000"), "replica 3"},
      {set("replica", "3", "relevances", "$.during_training", "7"), "replica 3"},
      {set("replica", "3", "relevances", "$.convergence.ending", "3"), "replica 3"},
      {set("replica", "3", "history", "$[1]", "[1]"), "replica 3"},
      {set("replica", "3", "history", "$[1][0]", "\"x\""), "replica 3"},
      {"UPDATE replica SET history = '[]' WHERE id = 3", "replica 3: its history has 0 epochs of 4"},
      {"UPDATE replica SET history = json_insert(history, '$[4]', json('[1,1,1,1]')) WHERE id = 3",
       "replica 3: its history has 5 epochs of 4"},
      {"UPDATE replica SET loss = 1e999 WHERE id = 3", "replica 3: its loss is beyond 1e+60"},
      {"UPDATE replica SET loss = loss + 1 WHERE id = 3", "replica 3: its loss is not the sum"},
      {"UPDATE replica SET loss = NULL WHERE id = 3", "replica 3"},
      {"UPDATE replica SET relevances = NULL WHERE id = 3", "replica 3"},
      {"UPDATE replica SET relevances = 5 WHERE id = 3", "replica 3"},
      {"UPDATE replica SET relevances = replace(hex(zeroblob(100000)), '00', '[') WHERE id = 3",
       "nested too deeply"},
      {"UPDATE replica SET relevances = '{\"during_training\":' || replace(hex(zeroblob(100000)), '00', '[') "
       "|| replace(hex(zeroblob(100000)), '00', ']') || '}' WHERE id = 3",
       "nested too deeply"},
      {"UPDATE replica SET parameters = zeroblob(4) WHERE id = 3", "the weights of replica 3"},
      {"UPDATE replica SET parameters = zeroblob(1000000) WHERE id = 3", "the weights of replica 3"},
      {"UPDATE replica SET parameters = NULL WHERE id = 3", "replica 3"}};
  for (const auto& [sql, part] : changes) expect_refused(sql, part);
}

TEST(DamagedLedger, HasTheRowsOfItsSweep) {
  const std::vector<std::pair<std::string, std::string>> changes = {
      {"DELETE FROM replica WHERE id = 3", "config"},
      {"DELETE FROM replica", "config"},
      {"UPDATE replica SET id = -1 WHERE id = 3", "replica 0"},
      {"UPDATE replica SET id = 1000000000 WHERE id = 3", "replica 3 is missing"},
      {"INSERT INTO replica(id) VALUES(12)", "13 rows"},
      {"UPDATE replica SET id = 100 WHERE id = 0; UPDATE replica SET id = 0 WHERE id = 3; "
       "UPDATE replica SET id = 3 WHERE id = 100",
       "the settings of replica 0"},
      {"UPDATE replica SET \"group\" = 77 WHERE id = 3", "the settings of replica 3"},
      {"UPDATE replica SET latent_dim = 1000000000 WHERE id = 3", "the settings of replica 3"},
      {"UPDATE replica SET seed = -1 WHERE id = 3", "the settings of replica 3"},
      {"UPDATE replica SET config = '{}]' WHERE id = 3", "replica 3"},
      {set("replica", "3", "config", "$.model.hidden", "[9]"), "the settings of replica 3"},
      {"UPDATE replica SET dataset = 'other' WHERE id = 3", "the settings of replica 3"},
      {"UPDATE replica SET status = 'gone' WHERE id = 3", "the status of replica 3"},
      {"DELETE FROM dataset WHERE id = 1", "dataset 1"},
      {"DELETE FROM dataset", "dataset 0"},
      {"UPDATE dataset SET id = 100 WHERE id = 0; UPDATE dataset SET id = 0 WHERE id = 1; "
       "UPDATE dataset SET id = 1 WHERE id = 100",
       "dataset 0"}};
  for (const auto& [sql, part] : changes) expect_refused(sql, part);
}

TEST(DamagedLedger, NamesTheDatasetWhoseEntriesDoNotFit) {
  const auto details = [](const std::string& path, const std::string& value) {
    return set("dataset", "0", "details", path, value);
  };
  const std::vector<std::string> changes = {
      details("$.columns", "[]"),
      details("$.columns", "[\"x\"]"),
      details("$.columns", "\"x\""),
      details("$.columns", "[1,2]"),
      details("$.offset", "[]"),
      details("$.offset", "[null,1]"),
      details("$.scale", "[1]"),
      details("$.scale", "[0,1]"),
      details("$.scale", "[-1,1]"),
      details("$.constant", "[true]"),
      details("$.constant", "[1,0]"),
      details("$.eigenvalues", "[1]"),
      details("$.eigenvalues", "[1,2,3]"),
      details("$.effective_rows", "0"),
      details("$.effective_rows", "1e30"),
      details("$.notes", "{}"),
      details("$.folder", "[]"),
      "UPDATE dataset SET rows = -1 WHERE id = 0",
      "UPDATE dataset SET rows = 0 WHERE id = 0",
      "UPDATE dataset SET rows = 9223372036854775807 WHERE id = 0",
      "UPDATE dataset SET rows = NULL WHERE id = 0",
      "UPDATE dataset SET sample = zeroblob(24) WHERE id = 0",
      "UPDATE dataset SET sample = x'' WHERE id = 0",
      "UPDATE dataset SET sample = NULL WHERE id = 0",
      "UPDATE dataset SET sample = zeroblob(10000000) WHERE id = 0",
      "UPDATE dataset SET preprocess = 'whiten' WHERE id = 0",
      "UPDATE dataset SET preprocess = 'center' WHERE id = 0",
      "UPDATE dataset SET fingerprint = '' WHERE id = 0",
      "UPDATE dataset SET details = NULL WHERE id = 0",
      "UPDATE dataset SET details = '[1' WHERE id = 0",
      set("dataset", "0", "settings", "$.n", "1000000000"),
      set("dataset", "0", "settings", "$.kind", "\"file\""),
      "UPDATE dataset SET settings = '{\"kind\":\"file\",\"path\":\"/dev/zero\"}' WHERE id = 0"};
  for (const std::string& sql : changes) expect_refused(sql, "dataset 0");
}

TEST(DamagedLedger, HasAConfigThatFits) {
  const auto config = [](const std::string& path, const std::string& value) {
    return "UPDATE meta SET value = json_set(value, '" + path + "', json('" + value +
           "')) WHERE key = 'config'";
  };
  std::string seeds = "[1";
  for (int seed = 2; seed <= 20000; ++seed) seeds += "," + std::to_string(seed);
  const std::vector<std::string> changes = {config("$.model.latent_dim", "1000000000"),
                                            config("$.model.latent_dim", "[1,2]"),
                                            config("$.model.latent_dim", "[1,2,4]"),
                                            config("$.model.hidden", "[16384,16384,16384,16384]"),
                                            config("$.seeds", seeds + "]"),
                                            config("$.seeds", "\"auto\""),
                                            config("$.dataset[0].n", "200000000"),
                                            config("$.dataset", "7"),
                                            config("$.train.epochs", "5"),
                                            config("$.x", "1"),
                                            "UPDATE meta SET value = '{' WHERE key = 'config'",
                                            "UPDATE meta SET value = replace(hex(zeroblob(1000000)), '00', "
                                            "'[') WHERE key = 'config'",
                                            "DELETE FROM meta WHERE key = 'config'"};
  for (const std::string& sql : changes) expect_refused(sql, "");
}

TEST(DamagedLedger, IsNotTrainedOn) {
  const TemporaryFolder copy;
  std::filesystem::copy(small_run() / "run", copy / "run");
  execute(copy / "run/results.sqlite",
          "UPDATE replica SET status = 'pending' WHERE id = 5; DELETE FROM replica WHERE id = 11");
  const Finished resumed = run_program(
      {"train", small_run() / "c.json", "--out", copy / "run", "--resume", "--quiet", "--device", "cpu"});
  EXPECT_EQ(resumed.code, 42) << resumed.errors;
  EXPECT_NE(resumed.errors.find("is damaged"), std::string::npos) << resumed.errors;
}

}  // namespace
}  // namespace symscan::test
