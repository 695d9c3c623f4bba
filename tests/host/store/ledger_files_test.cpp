// What may lie in the place of a ledger's files, and rows that are those of another run.
#include "host/store/ledger_files.hpp"

#include <sys/stat.h>

#include "tests/host/store/ledger_fixture.hpp"

namespace symscan::test {
namespace {

namespace fs = std::filesystem;

/// A journal as of a transaction over several databases: SQLite rolls it back and deletes the file it names.
std::string journal_naming(const std::string& file) {
  const auto big_endian = [](std::uint32_t number) {
    std::string bytes;
    for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(number >> shift);
    return bytes;
  };
  const std::string magic = "\xd9\xd5\x05\xf9\x20\xa1\x63\xd7";
  std::string journal =
      magic + big_endian(0) + big_endian(0) + big_endian(3) + big_endian(512) + big_endian(4096);
  journal.resize(512);
  std::uint32_t sum = 0;
  for (const char c : file) sum += static_cast<std::uint32_t>(static_cast<int>(static_cast<signed char>(c)));
  return journal + big_endian(0x40000000 / 4096 + 1) + file +
         big_endian(static_cast<std::uint32_t>(file.size())) + big_endian(sum) + magic;
}

/// What opening says of a stored run after `plant` was at work beside its ledger.
Refusal after_planting(const std::function<void(const std::string& ledger)>& plant, bool read_only) {
  const StoredRun run;
  plant(run.file);
  return refusal_of([&] { Ledger::open(run.file, read_only); });
}

TEST(LedgerFiles, NothingBesideALedgerReachesFilesElsewhere) {
  const TemporaryFolder folder;
  const std::string victim = folder / "victim.txt";
  write_text(victim, "mine");
  for (const bool read_only : {true, false}) {
    for (const char* beside : files_beside_ledger) {
      const std::string ending = beside;
      SCOPED_TRACE(ending);
      const auto expect = [&](const char* part, const std::function<void(const std::string&)>& plant) {
        const Refusal refusal =
            after_planting([&](const std::string& ledger) { plant(ledger + ending); }, read_only);
        EXPECT_EQ(refusal.code, ExitCode::bad_input) << refusal.sentence;
        EXPECT_NE(refusal.sentence.find(part), std::string::npos) << refusal.sentence;
        EXPECT_EQ(read_text_file(victim), "mine");
      };
      expect("not from a run of symscan",
             [](const std::string& path) { ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0); });
      expect("symbolic link", [&](const std::string& path) { fs::create_symlink(victim, path); });
      expect("hard link", [&](const std::string& path) { fs::create_hard_link(victim, path); });
      if (ending == "-journal")
        expect("of several databases",
               [&](const std::string& path) { write_text(path, journal_naming(victim)); });
    }
  }
}

TEST(LedgerFiles, ALedgerOfTwoNamesIsReadButNotWritten) {
  const StoredRun run;
  fs::create_hard_link(run.file, run.file + ".kept");
  EXPECT_EQ(refusal_of([&] { Ledger::open(run.file, true); }).code, ExitCode::done);
  EXPECT_NE(refusal_of([&] { Ledger::open(run.file, false); }).sentence.find("hard link"), std::string::npos);
}

TEST(LedgerFiles, RowsOfAnotherRunAreNoneOfThisOne) {
  for (const char* table : {"meta", "dataset", "replica", "checkpoint"}) {
    SCOPED_TRACE(table);
    const StoredRun ours, other;
    Stranger stranger(ours.file);
    stranger.run("ATTACH '" + other.file + "' AS other; DELETE FROM main." + table + "; INSERT INTO main." +
                 table + " SELECT * FROM other." + table);
    const Refusal refusal = refusal_of([&] {
      Ledger ledger = Ledger::open(ours.file, true);
      read_all(ledger);
    });
    EXPECT_EQ(refusal.code, ExitCode::bad_input) << refusal.sentence;
    EXPECT_NE(refusal.sentence.find("checksum"), std::string::npos) << refusal.sentence;
  }
}

TEST(LedgerFiles, NoExpressionOfASchemaIsEvaluated) {
  const std::string years = "instr(zeroblob(400000000), zeroblob(200000000) || x'01')";
  for (const std::string& clause : std::vector<std::string>{
           "more AS (" + years + ")", "more CHECK (" + years + " = 0)", "more DEFAULT (" + years + ")"}) {
    for (const char* table : {"meta", "dataset", "replica", "checkpoint", "piece"}) {
      SCOPED_TRACE(clause + " in " + table);
      const StoredRun run;
      {
        std::string quoted;
        for (const char c : clause) quoted += c == '\'' ? std::string("''") : std::string(1, c);
        Stranger(run.file).run(
            std::string("PRAGMA writable_schema=ON; UPDATE sqlite_master SET sql = substr(sql, 1, "
                        "length(sql) - 1) || ', ") +
            quoted + ")' WHERE name = '" + table + "'");
      }
      const Refusal refusal = refusal_of([&] { Ledger::open(run.file, true); });
      EXPECT_EQ(refusal.code, ExitCode::bad_input);
      EXPECT_NE(refusal.sentence.find("damaged"), std::string::npos) << refusal.sentence;
    }
  }
}

}  // namespace
}  // namespace symscan::test
