// The journal: a write-ahead log on local disks that does not grow without end, none where several machines
// may look.
#include "host/library/symscan.hpp"
#include "host/store/network_file_system.hpp"
#include "tests/host/store/ledger_fixture.hpp"

namespace symscan::test {
namespace {

constexpr long nfs = 0x6969, ext4 = 0xEF53;

TEST(Journal, KnowsNetworkFileSystems) {
  EXPECT_STREQ(network_file_system(nfs), "NFS");
  EXPECT_STREQ(network_file_system(static_cast<int>(0xFF534D42u)), "CIFS") << "the sign does not matter";
  EXPECT_STREQ(network_file_system(0x0BD00BD0), "Lustre");
  for (const long local : {ext4, 0x01021994L, 0x58465342L, 0x9123683EL, 0x794C7630L})
    EXPECT_EQ(network_file_system(local), nullptr) << local;
}

TEST(Journal, IsARollbackJournalOnNetworkFileSystems) {
  const LimitsOfTest limits;
  ledger_limits().file_system = nfs;
  const TemporaryFolder folder;
  Ledger ledger = Ledger::create(folder / "results.sqlite", stored_sweep(), "cpu");
  store_results(ledger);
  EXPECT_FALSE(names_in(folder.path()).contains("results.sqlite-wal"));
  EXPECT_FALSE(names_in(folder.path()).contains("results.sqlite-shm"));
  EXPECT_TRUE(ledger.has_room_for_checkpoints());
  Ledger reader = Ledger::open(folder / "results.sqlite", true);
  read_all(reader);
  store_results(ledger);
}

TEST(Journal, ALogOnANetworkFileSystemIsNotReadBesideItsWriter) {
  const LimitsOfTest limits;
  ledger_limits().file_system = ext4;
  const StoredRun run;
  auto writer = std::make_unique<Ledger>(Ledger::open(run.file, false));
  store_results(*writer);
  ASSERT_TRUE(names_in(run.folder.path()).contains("results.sqlite-wal"));
  // A kill leaves the log behind.
  const TemporaryFolder killed;
  for (const char* name : {"results.sqlite", "results.sqlite-wal"})
    std::filesystem::copy_file(run.folder / name, killed / name);
  ledger_limits().file_system = nfs;
  const std::string file = killed / "results.sqlite";
  expect_refusal(refusal_of([&] { Ledger::open(file, true); }), ExitCode::bad_input,
                 "network file system (NFS)");
  {
    Ledger resumed = Ledger::open(file, false);
    read_all(resumed);
    store_results(resumed);
    EXPECT_FALSE(names_in(killed.path()).contains("results.sqlite-wal"));
    Ledger reader = Ledger::open(file, true);
    read_all(reader);
  }
  ledger_limits().file_system = ext4;
  Ledger ledger = Ledger::open(file, false);
  read_all(ledger);
}

std::uint64_t log_bytes(const std::string& file) {
  return std::filesystem::exists(file + "-wal") ? std::filesystem::file_size(file + "-wal") : 0;
}

/// Checkpoints as a training saves them.
void save_checkpoints(Ledger& ledger, int times) {
  for (int time = 0; time < times; ++time) {
    ledger.begin();
    if (ledger.has_room_for_checkpoints())
      ledger.save_checkpoint(3, std::string(100000, static_cast<char>('a' + time % 26)));
    ledger.commit();
  }
}

TEST(Journal, AReaderDoesNotLetTheLogGrow) {
  const LimitsOfTest limits;
  ledger_limits().log = 500000;
  const StoredRun run;
  Ledger ledger = Ledger::open(run.file, false);
  save_checkpoints(ledger, 40);
  EXPECT_LE(log_bytes(run.file), 700000u);
  EXPECT_TRUE(ledger.has_room_for_checkpoints());
  {
    Stranger reader(run.file);
    reader.run("BEGIN; SELECT count(*) FROM replica");
    save_checkpoints(ledger, 100);
    EXPECT_FALSE(ledger.has_room_for_checkpoints());
    EXPECT_LE(log_bytes(run.file), 1500000u);
    const ReplicaConfig& config = stored_sweep().replicas[2];
    ledger.begin();
    ledger.finish(config, stored_result(config));
    ledger.commit();
  }
  save_checkpoints(ledger, 1);
  EXPECT_TRUE(ledger.has_room_for_checkpoints());
  EXPECT_EQ(log_bytes(run.file), 0u);
  EXPECT_EQ(ledger.replica(2, false).status, ReplicaRecord::Status::done);
}

TEST(Journal, ATrainingWarnsOnceOfAReader) {
  const LimitsOfTest limits;
  const TemporaryFolder folder;
  std::atomic<bool> stop{true};
  TrainingOptions options;
  options.directory = folder / "run";
  options.device = "cpu";
  options.threads = 1;
  options.stop = &stop;
  const Table table = make_table({"x", "y"}, {1, 2, 3, 4, 2, 1, 5, 3, 2, 2, 4, 1});
  const SweepText sweep = {
      R"({"model": {"hidden": [256, 256], "latent_dim": 2}, "train": {"epochs": 6000}})"};
  ASSERT_FALSE(train(table, sweep, options).complete());
  Stranger reader(folder / "run/results.sqlite");
  reader.run("BEGIN; SELECT count(*) FROM replica");
  ledger_limits().log = 100000;
  std::vector<std::string> warnings;
  options.existing = TrainingOptions::Existing::resume;
  options.checkpoint_seconds = 0.01;
  options.warn = [&](const std::string& sentence) { warnings.push_back(sentence); };
  stop = false;
  EXPECT_TRUE(train(table, sweep, options).complete());
  ASSERT_EQ(warnings.size(), 1u);
  EXPECT_NE(warnings[0].find("another program keeps the ledger open"), std::string::npos) << warnings[0];
  // Of some twenty checkpoints of 3 MB the first, and the result.
  EXPECT_LT(log_bytes(folder / "run/results.sqlite"), 8000000u);
}

}  // namespace
}  // namespace symscan::test
