// train --shard, merge, status and --scratch as a user calls them.
#include <random>

#include "host/store/progress_file.hpp"
#include "host/store/run_status.hpp"
#include "tests/host/cli/run_program.hpp"
#include "tests/variable.hpp"

namespace symscan::test {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using Words = std::vector<std::string>;

/// Two datasets, two shapes of very different cost.
const char* const scan =
    R"({"name": "scan", "dataset": [{"kind": "circle", "n": 1500}, {"kind": "annulus", "n": 900}],
  "model": {"hidden": [[9], [40, 12]], "latent_dim": [1, 2]}, "loss": {"beta": [0.05, 0.2]},
  "train": {"epochs": 12, "batch_size": 100}, "seeds": [1, 2]})";

/// Every report of these tests is of the same moment.
struct OneMoment {
  Variable date{"SOURCE_DATE_EPOCH", "1700000000"};
};

Words train_shard(const std::string& config, const std::string& shard, const std::string& out,
                  Words more = {}) {
  Words words = {"train", config, "--shard", shard, "--out", out};
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

void expect_same_run(const std::string& left, const std::string& right) {
  for (const char* file : {"/summary.json", "/models.safetensors", "/metrics.jsonl", "/analysis.json",
                           "/config.json", "/report.html"}) {
    const std::string of_left = read_text_file(left + file), of_right = read_text_file(right + file);
    EXPECT_FALSE(of_left.empty()) << file;
    EXPECT_TRUE(of_left == of_right) << file << " differs";
  }
}

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

StatusOfRuns status_of(const Words& runs) {
  Words words = {"status", "--json"};
  words.insert(words.end(), runs.begin(), runs.end());
  const Finished finished = run_program(words);
  EXPECT_EQ(finished.code, 0) << finished.errors;
  return read_versioned<StatusOfRuns>(Json::parse(finished.output), status_schema_version);
}

TEST(Status, FollowsARunFromItsBeginningToItsEnd) {
  const TemporaryFolder folder;
  const std::string run = folder / "run";
  EXPECT_EQ(status_of({run}).runs.at(0).state, RunStatus::State::missing);
  const Words train = {"train",
                       "circle",
                       "dataset.n=4000",
                       "seeds=[1,2,3,4]",
                       "train.epochs=400",
                       "--threads",
                       "1",
                       "--out",
                       run,
                       "--resume",
                       "--checkpoint-every",
                       "0.05"};
  {
    const Program training(train, folder);
    wait_for_file(run + "/progress.json");
    const StatusOfRuns now = status_of({run});
    EXPECT_EQ(now.runs.at(0).state, RunStatus::State::running);
    EXPECT_EQ(now.running, 1u);
    EXPECT_EQ(now.replicas, 4u);
    EXPECT_EQ(now.done + now.waiting, 4u);
    training.send(SIGTERM);
    EXPECT_EQ(training.wait(), 75);
  }
  EXPECT_EQ(status_of({run}).runs.at(0).state, RunStatus::State::stopped);
  {
    const Program training(train, folder);
    std::this_thread::sleep_for(300ms);
    training.send(SIGKILL);
    training.wait();
  }
  EXPECT_EQ(status_of({run}).runs.at(0).state, RunStatus::State::stopped);
  Words shorter = {"train",          "circle", "dataset.n=400", "seeds=[1,2,3,4]",
                   "train.epochs=4", "--out",  folder / "short"};
  ASSERT_EQ(run_program(shorter).code, 0);
  const StatusOfRuns both = status_of({run, folder / "short"});
  EXPECT_EQ(both.runs.at(1).state, RunStatus::State::trained);
  EXPECT_EQ(both.runs.at(1).done, 4u);
  EXPECT_EQ(both.replicas, 8u);
  EXPECT_TRUE(both.missing_shards.empty());
}

TEST(Status, NamesShardsThatAreNotGiven) {
  const TemporaryFolder folder;
  write_text(folder / "scan.json", scan);
  ASSERT_EQ(run_program(train_shard(folder / "scan.json", "1/4", folder / "part")).code, 0);
  EXPECT_EQ(status_of({folder / "part"}).missing_shards, (Words{"0/4", "2/4", "3/4"}));
  const Finished table = run_program({"status", folder / "part", folder / "nowhere"});
  EXPECT_NE(table.output.find("not among these runs: shards 0/4, 2/4, 3/4"), std::string::npos)
      << table.output;
  EXPECT_NE(table.output.find("missing"), std::string::npos) << table.output;
}

TEST(Status, WhatIsNoRunIsSaidAndDoesNotEndIt) {
  const TemporaryFolder folder;
  fs::create_directory(folder / "bad");
  write_text(folder / "bad/results.sqlite", "no ledger at all");
  write_text(folder / "bad/progress.json", "{\"schema\": 1, \"state\": 7}");
  const StatusOfRuns status = status_of({folder / "bad"});
  EXPECT_NE(status.runs.at(0).problem.find("is not a ledger"), std::string::npos)
      << status.runs.at(0).problem;
}

TEST(Status, WatchEndsWhenAllIsTrained) {
  const TemporaryFolder folder;
  ASSERT_EQ(run_program({"train", "circle", "dataset.n=400", "train.epochs=2", "--out", folder / "run"}).code,
            0);
  EXPECT_EQ(run_program({"status", folder / "run", "--watch"}).code, 0);
}

TEST(Scratch, TheRunIsInItsPlaceAtTheEnd) {
  const OneMoment moment;
  const TemporaryFolder folder;
  write_text(folder / "scan.json", scan);
  fs::create_directory(folder / "disk");
  ASSERT_EQ(run_program({"train", folder / "scan.json", "--out", folder / "whole"}).code, 0);
  const Finished trained =
      run_program({"train", folder / "scan.json", "--out", folder / "copied", "--scratch", folder / "disk"});
  ASSERT_EQ(trained.code, 0) << trained.errors;
  EXPECT_NE(trained.output.find(folder / "copied"), std::string::npos);
  EXPECT_EQ(trained.output.find(folder / "disk"), std::string::npos);
  expect_same_run(folder / "whole", folder / "copied");
  EXPECT_TRUE(fs::is_empty(folder / "disk"));
}

TEST(Scratch, AnInterruptedRunGoesOnWithOrWithoutIt) {
  const OneMoment moment;
  const TemporaryFolder folder;
  write_text(folder / "scan.json", scan);
  fs::create_directory(folder / "disk");
  ASSERT_EQ(run_program({"train", folder / "scan.json", "--out", folder / "whole"}).code, 0);
  for (const bool with : {true, false}) {
    const std::string out = folder / (with ? "with" : "without");
    int code = -1, interrupted = 0;
    for (int attempt = 0; attempt < 60 && code != 0; ++attempt) {
      Words words = {"train", folder / "scan.json", "--out", out, "--resume", "--checkpoint-every", "0.02"};
      if (with || attempt % 2 == 0) words.insert(words.end(), {"--scratch", folder / "disk"});
      const Program program(words, folder);
      std::this_thread::sleep_for(std::chrono::milliseconds(150 + 50 * attempt));
      program.send(attempt % 4 == 3 ? SIGKILL : SIGUSR1);
      code = program.wait();
      interrupted += code == 0 ? 0 : 1;
    }
    ASSERT_EQ(code, 0);
    EXPECT_GT(interrupted, 0);
    expect_same_run(folder / "whole", out);
  }
}

TEST(Scratch, SaysWhereTheRunIsWhenItCannotBeCopied) {
  const TemporaryFolder folder;
  const Finished refused = run_program({"train", "circle", "dataset.n=100", "train.epochs=1", "--out",
                                        folder / "run", "--scratch", folder / "nowhere"});
  EXPECT_EQ(refused.code, 42) << refused.errors;
  EXPECT_NE(refused.errors.find("nowhere"), std::string::npos) << refused.errors;
  fs::create_directory(folder / "disk");
  const Words words = {"train", "circle",       "dataset.n=4000", "train.epochs=400",
                       "--out", folder / "run", "--scratch",      folder / "disk"};
  const Program program(words, folder);
  for (int i = 0; i < 1000 && fs::is_empty(folder / "disk"); ++i) std::this_thread::sleep_for(10ms);
  std::this_thread::sleep_for(200ms);
  fs::remove_all(folder / "run");
  write_text(folder / "run", "a file is in the place of the folder");
  program.send(SIGTERM);
  EXPECT_EQ(program.wait(), 75);
  EXPECT_NE(program.errors().find("it is whole in '" + (folder / "disk/symscan-")), std::string::npos)
      << program.errors();
  EXPECT_FALSE(fs::is_empty(folder / "disk"));
}

}  // namespace
}  // namespace symscan::test
