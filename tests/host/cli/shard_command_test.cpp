// train --shard and merge as a user calls them.
#include <random>

#include "tests/host/cli/shard_runs.hpp"

namespace symscan::test {
namespace {

void train_and_merge(const std::string& config, int count, const TemporaryFolder& folder) {
  const OneMoment moment;
  const Finished whole = run_program({"train", config, "--out", folder / "whole"});
  Words merge = {"merge", "--out", folder / "merged"};
  for (int index = 0; index < count; ++index) {
    const std::string shard = std::to_string(index) + "/" + std::to_string(count);
    const std::string out = folder / ("part" + std::to_string(index));
    const Finished trained = run_program(train_shard(config, shard, out));
    EXPECT_LE(trained.code, 1) << trained.errors;
    EXPECT_FALSE(fs::exists(out + "/summary.json")) << "a shard says nothing about the whole";
    merge.push_back(out);
  }
  const Finished merged = run_program(merge);
  EXPECT_EQ(merged.code, whole.code) << merged.errors;
  const auto without_place = [](std::string text) { return text.substr(0, text.find("run directory:")); };
  EXPECT_EQ(without_place(merged.output), without_place(whole.output));
  expect_same_run(folder / "whole", folder / "merged");
}

TEST(Shards, MergedAreTheUndividedRun) {
  const TemporaryFolder folder;
  write_text(folder / "scan.json", scan);
  train_and_merge(folder / "scan.json", 5, folder);
}

TEST(Shards, MergedAreTheUndividedRunWithAutomaticSeeds) {
  const TemporaryFolder folder;
  write_text(folder / "auto.json", R"({"name": "auto", "dataset": {"kind": "circle", "n": 600},
    "model": {"hidden": [16], "latent_dim": [1, 2]}, "loss": {"beta": [0.05, 0.1, 0.3]}, "train": {"epochs": 15},
    "seeds": "auto"})");
  train_and_merge(folder / "auto.json", 2, folder);
}

TEST(Shards, MergedAreTheUndividedRunWithFailures) {
  const TemporaryFolder folder;
  write_text(folder / "nan.json", R"({"name": "nan", "dataset": {"kind": "circle", "n": 400},
    "model": {"hidden": [8], "latent_dim": 1}, "train": {"steps": 40, "optimizer": "sgd",
    "learning_rate": [0.001, 1e30], "schedule": "constant"}, "seeds": [1, 2, 3]})");
  train_and_merge(folder / "nan.json", 3, folder);
  EXPECT_NE(read_text_file(folder / "merged/summary.json").find("\"failed\""), std::string::npos);
}

TEST(Shards, KilledOnesGoOn) {
  const OneMoment moment;
  const TemporaryFolder folder;
  write_text(folder / "scan.json", scan);
  const Words longer = {"train.epochs=60"};
  ASSERT_EQ(run_program({"train", folder / "scan.json", longer[0], "--out", folder / "whole"}).code, 0);
  std::mt19937 random(19);
  int killed = 0;
  for (const std::string index : {"0", "1"}) {
    int code = -1;
    for (int attempt = 0; attempt < 60 && code != 0; ++attempt) {
      const Program shard(
          train_shard(folder / "scan.json", index + "/2", folder / ("part" + index),
                      {longer[0], "--resume", "--checkpoint-every", "0.02", "--threads", "1"}),
          folder);
      std::this_thread::sleep_for(std::chrono::duration<double>(
          std::uniform_real_distribution<>(0.05, 0.15 + 0.05 * attempt)(random)));
      shard.send(attempt % 2 == 0 ? SIGKILL : SIGUSR1);
      code = shard.wait();
      killed += code == 0 ? 0 : 1;
      EXPECT_TRUE(code == 0 || code == 75 || code == 128 + SIGKILL) << code << shard.errors();
    }
    ASSERT_EQ(code, 0);
  }
  EXPECT_GT(killed, 0);
  ASSERT_EQ(run_program({"merge", folder / "part0", folder / "part1", "--out", folder / "merged"}).code, 0);
  expect_same_run(folder / "whole", folder / "merged");
}

TEST(Shards, AKilledMergeGoesOn) {
  const OneMoment moment;
  const TemporaryFolder folder;
  write_text(folder / "scan.json", scan);
  train_and_merge(folder / "scan.json", 2, folder);
  std::mt19937 random(23);
  const Words merge = {"merge", folder / "part0", folder / "part1", "--out", folder / "again", "--resume"};
  int code = -1;
  for (int attempt = 0; attempt < 60 && code != 0; ++attempt) {
    const Program program(merge, folder);
    std::this_thread::sleep_for(
        std::chrono::duration<double>(std::uniform_real_distribution<>(0.0, 0.05 + 0.05 * attempt)(random)));
    program.send(attempt % 2 == 0 ? SIGKILL : SIGTERM);
    code = program.wait();
  }
  ASSERT_EQ(code, 0);
  expect_same_run(folder / "whole", folder / "again");
}

TEST(Shards, AFullAnalysisOutlivesARepeatedMerge) {
  const TemporaryFolder folder;
  write_text(folder / "scan.json", scan);
  train_and_merge(folder / "scan.json", 2, folder);
  ASSERT_EQ(run_program({"analyze", folder / "merged"}).code, 0);
  const std::string full = read_text_file(folder / "merged/analysis.json");
  ASSERT_EQ(
      run_program({"merge", folder / "part0", folder / "part1", "--out", folder / "merged", "--resume"}).code,
      0);
  EXPECT_TRUE(read_text_file(folder / "merged/analysis.json") == full);
}

TEST(Shards, AreRefusedWhereAWholeRunIsWanted) {
  const TemporaryFolder folder;
  write_text(folder / "scan.json", scan);
  ASSERT_EQ(run_program(train_shard(folder / "scan.json", "1/3", folder / "part")).code, 0);
  for (const Words& words : {Words{"analyze", folder / "part"}, Words{"report", folder / "part"},
                             Words{"compare", folder / "part", folder / "part"},
                             Words{"encode", folder / "part", "--out", folder / "latents.csv"},
                             Words{"export", folder / "part", "--out", folder / "model.onnx"}}) {
    const Finished refused = run_program(words);
    EXPECT_EQ(refused.code, 2) << words[0];
    EXPECT_NE(refused.errors.find("shard 1/3 of a sweep"), std::string::npos) << refused.errors;
  }
  const Finished other = run_program(train_shard(folder / "scan.json", "2/3", folder / "part", {"--resume"}));
  EXPECT_EQ(other.code, 2);
  EXPECT_NE(other.errors.find("holds shard 1/3, not shard 2/3"), std::string::npos) << other.errors;
  const Finished alone = run_program({"merge", folder / "part", "--out", folder / "merged"});
  EXPECT_EQ(alone.code, 75);
  EXPECT_NE(alone.errors.find("2 of 3 shards are not finished"), std::string::npos) << alone.errors;
  EXPECT_FALSE(fs::exists(folder / "merged")) << "nothing is begun before all shards are there";
}

TEST(Shards, DryRunTellsThePart) {
  const Finished plan = run_program({"train", "circle", "seeds=[1,2,3,4]", "--shard", "1/2", "--dry-run"});
  EXPECT_EQ(plan.code, 0) << plan.errors;
  EXPECT_NE(plan.output.find("shard 1/2: 2 of 4 replicas, 50.0 % of the predicted work"), std::string::npos)
      << plan.output;
}

}  // namespace
}  // namespace symscan::test
