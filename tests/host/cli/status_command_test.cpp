// status and --scratch as a user calls them.
#include <atomic>
#include <limits>

#include "tests/host/cli/shard_runs.hpp"

namespace symscan::test {
namespace {

using namespace std::chrono_literals;

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

TEST(Status, TheShareGoesOnWhereItWas) {
  const TemporaryFolder folder;
  const std::string run = folder / "run";
  const Words train = {
      "train", "circle",   "dataset.n=4000",     "seeds=1..6", "train.epochs=60", "--threads", "1", "--out",
      run,     "--resume", "--checkpoint-every", "0.05"};
  double before = 0;
  {
    const Program training(train, folder);
    for (int i = 0; i < 600 && status_of({run}).done < 3; ++i) std::this_thread::sleep_for(50ms);
    training.send(SIGTERM);
    EXPECT_EQ(training.wait(), 75);
    before = status_of({run}).runs.at(0).share;
    EXPECT_GE(before, 0.5);
  }
  fs::remove(run + "/progress.json");
  const Program training(train, folder);
  wait_for_file(run + "/progress.json");
  EXPECT_GE(status_of({run}).runs.at(0).share, 0.5);
  training.send(SIGTERM);
  training.wait();
}

TEST(Status, IsNotInTheWayOfATraining) {
  const TemporaryFolder folder;
  const Words train = {"train",        "circle",   "dataset.n=100", "train.epochs=1", "--out",
                       folder / "run", "--resume", "--no-analysis", "--no-report"};
  ASSERT_EQ(run_program(train).code, 0);
  std::atomic<bool> ended{false};
  std::jthread watching([&] {
    while (!ended) (void)status_of_run(folder / "run");
  });
  for (int i = 0; i < 20; ++i) EXPECT_EQ(run_program(train).code, 0);
  ended = true;
}

TEST(Status, NumbersOfAStrangerAreNotShown) {
  const TemporaryFolder folder;
  const std::string run = folder / "run";
  ASSERT_EQ(run_program({"train", "circle", "dataset.n=100", "train.epochs=1", "--out", run}).code, 0);
  const Json good = Json::parse(read_text_file(run + "/progress.json"));
  ASSERT_TRUE(read_progress(run));
  for (const auto& [key, value] :
       std::vector<std::pair<const char*, Json>>{{"share", -1},
                                                 {"share", nullptr},
                                                 {"shard", "rubbish"},
                                                 {"shard", "9/8"},
                                                 {"steps_per_second", 1e300},
                                                 {"updated", std::numeric_limits<std::int64_t>::min()},
                                                 {"replicas", 2000000},
                                                 {"done", 7},
                                                 {"state", "x"}}) {
    Json bad = good;
    bad[key] = value;
    write_text(run + "/progress.json", bad.dump());
    EXPECT_FALSE(read_progress(run)) << key << " " << value;
    EXPECT_EQ(status_of({run}).done, 1u) << key;
  }
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
  EXPECT_EQ(status.runs.at(0).state, RunStatus::State::unreadable);
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

TEST(Scratch, TheRunIsSeenFromItsBeginning) {
  const TemporaryFolder folder;
  fs::create_directory(folder / "disk");
  const Program training({"train", "circle", "dataset.n=4000", "train.epochs=400", "--out", folder / "run",
                          "--scratch", folder / "disk"},
                         folder);
  wait_for_file(folder / "run/progress.json");
  const StatusOfRuns now = status_of({folder / "run"});
  EXPECT_EQ(now.runs.at(0).state, RunStatus::State::running);
  EXPECT_EQ(now.replicas, 1u);
  training.send(SIGKILL);
  training.wait();
  EXPECT_EQ(status_of({folder / "run"}).runs.at(0).state, RunStatus::State::stopped);
}

TEST(Scratch, WhatFailsAfterTheTrainingLosesNothing) {
  const TemporaryFolder folder;
  fs::create_directory(folder / "disk");
  const Words train = {"train", "circle",       "dataset.n=4000", "seeds=1..3", "train.epochs=150",
                       "--out", folder / "run", "--resume"};
  Words scratch = train;
  scratch.insert(scratch.end(), {"--scratch", folder / "disk"});
  const Program training(scratch, folder);
  for (int i = 0; i < 1000 && fs::is_empty(folder / "disk"); ++i) std::this_thread::sleep_for(10ms);
  for (const auto& entry : fs::directory_iterator(folder / "disk"))
    fs::create_directory(entry.path() / "timings.json");
  EXPECT_EQ(training.wait(), 42) << training.errors();
  EXPECT_EQ(status_of({folder / "run"}).done, 3u);
  EXPECT_EQ(run_program(train).code, 0);
}

TEST(Scratch, EventFilesAreThoseOfTheLastTraining) {
  const TemporaryFolder folder;
  fs::create_directory(folder / "disk");
  const Words train = {"train",       "circle", "dataset.n=200", "train.epochs=3", "--log",
                       "tensorboard", "--out",  folder / "run",  "--scratch",      folder / "disk"};
  ASSERT_EQ(run_program(train).code, 0);
  Words again = train;
  again.push_back("--resume");
  ASSERT_EQ(run_program(again).code, 0);
  std::size_t files = 0;
  for (const auto& entry : fs::recursive_directory_iterator(folder / "run/tensorboard"))
    files += entry.is_regular_file() ? 1 : 0;
  EXPECT_EQ(files, 1u);
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
