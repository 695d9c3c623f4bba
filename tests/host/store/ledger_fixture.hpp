#pragma once
#include <gtest/gtest.h>
#include <sqlite3.h>

#include <filesystem>
#include <functional>
#include <memory>
#include <set>
#include <string>

#include "host/base/error.hpp"
#include "host/store/ledger.hpp"
#include "host/store/ledger_limits.hpp"
#include "tests/host/cli/run_program.hpp"

/// A small sweep in a ledger, and strangers that write to it.
namespace symscan::test {

/// Four replicas of one dataset: latent_dim 1 and 2, seeds 1 and 2.
inline const SweepConfig& stored_sweep() {
  static const SweepConfig sweep = parse_config(Json::parse(R"({"name": "stored",
    "dataset": {"kind": "circle", "n": 100}, "model": {"hidden": [4], "latent_dim": [1, 2]},
    "train": {"epochs": 2}, "seeds": [1, 2]})"));
  return sweep;
}

inline DatasetRecord stored_dataset() {
  DatasetRecord record;
  record.settings = *stored_sweep().replicas.front().dataset;
  record.label = "circle";
  record.fingerprint = "0123456789abcdef";
  record.rows = 100;
  record.effective_rows = 100;
  record.columns = {"x", "y"};
  record.offset = {0, 0.5};
  record.scale = {1, 2};
  record.constant = {false, false};
  record.eigenvalues = {1.5, 0.5};
  record.sample = {1, 2, 3, 4};
  return record;
}

/// A result with `parameters` weights that no other replica has.
inline ReplicaResult stored_result(const ReplicaConfig& config, std::size_t parameters = 10) {
  ReplicaResult result;
  result.loss = 1.25 + config.id;
  result.reconstruction = 1;
  result.kl = 0.25;
  for (const MeasureTraits& traits : relevance_measures)
    result.measures[traits.measure].assign(static_cast<std::size_t>(config.model.latent_dim), 0.5);
  result.history = {{3, 2, 1, 0.5}, {2, 1.5, 0.5, 0.25}};
  for (std::size_t i = 0; i < parameters; ++i)
    result.parameters.push_back(static_cast<float>(i) + 0.001f * static_cast<float>(config.id));
  return result;
}

/// Replicas 0 and 1 are done, 2 has failed, 3 has a checkpoint.
inline void store_results(Ledger& ledger, std::size_t parameters = 10) {
  const auto& replicas = stored_sweep().replicas;
  ledger.begin();
  ledger.add_dataset(0, stored_dataset());
  ledger.finish(replicas[0], stored_result(replicas[0], parameters));
  ledger.finish(replicas[1], stored_result(replicas[1], parameters));
  ReplicaResult failure;
  failure.failed = true;
  failure.message = "the loss is not finite";
  ledger.finish(replicas[2], failure);
  ledger.save_checkpoint(3, std::string(parameters * 12, 'c'));
  ledger.commit();
}

/// Everything that a run reads.
inline void read_all(Ledger& ledger) {
  ledger.config();
  ledger.statuses(4);
  ledger.dataset(0);
  ledger.checkpoint(3);
  for (const ReplicaConfig& config : stored_sweep().replicas) ledger.replica(config.id, true);
}

/// Another program at the same database, without any care.
class Stranger {
 public:
  explicit Stranger(const std::string& file) {
    sqlite3* database = nullptr;
    EXPECT_EQ(sqlite3_open(file.c_str(), &database), SQLITE_OK);
    database_.reset(database);
    run("PRAGMA synchronous=OFF");
  }
  void run(const std::string& sql) {
    char* message = nullptr;
    EXPECT_EQ(sqlite3_exec(database_.get(), sql.c_str(), nullptr, nullptr, &message), SQLITE_OK)
        << sql << ": " << (message != nullptr ? message : "");
    sqlite3_free(message);
  }

 private:
  struct Close {
    void operator()(sqlite3* database) const { sqlite3_close(database); }
  };
  std::unique_ptr<sqlite3, Close> database_;
};

/// Limits that end with a test.
struct LimitsOfTest {
  LedgerLimits before = ledger_limits();
  ~LimitsOfTest() { ledger_limits() = before; }
};

/// The error that `act` ends with; code 0 (ExitCode::done) if it does not.
struct Refusal {
  ExitCode code = ExitCode::done;
  std::string sentence;
};
inline Refusal refusal_of(const std::function<void()>& act) {
  try {
    act();
  } catch (const Error& error) {
    return {error.code(), error.what()};
  }
  return {};
}

inline void expect_refusal(const Refusal& refusal, ExitCode code, const std::string& words) {
  EXPECT_EQ(refusal.code, code) << refusal.sentence;
  EXPECT_NE(refusal.sentence.find(words), std::string::npos)
      << "no '" << words << "' in: " << refusal.sentence;
}

/// Names in a folder.
inline std::set<std::string> names_in(const std::filesystem::path& folder) {
  std::set<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) names.insert(entry.path().filename());
  return names;
}

/// A folder with the ledger of a run.
struct StoredRun {
  TemporaryFolder folder;
  std::string file = folder / "results.sqlite";

  explicit StoredRun(std::size_t parameters = 10) {
    Ledger ledger = Ledger::create(file, stored_sweep(), "cpu");
    store_results(ledger, parameters);
  }
};

}  // namespace symscan::test
