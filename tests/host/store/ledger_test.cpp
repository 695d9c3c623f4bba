// Results come back as they were stored, at any length and from older ledgers.
#include "host/store/ledger.hpp"

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/host/store/ledger_fixture.hpp"
#include "tests/host/store/old_ledger.hpp"

namespace symscan::test {
namespace {

void expect_result(const ReplicaResult& found, const ReplicaResult& expected) {
  EXPECT_EQ(found.loss, expected.loss);
  EXPECT_EQ(found.measures, expected.measures);
  EXPECT_EQ(found.history.size(), expected.history.size());
  EXPECT_EQ(found.parameters, expected.parameters);
}

void expect_stored(Ledger& ledger, std::size_t parameters) {
  const auto& replicas = stored_sweep().replicas;
  for (const int id : {0, 1})
    expect_result(ledger.replica(id, true).result,
                  stored_result(replicas[static_cast<std::size_t>(id)], parameters));
  EXPECT_EQ(ledger.replica(2, false).result.message, "the loss is not finite");
  EXPECT_EQ(ledger.checkpoint(3), std::string(parameters * 12, 'c'));
  EXPECT_EQ(ledger.checkpoint(0), std::nullopt);
  EXPECT_EQ(ledger.dataset(0)->sample, stored_dataset().sample);
}

TEST(Ledger, GivesBackWhatWasStored) {
  const StoredRun run;
  for (const bool read_only : {true, false}) {
    Ledger ledger = Ledger::open(run.file, read_only);
    expect_stored(ledger, 10);
    EXPECT_EQ(ledger.config(), stored_sweep().resolved);
    EXPECT_EQ(ledger.meta("backend"), "cpu");
  }
}

TEST(Ledger, IsReadWhereNothingMayBeWritten) {
  const StoredRun run;
  // As another user, for whom the folder is read-only; root may write everywhere.
  ::chmod(run.folder.path().c_str(), 0755);
  const pid_t child = ::fork();
  if (child == 0) {
    const bool other = ::getuid() != 0 || ::setuid(65534) == 0;
    ::chmod(run.folder.path().c_str(), 0555);
    const auto refusal = refusal_of([&] {
      Ledger ledger = Ledger::open(run.file, true);
      read_all(ledger);
    });
    ::_exit(other && refusal.code == ExitCode::done ? 0 : 1);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  ::chmod(run.folder.path().c_str(), 0755);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

TEST(Ledger, InMemory) {
  Ledger ledger = Ledger::create(":memory:", stored_sweep(), "cpu");
  store_results(ledger);
  expect_stored(ledger, 10);
}

TEST(Ledger, StatusesAfterSkippingAndRetrying) {
  using Status = ReplicaRecord::Status;
  const StoredRun run;
  Ledger ledger = Ledger::open(run.file, false);
  ledger.skip_pending();
  EXPECT_EQ(ledger.statuses(4),
            (std::vector<Status>{Status::done, Status::done, Status::failed, Status::skipped}));
  ledger.retry_failed();
  EXPECT_EQ(ledger.statuses(4),
            (std::vector<Status>{Status::done, Status::done, Status::pending, Status::skipped}));
  read_all(ledger);
}

// SQLite's values end at 10^9 bytes: weights above 250 M, checkpoints above 83 M parameters. Here at 20 000.
TEST(Ledger, ValuesLongerThanSqlitesLimit) {
  const LimitsOfTest limits;
  ledger_limits().longest_value = 20000;
  const std::size_t parameters = 50000;
  {
    const TemporaryFolder folder;
    Ledger ledger = Ledger::create(folder / "results.sqlite", stored_sweep(), "cpu");
    expect_refusal(refusal_of([&] { store_results(ledger, parameters); }), ExitCode::bad_input,
                   "SQLite's limit");
  }
  ledger_limits().piece = 9000;
  const StoredRun run(parameters);
  Ledger ledger = Ledger::open(run.file, true);
  expect_stored(ledger, parameters);
}

TEST(Ledger, PiecesOfEveryLength) {
  const LimitsOfTest limits;
  ledger_limits().piece = 16;
  const TemporaryFolder folder;
  Ledger ledger = Ledger::create(folder / "results.sqlite", stored_sweep(), "cpu");
  for (const std::size_t size : {100, 0, 15, 16, 17, 32, 33, 64, 3}) {
    const std::string blob(size, static_cast<char>('a' + size % 26));
    ledger.save_checkpoint(3, blob);
    EXPECT_EQ(ledger.checkpoint(3), blob);
  }
  const ReplicaConfig& config = stored_sweep().replicas[3];
  ledger.finish(config, stored_result(config, 33));
  EXPECT_EQ(ledger.parameters(3), stored_result(config, 33).parameters);
  EXPECT_EQ(ledger.checkpoint(3), std::nullopt);
  auto pieces = Database(folder / "results.sqlite", Database::Access::read)
                    .prepare("SELECT count(*) FROM piece WHERE kind = 'checkpoint'");
  ASSERT_TRUE(pieces.step());
  EXPECT_EQ(pieces.integer(0), 0) << "pieces of a checkpoint that is no longer there";
}

TEST(Ledger, OlderOnesAreReadAndResumed) {
  const TemporaryFolder folder;
  const std::string file = folder / "results.sqlite";
  make_old_ledger(file);
  const auto expect_old = [](Ledger& ledger) {
    expect_result(ledger.replica(0, true).result, stored_result(stored_sweep().replicas[0]));
    EXPECT_EQ(ledger.replica(2, false).result.message, "no");
    EXPECT_EQ(ledger.checkpoint(3), "state");
    EXPECT_EQ(ledger.dataset(0)->columns, stored_dataset().columns);
    EXPECT_EQ(ledger.config(), stored_sweep().resolved);
    EXPECT_EQ(ledger.statuses(4).size(), 4u);
  };
  {
    Ledger ledger = Ledger::open(file, true);
    expect_old(ledger);
    EXPECT_EQ(ledger.meta("schema"), "1");
  }
  const LimitsOfTest limits;
  ledger_limits().piece = 64;
  {
    Ledger ledger = Ledger::open(file, false);
    expect_old(ledger);
    const ReplicaConfig& config = stored_sweep().replicas[1];
    ledger.begin();
    ledger.finish(config, stored_result(config, 100));
    ledger.commit();
  }
  Ledger ledger = Ledger::open(file, true);
  expect_old(ledger);
  EXPECT_EQ(ledger.meta("schema"), "2");
  EXPECT_EQ(ledger.parameters(1).size(), 100u);
}

}  // namespace
}  // namespace symscan::test
