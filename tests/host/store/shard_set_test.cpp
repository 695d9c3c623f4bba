#include "host/store/shard_set.hpp"

#include <gtest/gtest.h>

#include "tests/host/store/ledger_fixture.hpp"

namespace symscan::test {
namespace {

namespace fs = std::filesystem;

using Status = ReplicaRecord::Status;

const std::atomic<bool> goes_on{false};

/// What a shard's ledger is made of.
struct ShardFacts {
  Shard shard;
  std::vector<int> ids;
  std::vector<int> done;
  SweepConfig sweep = stored_sweep();
  std::string backend = "cpu (avx2)";
  std::string fingerprint = stored_dataset().fingerprint;
  bool has_data = true;
};

/// Folders with ledgers of shards.
struct Shards {
  TemporaryFolder folder;

  fs::path add(const std::string& name, const ShardFacts& facts) {
    const fs::path run = folder / name;
    fs::create_directory(run);
    const ShardReplicas replicas = {facts.shard, facts.ids};
    Ledger ledger = Ledger::create(ledger_file(run), facts.sweep, facts.backend, &replicas);
    ledger.begin();
    DatasetRecord record = stored_dataset();
    record.fingerprint = facts.fingerprint;
    if (facts.has_data) ledger.add_dataset(0, record);
    for (const int id : facts.done) {
      const ReplicaConfig& config = facts.sweep.replicas[static_cast<std::size_t>(id)];
      ledger.finish(config, whole_result(config));
    }
    ledger.commit();
    return run;
  }

  /// With as many weights as the network has.
  static ReplicaResult whole_result(const ReplicaConfig& config) {
    ReplicaResult result = stored_result(config, static_cast<std::size_t>(count_parameters(config.model, 2)));
    result.loss = result.reconstruction + config.loss.beta * result.kl;
    return result;
  }
};

ShardFacts first_half() {
  return {{0, 2}, {0, 3}, {0, 3}};
}
ShardFacts second_half() {
  return {{1, 2}, {1, 2}, {1, 2}};
}

TEST(ShardLedger, HoldsItsOwnReplicasAlone) {
  Shards shards;
  const fs::path run = shards.add("a", {{0, 2}, {0, 3}, {3}});
  Ledger ledger = Ledger::open(ledger_file(run), true);
  EXPECT_EQ(ledger.shard(), (Shard{0, 2}));
  EXPECT_EQ(ledger.statuses(4),
            (std::vector<Status>{Status::pending, Status::elsewhere, Status::elsewhere, Status::done}));
  const RunResults results = load_progress(ledger);
  EXPECT_EQ(results.replicas[1].status, Status::elsewhere);
  EXPECT_EQ(results.replicas[3].status, Status::done);
  expect_refusal(refusal_of([&] { (void)load_results(ledger); }), ExitCode::usage, "the run is shard 0/2");
}

TEST(ShardLedger, RowsOfForeignReplicasAreDamage) {
  Shards shards;
  const fs::path run = shards.add("a", first_half());
  Stranger(ledger_file(run)).run("UPDATE replica SET id = 9 WHERE id = 3");
  Ledger ledger = Ledger::open(ledger_file(run), true);
  expect_refusal(refusal_of([&] { (void)ledger.statuses(4); }), ExitCode::bad_input, "damaged");
  expect_refusal(refusal_of([&] { (void)load_progress(ledger); }), ExitCode::bad_input, "damaged");
}

TEST(ShardSet, JoinsAllReplicas) {
  Shards shards;
  ShardSet set({shards.add("b", second_half()), shards.add("a", first_half())});
  set.check_complete();
  RunDirectory run(shards.folder / "out", RunDirectory::Mode::fresh, set.sweep(), set.backend());
  std::size_t copied = 0;
  ASSERT_TRUE(set.copy_into(
      run, [&](std::size_t count) { copied = count; }, goes_on));
  EXPECT_EQ(copied, 4u);
  const RunResults results = load_results(run.ledger());
  for (const ReplicaConfig& config : results.sweep.replicas) {
    const ReplicaRecord& record = results.replicas[static_cast<std::size_t>(config.id)];
    const ReplicaResult expected = Shards::whole_result(config);
    EXPECT_EQ(record.status, Status::done);
    EXPECT_EQ(record.result.loss, expected.loss);
    EXPECT_EQ(record.epochs, expected.history.size());
    EXPECT_EQ(trained_parameters(results, run.ledger(), config.id), expected.parameters);
  }
  EXPECT_FALSE(run.ledger().shard());
}

TEST(ShardSet, GoesOnAfterAnInterruption) {
  Shards shards;
  ShardSet set({shards.add("a", first_half()), shards.add("b", second_half())});
  const std::atomic<bool> stop{true};
  {
    RunDirectory run(shards.folder / "out", RunDirectory::Mode::fresh, set.sweep(), set.backend());
    EXPECT_FALSE(set.copy_into(
        run, [](std::size_t) {}, stop));
  }
  RunDirectory run(shards.folder / "out", RunDirectory::Mode::resume, set.sweep(), set.backend());
  ASSERT_TRUE(set.copy_into(
      run, [](std::size_t) {}, goes_on));
  const auto statuses = run.ledger().statuses(4);
  EXPECT_EQ(std::count(statuses.begin(), statuses.end(), Status::done), 4);
}

TEST(ShardSet, KeepsFailedAndSkippedReplicas) {
  Shards shards;
  const fs::path a = shards.add("a", {{0, 2}, {0, 3}, {0}}), b = shards.add("b", second_half());
  {
    Ledger ledger = Ledger::open(ledger_file(a), false);
    ledger.skip_pending();
  }
  {
    Ledger ledger = Ledger::open(ledger_file(b), false);
    ReplicaResult failure;
    failure.failed = true;
    failure.message = "the loss is not finite";
    ledger.finish(stored_sweep().replicas[2], failure);
  }
  ShardSet set({a, b});
  set.check_complete();
  RunDirectory run(shards.folder / "out", RunDirectory::Mode::fresh, set.sweep(), set.backend());
  ASSERT_TRUE(set.copy_into(
      run, [](std::size_t) {}, goes_on));
  EXPECT_EQ(run.ledger().statuses(4),
            (std::vector<Status>{Status::done, Status::done, Status::failed, Status::skipped}));
  EXPECT_EQ(run.ledger().replica(2, false).result.message, "the loss is not finite");
}

/// A shard one of whose replicas has failed.
fs::path with_failure(Shards& shards) {
  const fs::path run = shards.add("a", first_half());
  Ledger ledger = Ledger::open(ledger_file(run), false);
  ReplicaResult failure;
  failure.failed = true;
  failure.message = "the loss is not finite";
  ledger.finish(stored_sweep().replicas[3], failure);
  return run;
}

TEST(ShardSet, AShardThatChangesWhileItIsJoinedSpoilsNothing) {
  Shards shards;
  const fs::path a = with_failure(shards);
  ShardSet set({a, shards.add("b", second_half())});
  set.check_complete();
  Ledger::open(ledger_file(a), false).retry_failed();  // as train --resume --retry-failed begins
  RunDirectory run(shards.folder / "out", RunDirectory::Mode::fresh, set.sweep(), set.backend());
  expect_refusal(refusal_of([&] {
                   (void)set.copy_into(
                       run, [](std::size_t) {}, goes_on);
                 }),
                 ExitCode::interrupted, "has changed while it was joined");
  EXPECT_EQ(run.ledger().statuses(4)[3], Status::pending);
}

TEST(ShardSet, AShardThatIsReplacedWhileItIsJoinedSpoilsNothing) {
  Shards shards;
  const fs::path a = shards.add("a", first_half());
  ShardSet set({a, shards.add("b", second_half())});
  set.check_complete();
  fs::remove_all(a);
  shards.add("a", first_half());
  RunDirectory run(shards.folder / "out", RunDirectory::Mode::fresh, set.sweep(), set.backend());
  expect_refusal(refusal_of([&] {
                   (void)set.copy_into(
                       run, [](std::size_t) {}, goes_on);
                 }),
                 ExitCode::interrupted, "has changed while it was joined");
}

TEST(ShardSet, AShardUnderWayIsNotCopied) {
  Shards shards;
  const fs::path a = shards.add("a", first_half());
  ShardSet set({a, shards.add("b", second_half())});
  const Descriptor training = lock_of_run(a, WithoutLocks::refuse);
  RunDirectory run(shards.folder / "out", RunDirectory::Mode::fresh, set.sweep(), set.backend());
  expect_refusal(refusal_of([&] {
                   (void)set.copy_into(
                       run, [](std::size_t) {}, goes_on);
                 }),
                 ExitCode::interrupted, "is being trained");
}

TEST(ShardSet, OlderResultsAreNotTakenForNewOnes) {
  Shards shards;
  const fs::path a = with_failure(shards), b = shards.add("b", second_half());
  ShardSet set({a, b});
  RunDirectory run(shards.folder / "out", RunDirectory::Mode::fresh, set.sweep(), set.backend());
  ASSERT_TRUE(set.copy_into(
      run, [](std::size_t) {}, goes_on));
  EXPECT_EQ(set.added(), 4u);
  {
    Ledger ledger = Ledger::open(ledger_file(a), false);
    ledger.finish(stored_sweep().replicas[3], Shards::whole_result(stored_sweep().replicas[3]));
  }
  ShardSet again({a, b});
  expect_refusal(refusal_of([&] {
                   (void)again.copy_into(
                       run, [](std::size_t) {}, goes_on);
                 }),
                 ExitCode::bad_input, "has other results than in");
}

TEST(ShardSet, NamesWhatIsNotFinished) {
  Shards shards;
  const fs::path a = shards.add("shard_0_of_3", {{0, 3}, {0, 3}, {0}}),
                 b = shards.add("b", {{1, 3}, {1}, {1}});
  RunProgress progress;
  progress.shard = "0/3";
  progress.command = {
      "symscan", "train", "my config.json", "--shard", "0/3", "--out", (shards.folder / "shard_0_of_3")};
  progress.folder = fs::current_path();
  write_progress(a, progress);
  ShardSet set({a, b});
  const Refusal refusal = refusal_of([&] { set.check_complete(); });
  expect_refusal(refusal, ExitCode::interrupted, "2 of 3 shards are not finished");
  expect_refusal(
      refusal, ExitCode::interrupted,
      "0/3 (1 replica left): symscan train 'my config.json' --shard 0/3 --out " + a.string() + " --resume");
  expect_refusal(refusal, ExitCode::interrupted,
                 "2/3 (missing): symscan train 'my config.json' --shard 2/3 --out " +
                     (shards.folder / "shard_2_of_3") + " --resume");
}

TEST(ShardSet, AShardThatHasNotReadItsDataIsNotFinished) {
  Shards shards;
  ShardFacts begun = first_half();
  begun.done = {};
  begun.has_data = false;
  ShardSet set({shards.add("a", begun), shards.add("b", second_half())});
  expect_refusal(refusal_of([&] { set.check_complete(); }), ExitCode::interrupted,
                 "1 of 2 shards is not finished");
}

TEST(ShardSet, AFolderWithoutALedgerIsAShardThatIsNotBegun) {
  Shards shards;
  fs::create_directory(shards.folder / "killed");
  write_text(shards.folder / "killed/.lock", "");
  write_text(shards.folder / "killed/results.sqlite", "");
  const fs::path a = shards.add("a", first_half());
  ShardSet set({shards.folder / "killed", a, shards.folder / "nowhere"});
  expect_refusal(refusal_of([&] { set.check_complete(); }), ExitCode::interrupted, "1/2 (missing)");
  ShardSet complete({a, shards.add("b", second_half()), shards.folder / "killed"});
  expect_refusal(refusal_of([&] { complete.check_complete(); }), ExitCode::usage, "leave it out");
  expect_refusal(refusal_of([&] { (void)ShardSet({shards.folder / "nowhere"}); }), ExitCode::usage,
                 "holds no shard");
}

TEST(ShardSet, AShardUnderWayIsSaidToBe) {
  Shards shards;
  const fs::path a = shards.add("a", {{0, 2}, {0, 3}, {0}});
  const Descriptor training = lock_of_run(a, WithoutLocks::refuse);
  ShardSet set({a, shards.add("b", second_half())});
  expect_refusal(refusal_of([&] { set.check_complete(); }), ExitCode::interrupted, "0/2 (being trained)");
}

TEST(ShardSet, ARangeOfSeedsIsItsList) {
  Shards shards;
  ShardFacts range = second_half();
  Json config = stored_sweep().resolved;
  config["seeds"] = "1..2";
  range.sweep = parse_config(config);
  EXPECT_NO_THROW((void)ShardSet({shards.add("a", first_half()), shards.add("b", range)}));
}

TEST(ShardSet, RefusesOtherConfigsByTheirKeys) {
  Shards shards;
  ShardFacts other = second_half();
  Json config = stored_sweep().resolved;
  config["train"]["batch_size"] = 64;
  config["loss"]["beta"] = 0.3;
  other.sweep = parse_config(config);
  const Refusal refusal = refusal_of([&] {
    (void)ShardSet({shards.add("a", first_half()), shards.add("b", other)});
  });
  expect_refusal(refusal, ExitCode::bad_input, "these keys differ: loss.beta, train.batch_size");
}

TEST(ShardSet, RefusesOtherDataAndRounding) {
  Shards shards;
  ShardFacts data = second_half(), rounding = second_half();
  data.fingerprint = "fedcba9876543210";
  rounding.backend = "cpu (baseline)";
  const fs::path a = shards.add("a", first_half());
  expect_refusal(refusal_of([&] {
                   (void)ShardSet({a, shards.add("b", data)});
                 }),
                 ExitCode::bad_input, "other data of 'circle'");
  expect_refusal(refusal_of([&] {
                   (void)ShardSet({a, shards.add("c", rounding)});
                 }),
                 ExitCode::bad_input, "rounds differently");
}

TEST(ShardSet, RefusesWhatAreNoShardsOfOneDivision) {
  Shards shards;
  const fs::path a = shards.add("a", first_half());
  expect_refusal(refusal_of([&] { (void)ShardSet({}); }), ExitCode::usage, "no shards");
  expect_refusal(refusal_of([&] { (void)ShardSet({a, a}); }), ExitCode::usage, "are both shard 0/2");
  expect_refusal(refusal_of([&] {
                   (void)ShardSet({a, shards.add("b", {{1, 3}, {1}, {1}})});
                 }),
                 ExitCode::usage, "only shards of one division");
  const StoredRun whole;
  expect_refusal(refusal_of([&] {
                   (void)ShardSet({a, whole.folder.path()});
                 }),
                 ExitCode::usage, "holds a whole sweep, not a shard");
}

TEST(ShardSet, RefusesReplicasInTwoShardsOrNone) {
  Shards shards;
  const fs::path a = shards.add("a", first_half());
  ShardSet overlap({a, shards.add("b", {{1, 2}, {1, 2, 3}, {1, 2, 3}})});
  expect_refusal(refusal_of([&] { overlap.check_complete(); }), ExitCode::bad_input,
                 "replica 3 is in shard 0 and in");
  ShardSet hole({a, shards.add("c", {{1, 2}, {1}, {1}})});
  expect_refusal(refusal_of([&] { hole.check_complete(); }), ExitCode::bad_input, "replica 2 is in no shard");
}

TEST(ShardSet, NamesAllExecutorsOnce) {
  Shards shards;
  ShardFacts other = second_half();
  other.backend = "cuda (NVIDIA H200)";
  EXPECT_EQ(ShardSet({shards.add("a", first_half()), shards.add("b", other)}).backend(),
            "cpu (avx2), cuda (NVIDIA H200)");
  EXPECT_EQ(ShardSet({shards.add("c", first_half()), shards.add("d", second_half())}).backend(),
            "cpu (avx2)");
}

TEST(ShardSet, IsNotJoinedIntoOneOfItsShards) {
  Shards shards;
  const fs::path a = shards.add("a", first_half());
  const ShardSet set({a, shards.add("b", second_half())});
  expect_refusal(refusal_of([&] { set.refuse_as_place(shards.folder / "b/../a"); }), ExitCode::usage,
                 "is shard 0/2 itself");
  EXPECT_NO_THROW(set.refuse_as_place(shards.folder / "c"));
}

TEST(FinishingCommand, NamesTheFolderAsTheOthersAreNamed) {
  RunProgress known;
  known.shard = "3/8";
  known.command = {"symscan", "train", "c", "--shard", "3/8", "--out", "runs/part_3"};
  EXPECT_NE(finishing_command(known, {5, 8}, {}, "").find("--out runs/part_5 "), std::string::npos);
  known.command.back() = "runs/2026-3";  // which of the numbers?
  EXPECT_NE(finishing_command(known, {5, 8}, {}, "").find("--out runs/shard_5_of_8 "), std::string::npos);
}

TEST(FinishingCommand, RepeatsTheOneThatBegan) {
  RunProgress known;
  known.shard = "3/8";
  known.folder = "/data/my runs";
  known.command = {"symscan", "train", "scan.json", "--overwrite", "--shard=3/8", "--out=/x/shard_3_of_8"};
  EXPECT_EQ(finishing_command(known, {3, 8}, "/x/shard_3_of_8", "/data/my runs"),
            "symscan train scan.json --shard=3/8 --out=/x/shard_3_of_8 --resume");
  EXPECT_EQ(finishing_command(known, {5, 8}, {}, "/elsewhere"),
            "cd '/data/my runs' && symscan train scan.json --shard=5/8 --out=/x/shard_5_of_8 --resume");
  known.command = {"symscan", "train", "scan.json", "--shard", "3/8", "--out", "/x/part3", "--resume"};
  EXPECT_EQ(finishing_command(known, {5, 8}, {}, "/data/my runs"),
            "symscan train scan.json --shard 5/8 --out /x/part5 --resume");
  known.command = {"symscan", "train", "scan.json", "--shard", "3/8"};
  EXPECT_EQ(finishing_command(known, {5, 8}, {}, "/data/my runs"),
            "symscan train scan.json --shard 5/8 --resume");
  known.command.clear();
  EXPECT_EQ(finishing_command(known, {5, 8}, {}, "/"), "");
}

}  // namespace
}  // namespace symscan::test
