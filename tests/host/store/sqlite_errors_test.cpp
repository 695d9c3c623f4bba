// Errors of SQLite by their kind: what passes ends with 75 and says what to do, what does not with 42.
#include "host/store/sqlite_errors.hpp"

#include <sys/resource.h>

#include <csignal>

#include "tests/host/store/ledger_fixture.hpp"

namespace symscan::test {
namespace {

/// A limit of this process that ends with a test.
class ProcessLimit {
 public:
  ProcessLimit(decltype(RLIMIT_FSIZE) resource, rlim_t value) : resource_(resource) {
    getrlimit(resource_, &before_);
    const rlimit now = {value, before_.rlim_max};
    setrlimit(resource_, &now);
  }
  ~ProcessLimit() { setrlimit(resource_, &before_); }
  ProcessLimit(const ProcessLimit&) = delete;
  ProcessLimit& operator=(const ProcessLimit&) = delete;

 private:
  decltype(RLIMIT_FSIZE) resource_;
  rlimit before_{};
};

void expect_no_overwrite(const Refusal& refusal) {
  EXPECT_EQ(refusal.sentence.find("--overwrite"), std::string::npos) << refusal.sentence;
}

TEST(SqliteErrors, AFullDisk) {
  const StoredRun run;
  const auto refusal = refusal_of([&] {
    Database database(run.file, Database::Access::write);
    database.execute("PRAGMA max_page_count = 1; CREATE TABLE t(b); INSERT INTO t VALUES(zeroblob(1000000))");
  });
  expect_refusal(refusal, ExitCode::interrupted, "No space left on device; free some space");
  expect_no_overwrite(refusal);
}

TEST(SqliteErrors, AFileSizeLimit) {
  const StoredRun run;
  const auto before = std::signal(SIGXFSZ, SIG_IGN);
  const auto refusal = refusal_of([&] {
    Ledger ledger = Ledger::open(run.file, false);
    const ProcessLimit limit(RLIMIT_FSIZE, 200000);
    ledger.begin();
    ledger.save_checkpoint(3, std::string(5000000, 'x'));
    ledger.commit();
  });
  std::signal(SIGXFSZ, before);
  expect_refusal(refusal, ExitCode::interrupted, "ulimit -f");
  expect_no_overwrite(refusal);
  Ledger ledger = Ledger::open(run.file, true);
  read_all(ledger);
}

TEST(SqliteErrors, TooManyOpenFiles) {
  const StoredRun run;
  const auto refusal = refusal_of([&] {
    const ProcessLimit limit(RLIMIT_NOFILE, 3);
    Ledger::open(run.file, true);
  });
  expect_refusal(refusal, ExitCode::interrupted, "ulimit -n");
  expect_no_overwrite(refusal);
}

TEST(SqliteErrors, NoMemory) {
  const StoredRun run(200000);
  for (const sqlite3_int64 limit : {300000, 600000, 900000, 1500000}) {
    const auto refusal = refusal_of([&] {
      sqlite3_hard_heap_limit64(limit);
      Ledger ledger = Ledger::open(run.file, true);
      read_all(ledger);
    });
    sqlite3_hard_heap_limit64(0);
    if (refusal.code == ExitCode::done) continue;
    expect_refusal(refusal, ExitCode::interrupted, "memory");
    expect_no_overwrite(refusal);
  }
}

TEST(SqliteErrors, AnotherProgramWrites) {
  const LimitsOfTest limits;
  ledger_limits().busy_milliseconds = 10;
  const StoredRun run;
  Ledger ledger = Ledger::open(run.file, false);
  Stranger other(run.file);
  other.run("BEGIN IMMEDIATE");
  const auto refusal = refusal_of([&] { ledger.begin(); });
  expect_refusal(refusal, ExitCode::interrupted, "in use by another program");
  expect_no_overwrite(refusal);
}

TEST(SqliteErrors, OnlyDamageIsAnsweredWithOverwrite) {
  const StoredRun run;
  write_text(run.file, read_text_file(run.file).substr(0, 100) + std::string(20000, 'x'));
  const auto refusal = refusal_of([&] {
    Ledger ledger = Ledger::open(run.file, true);
    read_all(ledger);
  });
  EXPECT_EQ(refusal.code, ExitCode::bad_input);
  const TemporaryFolder folder;
  expect_no_overwrite(refusal_of([&] { Ledger::open(folder / "results.sqlite", true); }));
  const auto truncated = refusal_of([&] {
    const StoredRun cut(5000);
    const std::string whole = read_text_file(cut.file);
    write_text(cut.file, whole.substr(0, whole.size() / 8192 * 4096));
    Ledger ledger = Ledger::open(cut.file, true);
    read_all(ledger);
  });
  expect_refusal(truncated, ExitCode::bad_input, "--overwrite");
}

}  // namespace
}  // namespace symscan::test
