#include <random>

#include "host/base/json.hpp"
#include "tests/host/cli/run_program.hpp"
#include "tests/host/cli/shell.hpp"

namespace symscan::test {
namespace {

using namespace std::chrono_literals;

/// A sweep of a second or so: several datasets, shapes, a warm-up, early stopping and a cosine schedule.
const char* const sweep = R"({"name": "sweep",
  "dataset": [{"kind": "circle", "n": 3000}, {"kind": "annulus", "n": 2500}],
  "model": {"hidden": [33, 7], "latent_dim": [2, 5]}, "loss": {"beta": [0.05, 0.2]},
  "train": {"epochs": 12, "batch_size": 100, "schedule": "cosine", "beta_warmup_epochs": 3,
            "early_stopping": {"patience": 3, "min_delta": 0.001}},
  "seeds": [1, 2]})";

std::vector<std::string> train(const std::string& config, const std::string& out,
                               std::vector<std::string> more = {}) {
  std::vector<std::string> arguments = {"train", config, "--out", out, "--no-report"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return arguments;
}

void expect_same_results(const std::string& left, const std::string& right) {
  for (const char* file : {"/models.safetensors", "/summary.json", "/metrics.jsonl", "/config.json"}) {
    EXPECT_EQ(read_text_file(left + file), read_text_file(right + file)) << file;
  }
}

TEST(Train, OneAndTwoThreadsAreBitIdentical) {
  const TemporaryFolder folder;
  write_text(folder / "sweep.json", sweep);
  ASSERT_EQ(run_program(train(folder / "sweep.json", folder / "one", {"--threads", "1"})).code, 0);
  ASSERT_EQ(run_program(train(folder / "sweep.json", folder / "two", {"--threads", "2"})).code, 0);
  expect_same_results(folder / "one", folder / "two");
}

TEST(Train, AReplicaAloneEqualsItselfInASweep) {
  const TemporaryFolder folder;
  write_text(folder / "sweep.json", sweep);
  ASSERT_EQ(run_program(train(folder / "sweep.json", folder / "all")).code, 0);
  const Json all = Json::parse(read_text_file(folder / "all/summary.json"));
  for (const Json& replica : all["replicas"]) {
    if (replica["seed"] != 2 || replica["beta"] != 0.2) continue;
    const std::string dataset = replica["dataset"].get<std::string>();
    const bool circle = dataset.rfind("circle", 0) == 0;
    const std::string out = folder / ("alone-" + replica["id"].dump());
    const auto run = run_program(
        train(folder / "sweep.json", out,
              {circle ? R"(dataset={"kind":"circle","n":3000})" : R"(dataset={"kind":"annulus","n":2500})",
               "model.latent_dim=" + replica["latent_dim"].dump(), "loss.beta=0.2", "seeds=[2]"}));
    ASSERT_EQ(run.code, 0) << run.errors;
    const Json alone = Json::parse(read_text_file(out + "/summary.json"))["replicas"][0];
    for (const char* key : {"loss", "reconstruction", "kl", "relevance", "epochs"})
      EXPECT_EQ(alone[key], replica[key]) << key;
  }
}

TEST(Resume, AfterKillIsBitIdentical) {
  const TemporaryFolder folder;
  write_text(folder / "sweep.json", sweep);
  const auto start = std::chrono::steady_clock::now();
  ASSERT_EQ(run_program(train(folder / "sweep.json", folder / "whole")).code, 0);
  const double whole = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  std::mt19937 random(20260101);
  int killed = 0;
  for (int round = 0; round < 4; ++round) {
    const std::string out = folder / ("killed" + std::to_string(round));
    int code = -1;
    for (int attempt = 0; attempt < 200 && code != 0; ++attempt) {
      const Program program(train(folder / "sweep.json", out, {"--resume", "--checkpoint-every", "0.02"}),
                            folder);
      // Late attempts get more time, so that the run ends even if starting is slow.
      const double moment = std::uniform_real_distribution<>(0.0, whole * (0.5 + 0.02 * attempt))(random);
      std::this_thread::sleep_for(std::chrono::duration<double>(moment));
      program.send(SIGKILL);
      code = program.wait();
      killed += code == 128 + SIGKILL ? 1 : 0;
      ASSERT_TRUE(code == 0 || code == 128 + SIGKILL) << program.errors();
    }
    ASSERT_EQ(code, 0);
    expect_same_results(folder / "whole", out);
  }
  EXPECT_GE(killed, 8) << "the test must really interrupt";
}

TEST(Resume, LogsGrowAndSurviveAKill) {
  const TemporaryFolder folder;
  write_text(folder / "sweep.json", sweep);
  ASSERT_EQ(run_program(train(folder / "sweep.json", folder / "whole")).code, 0);
  const std::string out = folder / "killed", metrics = out + "/metrics.jsonl";
  const auto arguments =
      train(folder / "sweep.json", out,
            {"--resume", "--checkpoint-every", "0.02", "--threads", "1", "--log", "tensorboard"});
  const auto lines = [&] {
    const std::string text = std::filesystem::exists(metrics) ? read_text_file(metrics) : "";
    return std::count(text.begin(), text.end(), '\n');
  };
  const auto total = [&](const std::string& text) {
    return std::count(text.begin(), text.end(), '\n');
  }(read_text_file(folder / "whole/metrics.jsonl"));
  int killed = 0;
  for (int attempt = 0; attempt < 4; ++attempt) {
    const auto before = lines();
    const Program program(arguments, folder);
    for (int i = 0; i < 3000 && lines() <= std::min(before + 10, total - 1); ++i)
      std::this_thread::sleep_for(10ms);
    program.send(SIGKILL);
    killed += program.wait() == 128 + SIGKILL ? 1 : 0;
    EXPECT_GT(lines(), 0) << "lines come before the end";
  }
  EXPECT_GE(killed, 1) << "the test must really interrupt";
  const auto end = run_program(arguments);
  ASSERT_EQ(end.code, 0) << end.errors;
  expect_same_results(folder / "whole", out);
  int replicas = 0;
  for (const auto& entry : std::filesystem::directory_iterator(out + "/tensorboard")) {
    ++replicas;
    const std::filesystem::directory_iterator files(entry.path());
    EXPECT_EQ(std::distance(files, std::filesystem::directory_iterator()), 1)
        << entry.path() << ": one file, written anew";
  }
  EXPECT_EQ(replicas, 16);
}

TEST(Resume, SignalsCheckpointAndExit75WithinTwoSeconds) {
  const TemporaryFolder folder;
  const std::vector<std::string> settings = {"train.epochs=40", "dataset.n=200000", "seeds=[1,2,3]",
                                             "--resume"};
  for (const int signal : {SIGTERM, SIGINT, SIGUSR1, SIGXCPU}) {
    const std::string out = folder / ("signal" + std::to_string(signal));
    const Program program(train("circle", out, settings), folder);
    wait_for_file(out + "/config.json");
    std::this_thread::sleep_for(300ms);
    const auto sent = std::chrono::steady_clock::now();
    program.send(signal);
    EXPECT_EQ(program.wait(), 75) << program.errors();
    EXPECT_LT(std::chrono::steady_clock::now() - sent, 3s);
    EXPECT_NE(program.errors().find("--resume"), std::string::npos);
    EXPECT_FALSE(std::filesystem::exists(out + "/summary.json"));
  }
}

TEST(Resume, ALongStepIsNotWaitedFor) {
  const TemporaryFolder folder;
  // One step is a pass over a million rows.
  const std::string out = folder / "long";
  const Program program(train("gaussian", out,
                              {"dataset.n=1000000", "train.batch_size=1000000", "train.epochs=50",
                               "model.hidden=[256,256]", "--threads", "1"}),
                        folder);
  wait_for_file(out + "/config.json");
  std::this_thread::sleep_for(1500ms);
  const auto sent = std::chrono::steady_clock::now();
  program.send(SIGTERM);
  EXPECT_EQ(program.wait(), 75) << program.errors();
  EXPECT_LT(std::chrono::steady_clock::now() - sent, 3s);
  EXPECT_NE(program.errors().find("a training step took long"), std::string::npos) << program.errors();
}

TEST(Train, ClosedStreamsGetNothingOfTheRun) {
  const TemporaryFolder folder;
  const auto run =
      run_shell("symscan train circle dataset.n=100 train.epochs=1 --out run >&- 2>&- <&-; echo $?",
                folder.path().string());
  EXPECT_EQ(run.output, "0\n");
  EXPECT_EQ(read_text_file(folder / "run/.lock"), "") << "messages must not land in a file of the run";
  EXPECT_EQ(run_shell("symscan report run", folder.path().string()).code, 0);
}

TEST(Resume, AfterASignalIsBitIdentical) {
  const TemporaryFolder folder;
  write_text(folder / "sweep.json", sweep);
  ASSERT_EQ(run_program(train(folder / "sweep.json", folder / "whole")).code, 0);
  const std::string out = folder / "stopped";
  int code = -1, stopped = 0;
  for (int attempt = 0; attempt < 40 && code != 0; ++attempt) {
    const Program program(train(folder / "sweep.json", out, {"--resume"}), folder);
    std::this_thread::sleep_for(std::chrono::milliseconds(40 + 10 * attempt));
    program.send(SIGTERM);
    code = program.wait();
    stopped += code == 75 ? 1 : 0;
    // A signal that comes before main() has begun, on a busy machine, simply ends the process.
    ASSERT_TRUE(code == 0 || code == 75 || code == 128 + SIGTERM) << code << program.errors();
  }
  // On a busy machine a process is ended before it has analysed what is trained.
  if (code != 0) code = run_program(train(folder / "sweep.json", out, {"--resume"})).code;
  EXPECT_EQ(code, 0);
  EXPECT_GE(stopped, 2);
  expect_same_results(folder / "whole", out);
}

TEST(Resume, OfAFinishedRunChangesNothing) {
  const TemporaryFolder folder;
  const auto arguments = train("circle", folder / "run", {"train.epochs=2", "dataset.n=500", "--resume"});
  ASSERT_EQ(run_program(arguments).code, 0);
  const std::string before = read_text_file(folder / "run/summary.json");
  ASSERT_EQ(run_program(arguments).code, 0);
  EXPECT_EQ(before, read_text_file(folder / "run/summary.json"));
}

TEST(Resume, WithAnotherConfigNamesTheKeys) {
  const TemporaryFolder folder;
  ASSERT_EQ(run_program(train("circle", folder / "run", {"train.epochs=1", "dataset.n=500"})).code, 0);
  const auto run = run_program(
      train("circle", folder / "run", {"train.epochs=2", "dataset.n=500", "loss.beta=0.2", "--resume"}));
  EXPECT_EQ(run.code, 42);
  EXPECT_NE(run.errors.find("train.epochs"), std::string::npos) << run.errors;
  EXPECT_NE(run.errors.find("loss.beta"), std::string::npos) << run.errors;
  EXPECT_EQ(run.errors.find("dataset.n"), std::string::npos) << run.errors;
}

TEST(Resume, WithChangedDataIsRefused) {
  const TemporaryFolder folder;
  write_text(folder / "data.csv", "x,y\n1,2\n3,4\n5,7\n8,8\n");
  const std::vector<std::string> arguments = {"train",    "--data",       folder / "data.csv",
                                              "--out",    folder / "run", "train.epochs=1",
                                              "--resume", "--no-report"};
  ASSERT_EQ(run_program(arguments).code, 0);
  write_text(folder / "data.csv", "x,y\n1,2\n3,4\n5,7\n8,8.001\n");
  const auto run = run_program(arguments);
  EXPECT_EQ(run.code, 42);
  EXPECT_NE(run.errors.find("have changed"), std::string::npos) << run.errors;
}

TEST(Train, ADirectoryInUseIsNotTouched) {
  const TemporaryFolder folder;
  const auto arguments = train("circle", folder / "run", {"train.epochs=1", "dataset.n=500"});
  ASSERT_EQ(run_program(arguments).code, 0);
  const auto again = run_program(arguments);
  EXPECT_EQ(again.code, 42);
  EXPECT_NE(again.errors.find("--resume"), std::string::npos) << again.errors;

  const Program busy(train("circle", folder / "busy", {"train.epochs=1000"}), folder);
  wait_for_file(folder / "busy/config.json");
  const auto second = run_program(train("circle", folder / "busy", {"train.epochs=1000", "--resume"}));
  EXPECT_EQ(second.code, 75);
  EXPECT_NE(second.errors.find("another symscan process"), std::string::npos) << second.errors;
  busy.send(SIGKILL);
  busy.wait();
}

TEST(Train, ADivergingReplicaIsExplainedAndTheSweepGoesOn) {
  const TemporaryFolder folder;
  const auto run = run_program(train("circle", folder / "run",
                                     {"dataset.n=1000", "train.epochs=20", "train.optimizer=sgd",
                                      "model.activation=relu", "train.learning_rate=[1e-3,1e6]"}));
  EXPECT_EQ(run.code, 1) << run.errors;
  const Json summary = Json::parse(read_text_file(folder / "run/summary.json"));
  EXPECT_EQ(summary["replicas"][0]["status"], "done");
  EXPECT_EQ(summary["replicas"][1]["status"], "failed");
  const std::string message = summary["replicas"][1]["message"].get<std::string>();
  for (const char* part :
       {"replica 1", "epoch 1", "step ", "first seen in", "learning rate 1e+06 is too large"}) {
    EXPECT_NE(message.find(part), std::string::npos) << message;
  }
}

TEST(Train, ReportsAreMadeWhateverFailed) {
  const TemporaryFolder folder;
  const std::vector<std::string> diverging = {"dataset.n=500", "train.epochs=3", "train.optimizer=sgd",
                                              "model.activation=relu"};
  for (const char* rates :
       {"train.learning_rate=1e6", "train.learning_rate=[1e6,1e-3]", "train.learning_rate=[1e-3,1e6]"}) {
    std::vector<std::string> arguments = {"train", "circle", "--overwrite", "--out", folder / "run", rates};
    arguments.insert(arguments.end(), diverging.begin(), diverging.end());
    const auto run = run_program(arguments);
    EXPECT_EQ(run.code, 1) << run.errors;
    EXPECT_NE(run.output.find("failed: replica"), std::string::npos) << run.output;
    EXPECT_TRUE(std::filesystem::exists(folder / "run/report.html")) << rates;
    arguments.push_back("--quiet");
    const auto quiet = run_program(arguments);
    EXPECT_EQ(quiet.output, "");
    EXPECT_NE(quiet.errors.find("failed: replica"), std::string::npos) << quiet.errors;
  }
}

TEST(Analyze, ASignalEndsItWithCode75) {
  const TemporaryFolder folder;
  ASSERT_EQ(run_program({"train", "ee_mumu", "train.epochs=2", "seeds=[1,2,3]", "--quiet", "--no-analysis",
                         "--out", folder / "run"})
                .code,
            0);
  int interrupted = 0;
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) {
    const Program program({"analyze", folder / "run"}, folder);
    std::this_thread::sleep_for(150ms);
    program.send(signal);
    const int code = program.wait();
    ASSERT_TRUE(code == 0 || code == 75 || code == 128 + signal) << code << program.errors();
    interrupted += code == 75 ? 1 : 0;
  }
  EXPECT_GE(interrupted, 1);
}

TEST(Train, AReaderThatGoesAwayCostsNoFiles) {
  const TemporaryFolder folder;
  const auto run = run_shell(
      "(symscan train circle dataset.n=300 train.epochs=1 'dataset.radius=[1,2,3,4,5,6]' "
      "'loss.beta=[0.1,0.2,0.3,0.4]' --out run; echo $? > code) | true",
      folder.path().string());
  EXPECT_EQ(run.code, 0);
  EXPECT_EQ(read_text_file(folder / "code"), "0\n") << run.errors;
  for (const char* file :
       {"summary.json", "models.safetensors", "metrics.jsonl", "analysis.json", "report.html"})
    EXPECT_TRUE(std::filesystem::exists(folder / (std::string("run/") + file))) << file;
  // Output that is lost is told.
  const auto full = run_shell("symscan datasets > /dev/full", folder.path().string());
  EXPECT_EQ(full.code, 75) << full.errors;
  EXPECT_NE(full.errors.find("could not be written"), std::string::npos) << full.errors;
}

TEST(Train, AnInterruptedRunHasAReport) {
  const TemporaryFolder folder;
  const Program program({"train", "circle", "--out", folder / "run", "train.epochs=[1,100000]"}, folder);
  wait_for_file(folder / "run/config.json");
  std::this_thread::sleep_for(300ms);
  program.send(SIGTERM);
  EXPECT_EQ(program.wait(), 75);
  const auto run = run_program({"report", folder / "run"});
  EXPECT_EQ(run.code, 0) << run.errors;
}

TEST(Train, FilesThatAreNotFromARunAreNeverReplaced) {
  const TemporaryFolder folder;
  std::filesystem::create_directory(folder / "mine");
  const std::string config = R"({"dataset": {"kind": "circle", "n": 500}, "train": {"epochs": 1}}  // mine)";
  write_text(folder / "mine/config.json", config);
  for (const char* flag : {"--resume", "--overwrite", "--quiet"}) {
    const auto run = run_program(train(folder / "mine/config.json", folder / "mine", {flag}));
    EXPECT_EQ(run.code, 42) << run.errors;
    EXPECT_NE(run.errors.find("not from a run"), std::string::npos) << run.errors;
    EXPECT_EQ(read_text_file(folder / "mine/config.json"), config);
  }
}

TEST(Train, ADamagedLedgerIsToldAndCanBeReplaced) {
  const TemporaryFolder folder;
  ASSERT_EQ(run_program(train("circle", folder / "run", {"train.epochs=1"})).code, 0);
  write_text(folder / "run/results.sqlite", std::string(20000, 'x'));
  const auto refused = run_program(train("circle", folder / "run", {"train.epochs=1", "--resume"}));
  EXPECT_EQ(refused.code, 42);
  EXPECT_NE(refused.errors.find("--overwrite"), std::string::npos) << refused.errors;
  EXPECT_EQ(run_program(train("circle", folder / "run", {"train.epochs=1", "--overwrite"})).code, 0);
}

TEST(Train, AStrangersDatabaseIsNeverReplaced) {
  const TemporaryFolder folder;
  std::filesystem::create_directory(folder / "mine");
  for (const char* file : {"results.sqlite", "report.html"})
    write_text(folder / ("mine/" + std::string(file)), "mine");
  for (const char* flag : {"--resume", "--overwrite", "--quiet"}) {
    const auto run = run_program(train("circle", folder / "mine", {flag}));
    EXPECT_EQ(run.code, 42) << run.errors;
    EXPECT_NE(run.errors.find("not from a run"), std::string::npos) << run.errors;
    EXPECT_EQ(read_text_file(folder / "mine/results.sqlite"), "mine");
    EXPECT_EQ(read_text_file(folder / "mine/report.html"), "mine");
    EXPECT_FALSE(std::filesystem::exists(folder / "mine/.lock"));
    EXPECT_FALSE(std::filesystem::exists(folder / "mine/config.json"));
  }
}

TEST(Train, ADirectoryThatTookItsPlaceIsNotWritten) {
  const TemporaryFolder folder;
  const Program program(
      {"train", "circle", "--out", folder / "run", "train.epochs=100000", "--checkpoint-every", "1"}, folder);
  wait_for_file(folder / "run/config.json");
  std::filesystem::rename(folder / "run", folder / "moved");
  std::filesystem::create_directory(folder / "run");
  write_text(folder / "run/results.sqlite", "mine");
  EXPECT_EQ(program.wait(), 42);
  EXPECT_NE(program.errors().find("taken the place"), std::string::npos) << program.errors();
  EXPECT_EQ(read_text_file(folder / "run/results.sqlite"), "mine");
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder / "run"), {}), 1);
}

TEST(Train, WithoutDescriptorsTheRunIsNotCalledDamaged) {
  const TemporaryFolder folder;
  write_text(folder / "data.csv", "x,y\n1,2\n3,4\n5,7\n8,8\n");
  const std::string command =
      " symscan train --data data.csv train.epochs=1 --resume --quiet --out run; echo $?";
  ASSERT_EQ(run_shell(command, folder.path().string()).output.back(), '\n');
  int told = 0;
  for (int files = 4; files < 16; ++files) {
    const auto run = run_shell("ulimit -n " + std::to_string(files) + ";" + command, folder.path().string());
    EXPECT_TRUE(run.output == "0\n" || run.output == "75\n" || run.output == "127\n")
        << files << " " << run.output << run.errors;
    EXPECT_EQ(run.errors.find("damaged"), std::string::npos) << run.errors;
    EXPECT_EQ(run.errors.find("--overwrite"), std::string::npos) << run.errors;
    told += run.errors.find("ulimit -n") != std::string::npos ? 1 : 0;
  }
  EXPECT_GE(told, 1);
}

TEST(Generate, AFullDiskOrALinkIsTold) {
  const TemporaryFolder folder;
  const auto full = run_shell("ulimit -f 8; symscan generate circle --n 20000 --out t.csv; echo $?",
                              folder.path().string());
  EXPECT_EQ(full.output, "75\n") << full.errors;
  EXPECT_NE(full.errors.find("cannot write 't.csv': File too large"), std::string::npos) << full.errors;
  EXPECT_FALSE(std::filesystem::exists(folder / "t.csv"));
  std::filesystem::create_symlink("nowhere", folder / "link.csv");
  EXPECT_EQ(run_program({"generate", "circle", "--out", folder / "link.csv"}).code, 2);
  EXPECT_TRUE(std::filesystem::is_symlink(folder / "link.csv"));
}

TEST(Train, AFullDiskKeepsTheRunResumable) {
  const TemporaryFolder folder;
  write_text(folder / "limited.sh", "ulimit -f 150\nexec \"$@\"\n");
  const std::string command =
      "sh " + (folder / "limited.sh") + " " SYMSCAN_PROGRAM " train circle --quiet --no-report --out " +
      (folder / "run") +
      " train.epochs=2 dataset.n=1000 'seeds=[1,2,3,4,5,6,7,8]' model.hidden=[100,100] 2> " +
      (folder / "errors.txt");
  const int status = std::system(command.c_str());
  EXPECT_EQ(WEXITSTATUS(status), 75) << read_text_file(folder / "errors.txt");
  EXPECT_NE(read_text_file(folder / "errors.txt").find("--resume"), std::string::npos)
      << read_text_file(folder / "errors.txt");
  const auto resumed = run_program(train(
      "circle", folder / "run",
      {"--resume", "train.epochs=2", "dataset.n=1000", "seeds=[1,2,3,4,5,6,7,8]", "model.hidden=[100,100]"}));
  EXPECT_EQ(resumed.code, 0) << resumed.errors;
}

TEST(Train, TooFewStepsAreSaidFirst) {
  const TemporaryFolder folder;
  const auto run = run_program(train("circle", folder / "run", {"dataset.n=300", "train.epochs=30"}));
  EXPECT_NE(run.output.find("Not trained long enough: only 90 training steps"), std::string::npos)
      << run.output;
  const auto enough =
      run_program(train("square", folder / "enough", {"dataset.n=2000", "model.latent_dim=2"}));
  EXPECT_EQ(enough.output.find("Not trained long enough"), std::string::npos) << enough.output;
  EXPECT_EQ(enough.output.find("still falling"), std::string::npos) << enough.output;
  EXPECT_NE(enough.output.find("The training has converged."), std::string::npos) << enough.output;
}

TEST(Train, SummaryKeepsItsContract) {
  const TemporaryFolder folder;
  ASSERT_EQ(
      run_program(train("circle", folder / "run", {"train.epochs=3", "dataset.n=1000", "seeds=[1,2]"})).code,
      0);
  const Json summary = Json::parse(read_text_file(folder / "run/summary.json"));
  EXPECT_EQ(summary["schema"], 1);
  ASSERT_EQ(summary["replicas"].size(), 2u);
  for (const Json& replica : summary["replicas"]) {
    for (const char* key : {"id", "status", "dataset", "latent_dim", "beta", "tau", "seed", "loss",
                            "reconstruction", "kl", "relevance", "active_latents", "theory"}) {
      EXPECT_TRUE(replica.contains(key)) << key;
    }
    EXPECT_EQ(replica["tau"], 0.05);
    const auto values = replica["relevance"]["values"].get<std::vector<double>>();
    EXPECT_TRUE(std::is_sorted(values.rbegin(), values.rend()));
    EXPECT_EQ(replica["relevance"]["order"].size(), 4u);
    for (const char* key : {"measure", "activity", "posterior_variance", "jacobian"}) {
      EXPECT_TRUE(replica["relevance"].contains(key)) << key;
    }
    EXPECT_EQ(replica["theory"]["kl"].size(), 4u);
  }
  EXPECT_EQ(summary["groups"].size(), 1u);
}

TEST(Train, TheRunDirectoryHasEveryFile) {
  const TemporaryFolder folder;
  const auto run =
      run_program({"train", "circle", "--out", folder / "run", "train.epochs=1", "dataset.n=500", "--json"});
  ASSERT_EQ(run.code, 0) << run.errors;
  for (const char* file : {"config.json", "results.sqlite", "models.safetensors", "metrics.jsonl",
                           "summary.json", "report.html", "timings.json"}) {
    EXPECT_TRUE(std::filesystem::exists(folder / ("run/" + std::string(file)))) << file;
  }
  const Json line = Json::parse(run.output);
  EXPECT_EQ(line["replicas"], 1);
  EXPECT_EQ(line["failed"], 0);
  std::filesystem::remove(folder / "run/report.html");
  EXPECT_EQ(run_program({"report", folder / "run"}).code, 0);
  EXPECT_TRUE(std::filesystem::exists(folder / "run/report.html"));
}

TEST(Train, RelevancesDuringTrainingAreInTheMetrics) {
  const TemporaryFolder folder;
  const auto run =
      run_program(train("circle", folder / "run",
                        {"relevance.every=2", "train.epochs=5", "model.latent_dim=3", "dataset.n=500"}));
  ASSERT_EQ(run.code, 0) << run.errors;
  std::ifstream lines(folder / "run/metrics.jsonl");
  std::string line;
  int epochs = 0;
  while (std::getline(lines, line)) {
    const Json metrics = Json::parse(line);
    ++epochs;
    ASSERT_EQ(metrics.contains("relevance"), epochs == 2 || epochs == 4) << line;
    if (!metrics.contains("relevance")) continue;
    const auto kl = metrics["relevance"]["kl"].get<std::vector<double>>();
    ASSERT_EQ(kl.size(), 3u);
    // The latents' sum is the KL of the same moment, which lies near that of the epoch's steps.
    EXPECT_NEAR(kl[0] + kl[1] + kl[2], metrics["kl"].get<double>(), 0.5 * metrics["kl"].get<double>());
    EXPECT_EQ(metrics["relevance"]["activity"].size(), 3u);
  }
  EXPECT_EQ(epochs, 5);
}

TEST(Train, DryRunTrainsNothing) {
  const TemporaryFolder folder;
  const auto run =
      run_program(train("circle", folder / "run", {"--dry-run", "model.latent_dim=[1,2,3]", "seeds=[1,2]"}));
  EXPECT_EQ(run.code, 0) << run.errors;
  EXPECT_NE(run.output.find("6 replicas"), std::string::npos) << run.output;
  EXPECT_NE(run.output.find("cpu, L2 cache"), std::string::npos) << run.output;
  EXPECT_FALSE(std::filesystem::exists(folder / "run"));
}

TEST(CommandLine, BadUseIsExplainedWithItsExitCode) {
  const TemporaryFolder folder;
  struct Case {
    std::vector<std::string> arguments;
    int code;
    const char* fragment;
  };
  const Case cases[] = {
      {{"train"}, 2, "nothing to train on"},
      {{"train", "circle", "disk"}, 2, "two configs"},
      {{"train", "--frobnicate"}, 2, "frobnicate"},
      {{"train", "circle", "--threads", "0"}, 2, "threads"},
      {{"train", "circle", "--log", "tensorbord"}, 2, "no log 'tensorbord'"},
      {{"train", "circle", "--device", "tpu"}, 2, "tpu"},
      {{"train", "circle", "--resume", "--overwrite"}, 2, "exclude"},
      {{"train", "crcle.json"}, 42, "crcle.json"},
      {{"train", "circle", "loss.bta=1"}, 42, "beta"},
      {{"train", "--data", folder / "none.csv"}, 42, "none.csv"},
      {{"report", folder / "nowhere"}, 42, "not a run directory"},
      {{"generate", "circel", "--out", folder / "x.csv"}, 42, "circle"},
      {{"generate", "circle"}, 2, "--out"},
      {{"generate", "circle", "--out", folder / "none/x.csv"}, 42, "none/x.csv'"},
      {{"train", "circle", "--out", ""}, 2, "--out"},
      {{"generate", "circle", "--out", folder / "x.txt"}, 42, "x.txt"},
      {{"generate", "circle", "radius", "--out", folder / "x.csv"}, 2, "key=value"},
      {{"frobnicate"}, 2, ""},
      {{}, 2, ""},
  };
  for (const Case& c : cases) {
    const auto run = run_program(c.arguments);
    EXPECT_EQ(run.code, c.code) << run.errors;
    EXPECT_NE(run.errors.find(c.fragment), std::string::npos) << run.errors << " lacks " << c.fragment;
    EXPECT_EQ(run.errors.find("unexpected error"), std::string::npos) << run.errors;
  }
}

TEST(Train, EventsAndTablesNeedOneLine) {
  const TemporaryFolder folder;
  const auto muons =
      run_program({"train", "--data", SYMSCAN_SOURCE_DIR "/configs/data/pp_Zmumu_13TeV_5k.lhe.gz", "--out",
                   folder / "events", "--no-report", "dataset.particles=[13,-13]", "train.epochs=2"});
  EXPECT_EQ(muons.code, 0) << muons.errors;
  const Json events = Json::parse(read_text_file(folder / "events/summary.json"));
  EXPECT_EQ(events["datasets"][0]["rows"], 5000);
  EXPECT_EQ(events["datasets"][0]["columns"].size(), 8u);
  const std::string table = folder / "pairs.csv";
  ASSERT_EQ(run_program({"generate", "ee_mumu", "--n", "2304", "--out", table}).code, 0);
  const auto pairs =
      run_program({"train", "--data", table, "--out", folder / "table", "--no-report", "train.epochs=2"});
  EXPECT_EQ(pairs.code, 0) << pairs.errors;
  EXPECT_EQ(Json::parse(read_text_file(folder / "table/summary.json"))["datasets"][0]["rows"], 2304);
}

TEST(Train, TheRepositorysOwnEventsTrain) {
  const TemporaryFolder folder;
  const auto run = run_program({"train", SYMSCAN_SOURCE_DIR "/configs/paper/pp_zmumu.json", "--out",
                                folder / "pp", "--no-report", "train.epochs=2"});
  EXPECT_EQ(run.code, 0) << run.errors;
  const Json summary = Json::parse(read_text_file(folder / "pp/summary.json"));
  EXPECT_EQ(summary["datasets"][0]["rows"], 5000);
  EXPECT_TRUE(summary["datasets"][0]["constant_columns"].empty());
}

TEST(CommandLine, GeneratedFilesTrainLikeTheBuiltInDataset) {
  const TemporaryFolder folder;
  ASSERT_EQ(run_program({"generate", "circle", "--n", "1000", "--out", folder / "c.npy"}).code, 0);
  ASSERT_EQ(run_program({"train", "--data", folder / "c.npy", "--out", folder / "file", "train.epochs=2",
                         "model.latent_dim=4", "loss.beta=0.1", "seeds=1", "--no-report"})
                .code,
            0);
  ASSERT_EQ(run_program(train("circle", folder / "built-in", {"train.epochs=2", "dataset.n=1000"})).code, 0);
  EXPECT_EQ(Json::parse(read_text_file(folder / "file/summary.json"))["replicas"][0]["loss"],
            Json::parse(read_text_file(folder / "built-in/summary.json"))["replicas"][0]["loss"]);
}

}  // namespace
}  // namespace symscan::test
