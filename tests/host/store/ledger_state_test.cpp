// What is in the place of a ledger is told without changing it, and nothing foreign is opened as one.
#include <sys/stat.h>

#include "tests/host/store/ledger_fixture.hpp"
#include "tests/host/store/old_ledger.hpp"

namespace symscan::test {
namespace {

TEST(LedgerState, KnowsItsOwn) {
  const StoredRun run;
  EXPECT_EQ(Ledger::state_of(run.file), LedgerState::ledger);
  EXPECT_EQ(Ledger::state_of(run.folder / "other.sqlite"), LedgerState::missing);
  EXPECT_EQ(names_in(run.folder.path()), std::set<std::string>{"results.sqlite"});
  Stranger(run.file).run("DELETE FROM meta; DROP TABLE dataset");
  EXPECT_EQ(Ledger::state_of(run.file), LedgerState::ledger) << "a damaged one is still one";
  std::filesystem::resize_file(run.file, 5000);
  EXPECT_EQ(Ledger::state_of(run.file), LedgerState::ledger) << "and one that was cut short";
}

TEST(LedgerState, KnowsLedgersOfOlderVersions) {
  const TemporaryFolder folder;
  make_old_ledger(folder / "results.sqlite");
  EXPECT_EQ(Ledger::state_of(folder / "results.sqlite"), LedgerState::ledger);
}

TEST(LedgerState, ReadsTheLogOfAYoungLedger) {
  const TemporaryFolder source, copy;
  Stranger writer(source / "results.sqlite");
  writer.run("PRAGMA journal_mode=WAL; PRAGMA wal_autocheckpoint=0");
  writer.run(old_tables());
  for (const char* name : {"results.sqlite", "results.sqlite-wal"})
    std::filesystem::copy_file(source / name, copy / name);
  const auto before = names_in(copy.path());
  EXPECT_EQ(Ledger::state_of(copy / "results.sqlite"), LedgerState::ledger);
  EXPECT_EQ(names_in(copy.path()), before);
}

TEST(LedgerState, KnowsWhatAKillLeaves) {
  const TemporaryFolder folder;
  const std::string file = folder / "results.sqlite";
  write_text(file, "");
  EXPECT_EQ(Ledger::state_of(file), LedgerState::empty);
  Stranger(file).run("PRAGMA journal_mode=WAL; CREATE TABLE t(a); DROP TABLE t");
  EXPECT_EQ(Ledger::state_of(file), LedgerState::empty);
  Ledger ledger = Ledger::create(file, stored_sweep(), "cpu");
  store_results(ledger);
  read_all(ledger);
}

TEST(LedgerState, ForeignDatabasesStayAsTheyAre) {
  const TemporaryFolder folder;
  const std::string file = folder / "results.sqlite";
  for (const char* tables :
       {"CREATE TABLE people(name)", "CREATE TABLE meta(a); CREATE TABLE replica(b)",
        "CREATE TABLE meta(key, value); CREATE TABLE replica(id)", "PRAGMA application_id = 7"}) {
    std::filesystem::remove(file);
    Stranger(file).run(std::string("PRAGMA journal_mode=WAL;") + tables);
    const std::string bytes = read_text_file(file);
    EXPECT_EQ(Ledger::state_of(file), LedgerState::foreign) << tables;
    EXPECT_EQ(names_in(folder.path()), std::set<std::string>{"results.sqlite"}) << tables;
    expect_refusal(refusal_of([&] { Ledger::create(file, stored_sweep(), "cpu"); }), ExitCode::bad_input,
                   "is there already");
    EXPECT_NE(refusal_of([&] { Ledger::open(file, false); }).code, ExitCode::done);
    EXPECT_EQ(read_text_file(file), bytes) << tables;
  }
  write_text(file, "no database at all, but longer than a header: " + std::string(200, '.'));
  EXPECT_EQ(Ledger::state_of(file), LedgerState::foreign);
}

TEST(LedgerState, NeitherLinksNorPipesAreOpened) {
  const StoredRun run;
  const std::string link = run.folder / "link.sqlite", pipe = run.folder / "pipe.sqlite";
  std::filesystem::create_symlink(run.file, link);
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  for (const std::string& file : {link, pipe, run.folder.path().string()}) {
    EXPECT_EQ(Ledger::state_of(file), LedgerState::foreign);
    expect_refusal(refusal_of([&] { Ledger::open(file, true); }), ExitCode::bad_input, "not a ledger");
    EXPECT_THROW(Database(file, Database::Access::read), Error);
  }
}

TEST(LedgerState, AFolderMayBeALink) {
  const StoredRun run;
  const TemporaryFolder other;
  std::filesystem::create_directory_symlink(run.folder.path(), other / "linked");
  Ledger ledger = Ledger::open(other / "linked/results.sqlite", true);
  read_all(ledger);
}

}  // namespace
}  // namespace symscan::test
