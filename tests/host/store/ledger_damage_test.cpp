// What was changed behind the ledger's back is found when it is read, and said with its row.
#include "tests/host/store/ledger_fixture.hpp"
#include "tests/host/store/old_ledger.hpp"

namespace symscan::test {
namespace {

/// The bytes of a ledger.
std::string stored_bytes() {
  const StoredRun run;
  return read_text_file(run.file);
}

/// What reading says after a stranger ran `sql` in a ledger of these bytes.
Refusal after(const std::string& sql, const std::string& bytes) {
  const TemporaryFolder folder;
  const std::string file = folder / "results.sqlite";
  write_text(file, bytes);
  Stranger(file).run(sql);
  return refusal_of([&] {
    Ledger ledger = Ledger::open(file, true);
    read_all(ledger);
  });
}

Refusal after(const std::string& sql) {
  static const std::string bytes = stored_bytes();
  return after(sql, bytes);
}

TEST(LedgerDamage, NothingIsDamagedUntouched) {
  EXPECT_EQ(after("CREATE TABLE notes(text)").code, ExitCode::done);
}

TEST(LedgerDamage, EveryColumnIsCovered) {
  const char* const replica_columns[] = {"\"group\"",
                                         "dataset",
                                         "latent_dim",
                                         "beta",
                                         "tau",
                                         "seed",
                                         "config",
                                         "status",
                                         "message",
                                         "loss",
                                         "reconstruction",
                                         "kl",
                                         "relevances",
                                         "history",
                                         "parameter_bytes",
                                         "active_latents",
                                         "parameters",
                                         "checksum",
                                         "parameter_checksum"};
  for (const char* column : replica_columns) {
    for (const char* value : {"7", "NULL", "'pending'", "x'00'"}) {
      if (std::string(column) == "status" && std::string(value) == "NULL") continue;  // refused by SQLite
      if (std::string(column) == "tau" && std::string(value) == "NULL") continue;     // as it is
      const auto refusal =
          after(std::string("UPDATE replica SET ") + column + " = " + value + " WHERE id = 1");
      expect_refusal(refusal, ExitCode::bad_input, "replica 1");
      EXPECT_NE(refusal.sentence.find("is damaged"), std::string::npos) << refusal.sentence;
    }
  }
  for (const char* column : {"label", "settings", "preprocess", "fingerprint", "rows", "details", "sample"})
    expect_refusal(after(std::string("UPDATE dataset SET ") + column + " = '1'"), ExitCode::bad_input,
                   "dataset 0");
  for (const char* change :
       {"bytes = 1", "checksum = 1", "state = x'00'", "state = zeroblob(120)", "replica = 3, state = 'c'"})
    expect_refusal(after(std::string("UPDATE checkpoint SET ") + change), ExitCode::bad_input,
                   "checkpoint of replica 3");
  expect_refusal(after("UPDATE meta SET value = '{}' WHERE key = 'config'"), ExitCode::bad_input, "'config'");
  expect_refusal(after("DELETE FROM meta WHERE key = 'config'"), ExitCode::bad_input, "config");
  expect_refusal(after("UPDATE meta SET value = '1' WHERE key = 'schema'"), ExitCode::bad_input, "format 1");
}

TEST(LedgerDamage, SwappedRowsAreFound) {
  expect_refusal(after("UPDATE replica SET id = 9 WHERE id = 0; UPDATE replica SET id = 0 WHERE id = 1; "
                       "UPDATE replica SET id = 1 WHERE id = 9"),
                 ExitCode::bad_input, "replica 0");
  expect_refusal(
      after("UPDATE replica SET parameters = (SELECT parameters FROM replica WHERE id = 1) WHERE id = 0"),
      ExitCode::bad_input, "the weights of replica 0");
  expect_refusal(after("UPDATE checkpoint SET state = CAST(replace(state, 'cc', 'cd') AS BLOB)"),
                 ExitCode::bad_input, "checkpoint of replica 3");
  expect_refusal(after("DELETE FROM replica WHERE id = 1"), ExitCode::bad_input, "replica 1");
}

TEST(LedgerDamage, PiecesAreCounted) {
  const LimitsOfTest limits;
  ledger_limits().piece = 16;
  const std::string bytes = stored_bytes();
  EXPECT_EQ(after("SELECT 1", bytes).code, ExitCode::done);
  for (const char* sql :
       {"DELETE FROM piece WHERE kind = 'parameters' AND replica = 1 AND number = 2",
        "UPDATE piece SET number = 7 WHERE kind = 'parameters' AND replica = 1 AND number = 1",
        "UPDATE piece SET bytes = zeroblob(16) WHERE kind = 'parameters' AND replica = 1 AND number = 1",
        "UPDATE piece SET bytes = '0123456789abcdef' WHERE kind = 'parameters' AND replica = 1 AND number = "
        "1",
        "UPDATE replica SET parameter_bytes = 1000000000000000 WHERE id = 1"})
    expect_refusal(after(sql, bytes), ExitCode::bad_input, "replica 1");
}

// Without checksums: NULL, wrong types and broken JSON end with a sentence too.
TEST(LedgerDamage, OlderLedgersAreReadWithCare) {
  for (const char* change : {"loss = NULL", "relevances = NULL", "relevances = '{'", "relevances = '[]'",
                             "history = 5", "history = '[[]]'", "parameters = NULL", "parameters = 'text'",
                             "parameters = x'00'", "kl = 'much'", "status = 'doing'"}) {
    const TemporaryFolder folder;
    const std::string file = folder / "results.sqlite";
    make_old_ledger(file);
    Stranger(file).run(std::string("UPDATE replica SET ") + change + " WHERE id = 0");
    const auto refusal = refusal_of([&] {
      Ledger ledger = Ledger::open(file, true);
      read_all(ledger);
    });
    expect_refusal(refusal, ExitCode::bad_input, "replica 0");
    EXPECT_NE(refusal.sentence.find("is damaged"), std::string::npos) << change << ": " << refusal.sentence;
  }
}

TEST(LedgerDamage, NoCodeOfTheSchemaIsRun) {
  for (const char* sql :
       {"CREATE TRIGGER t AFTER UPDATE ON replica BEGIN DELETE FROM meta; END", "CREATE VIEW v AS SELECT 1",
        "ALTER TABLE replica RENAME TO r; CREATE VIEW replica AS SELECT * FROM r",
        "CREATE VIRTUAL TABLE f USING fts5(a)"}) {
    const auto refusal = after(sql);
    expect_refusal(refusal, ExitCode::bad_input, "is damaged");
  }
  expect_refusal(after("DROP TABLE checkpoint"), ExitCode::bad_input, "its table checkpoint is missing");
}

TEST(LedgerDamage, AFlippedBitInAnyPageIsFoundOrDoesNotMatter) {
  const StoredRun run(2000);
  const std::string whole = read_text_file(run.file);
  int found = 0;
  for (std::size_t at = 100; at < whole.size(); at += 509) {
    std::string bytes = whole;
    bytes[at] = static_cast<char>(bytes[at] ^ (1 << (at % 8)));
    write_text(run.file, bytes);
    const auto refusal = refusal_of([&] {
      Ledger ledger = Ledger::open(run.file, true);
      read_all(ledger);
      // What was read without complaint is what was stored.
      for (const int id : {0, 1})
        ASSERT_EQ(ledger.parameters(id),
                  stored_result(stored_sweep().replicas[static_cast<std::size_t>(id)], 2000).parameters);
      ASSERT_EQ(ledger.replica(1, false).result.loss, 2.25);
      ASSERT_EQ(ledger.config(), stored_sweep().resolved);
      ASSERT_EQ(ledger.checkpoint(3), std::string(24000, 'c'));
    });
    if (refusal.code != ExitCode::done) {
      EXPECT_EQ(refusal.code, ExitCode::bad_input) << at << ": " << refusal.sentence;
      ++found;
    }
  }
  EXPECT_GT(found, 20);
}

}  // namespace
}  // namespace symscan::test
