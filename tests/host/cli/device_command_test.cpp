// --device, --tier and train.precision as a user meets them.
#include <algorithm>
#include <optional>
#include <set>

#include "host/base/json.hpp"
#include "tests/host/cli/run_program.hpp"
#include "tests/variable.hpp"

namespace symscan::test {
namespace {

constexpr const char* plugin = "SYMSCAN_DEVICE_PLUGIN";

std::vector<std::string> train(const std::string& out, std::vector<std::string> more) {
  std::vector<std::string> arguments = {"train",       "circle",        "--out",         out,
                                        "--no-report", "dataset.n=500", "train.epochs=3"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return arguments;
}

struct Case {
  std::vector<std::string> arguments;
  int code;
  const char* fragment;
};

void expect_refusals(const std::vector<Case>& cases) {
  for (const Case& c : cases) {
    const TemporaryFolder folder;
    const auto run = run_program(train(folder / "run", c.arguments));
    EXPECT_EQ(run.code, c.code) << run.errors;
    EXPECT_NE(run.errors.find(c.fragment), std::string::npos) << run.errors << " lacks " << c.fragment;
    EXPECT_FALSE(std::filesystem::exists(folder / "run"));
  }
}

TEST(DeviceCommand, WithoutBackendIsExplained) {
  const Variable none(plugin, "/nowhere/backend.so");
  expect_refusals({
      {{"--device", "cuda"}, 2, "there is no '/nowhere/backend.so'"},
      {{"--device", "cuda:1"}, 2, "--device cuda cannot be used"},
      {{"--device", "cuda:one"}, 2, "is unknown"},
      {{"--tier", "fused"}, 2, "--tier is for CUDA devices"},
      {{"--tier", "fats"}, 2, "is unknown"},
      {{"train.precision=tf32"}, 42, "tensor cores"},
      {{"train.precision=[fp32,bf16]"}, 42, "train.precision bf16"},
      {{"train.precision=fp16"}, 42, "fp32, tf32"},
  });
  const auto doctor = run_program({"doctor"});
  EXPECT_EQ(doctor.code, 0);
  for (const char* part : {"cuda: not used: no NVIDIA GPU was found", "there is no '/nowhere/backend.so'"})
    EXPECT_NE(doctor.output.find(part), std::string::npos) << doctor.output;
}

TEST(DeviceCommand, AnErrorOfTheDeviceComesBeforeOneOfTheData) {
  const Variable none(plugin, "/nowhere/backend.so");
  const TemporaryFolder folder;
  const auto run =
      run_program({"train", "--data", folder / "missing.csv", "--device", "cuda", "--out", folder / "run"});
  EXPECT_EQ(run.code, 2) << run.errors;
  EXPECT_NE(run.errors.find("--device cuda cannot be used"), std::string::npos) << run.errors;
}

TEST(DeviceCommand, AutoWithoutBackendTrainsOnTheCpuSilently) {
  const Variable none(plugin, SYMSCAN_SOURCE_DIR "/README.md");
  const TemporaryFolder folder;
  const auto run = run_program(train(folder / "run", {}));
  ASSERT_EQ(run.code, 0) << run.errors;
  EXPECT_EQ(run.errors.find("README"), std::string::npos) << run.errors;
  const Json timings = Json::parse(read_text_file(folder / "run/timings.json"));
  EXPECT_EQ(timings["backend"].get<std::string>().rfind("cpu (", 0), 0u);
}

TEST(DeviceCommand, AGpuThatIdlesIsToldInOneLine) {
  const Variable none(plugin, "/nowhere/backend.so"), one("FAKE_CUDA_DEVICES", "1");
  const std::string told = "a GPU is there (Fake GPU, ";
  for (const char* device : {"auto", "cpu"}) {
    const TemporaryFolder folder;
    const auto run = run_program(train(folder / "run", {"--device", device, "--quiet"}));
    ASSERT_EQ(run.code, 0) << run.errors;
    if (std::string(device) == "cpu") {
      EXPECT_EQ(run.errors, "");
      continue;
    }
    EXPECT_EQ(run.errors.rfind("symscan: warning: " + told, 0), 0u) << run.errors;
    EXPECT_NE(run.errors.find("there is no '/nowhere/backend.so'"), std::string::npos) << run.errors;
    EXPECT_EQ(std::count(run.errors.begin(), run.errors.end(), '\n'), 1) << run.errors;
  }
  expect_refusals({{{"--device", "cuda"}, 2, told.c_str()}});
  const auto doctor = run_program({"doctor"});
  EXPECT_NE(doctor.output.find("cuda: not used: " + told), std::string::npos) << doctor.output;
  EXPECT_NE(doctor.output.find("driver runs CUDA up to: 12.4"), std::string::npos) << doctor.output;
}

/// These run on the emulated backend, where it has been built beside the program.
class EmulatedCommand : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto file = std::filesystem::path(SYMSCAN_PROGRAM).parent_path() / "libsymscan_emulated.so";
    if (!std::filesystem::exists(file)) GTEST_SKIP() << file << " has not been built";
    plugin_.emplace(plugin, file.string());
  }
  std::optional<Variable> plugin_;

  static constexpr const char* devices = "SYMSCAN_EMULATED_DEVICES";
  static constexpr const char* memory = "SYMSCAN_EMULATED_MEMORY";
  static constexpr const char* lose = "SYMSCAN_EMULATED_LOSE";  // DEVICE:LAUNCH
};

const std::vector<std::string> sweep = {"model.latent_dim=[2,5]", "seeds=[1,2]", "train.epochs=6",
                                        "relevance.every=2"};

std::vector<std::string> on(const std::string& device, std::vector<std::string> more = {}) {
  more.insert(more.end(), {"--device", device});
  more.insert(more.end(), sweep.begin(), sweep.end());
  return more;
}

void expect_same_results(const std::string& left, const std::string& right) {
  for (const char* file : {"/models.safetensors", "/summary.json", "/metrics.jsonl"}) {
    EXPECT_TRUE(read_text_file(left + file) == read_text_file(right + file)) << file;
  }
}

TEST_F(EmulatedCommand, GivesTheResultsOfTheCpu) {
  const Variable two(devices, "2");
  const TemporaryFolder folder;
  ASSERT_EQ(run_program(train(folder / "cpu", on("cpu"))).code, 0);
  for (const char* device : {"auto", "cuda:1", "cuda"}) {
    const std::string out = folder / device;
    const auto run = run_program(train(out, on(device)));
    ASSERT_EQ(run.code, 0) << run.errors;
    expect_same_results(folder / "cpu", out);
    const Json timings = Json::parse(read_text_file(out + "/timings.json"));
    EXPECT_EQ(timings["backend"].get<std::string>().rfind("cuda (", 0), 0u) << timings["backend"];
    EXPECT_EQ(timings["devices"], std::string(device) == "cuda:1" ? 1 : 2);
  }
}

TEST_F(EmulatedCommand, AddsTheSeedsThatTheCpuAdds) {
  const TemporaryFolder folder;
  for (const char* device : {"cpu", "cuda"}) {
    const auto run =
        run_program({"train", "sphere", "--out", folder / device, "--device", device, "dataset.n=300",
                     "model.hidden=[6]", "model.latent_dim=[1,2,3]", "loss.beta=0.05", "train.epochs=20",
                     "train.learning_rate=0.02", "seeds=auto", "--no-report"});
    ASSERT_EQ(run.code, 0) << run.errors;
  }
  expect_same_results(folder / "cpu", folder / "cuda");
  const Json replicas = Json::parse(read_text_file(folder / "cuda/summary.json"))["replicas"];
  const auto done = std::count_if(replicas.begin(), replicas.end(),
                                  [](const Json& replica) { return replica["status"] == "done"; });
  EXPECT_GT(done, 9) << "a second set of seeds";
  EXPECT_LT(done, 36);
}

TEST_F(EmulatedCommand, TimingsShowWhereTheTimeWent) {
  const TemporaryFolder folder;
  const auto run = run_program({"train", "circle", "--out", folder / "run", "dataset.n=500", "train.epochs=3",
                                "seeds=[1,2]", "--device", "cuda"});
  ASSERT_EQ(run.code, 0) << run.errors;
  const Json timings = Json::parse(read_text_file(folder / "run/timings.json"));
  double one_after_the_other = 0;
  std::set<std::string> stages;
  for (const Json& stage : timings["stages"]) {
    stages.insert(stage["stage"].get<std::string>());
    EXPECT_GE(stage["seconds"].get<double>(), 0);
    if (!stage.contains("beside")) one_after_the_other += stage["seconds"].get<double>();
  }
  EXPECT_EQ(stages, (std::set<std::string>{"data", "device", "training", "read ledger", "analysis", "files",
                                           "wait for files", "report"}));
  EXPECT_LE(one_after_the_other, timings["wall_seconds"].get<double>());
  EXPECT_GT(one_after_the_other, 0.5 * timings["wall_seconds"].get<double>()) << "a stage is missing";
  double serving = 0;
  for (const char* part : {"open", "add", "training", "evaluation", "checkpoints"})
    serving += timings["device_seconds"][part].get<double>();
  EXPECT_LE(serving, timings["training_seconds"].get<double>() * 1.1 + 0.01);
  EXPECT_GT(timings["device_seconds"]["prepare_beside"].get<double>(), 0);
  EXPECT_GT(timings["slices"].get<int>(), 0);
}

TEST_F(EmulatedCommand, MakesBuiltInDatasetsItself) {
  const TemporaryFolder folder;
  ASSERT_EQ(run_program(train(folder / "cpu", on("cpu"))).code, 0);
  const auto run = run_program(train(folder / "device", on("cuda", {"--generate-on-device"})));
  ASSERT_EQ(run.code, 0) << run.errors;
  expect_same_results(folder / "cpu", folder / "device");  // sin and cos are the host's here
}

TEST_F(EmulatedCommand, ALostDevicesReplicasGoOnElsewhere) {
  const Variable two(devices, "2"), lost(lose, "0:3");
  const TemporaryFolder folder;
  ASSERT_EQ(run_program(train(folder / "cpu", on("cpu"))).code, 0);
  const auto run = run_program(train(folder / "device", on("cuda", {"--checkpoint-every", "0.01"})));
  ASSERT_EQ(run.code, 0) << run.errors;
  EXPECT_NE(run.errors.find("was lost"), std::string::npos) << run.errors;
  expect_same_results(folder / "cpu", folder / "device");
}

TEST_F(EmulatedCommand, ASpareDeviceTakesTheReplicaOfALostOne) {
  const Variable two(devices, "2"), lost(lose, "0:1");
  const TemporaryFolder folder;
  ASSERT_EQ(run_program(train(folder / "cpu", {"--device", "cpu"})).code, 0);
  const auto run = run_program(train(folder / "device", {"--device", "cuda"}));
  ASSERT_EQ(run.code, 0) << run.errors;
  EXPECT_NE(run.errors.find("was lost"), std::string::npos) << run.errors;
  expect_same_results(folder / "cpu", folder / "device");
}

TEST_F(EmulatedCommand, ADatasetLargerThanHalfOfTheMemoryStaysOnTheHost) {
  const Variable little(memory, "1500000");
  const std::vector<std::string> large = {"dataset.n=50000",       "model.hidden=[8]", "train.epochs=1",
                                          "train.batch_size=1000", "seeds=[1,2]",      "--device"};
  const TemporaryFolder folder;
  const auto with = [&](std::vector<std::string> more) {
    more.insert(more.begin(), large.begin(), large.end());
    return more;
  };
  ASSERT_EQ(run_program(train(folder / "cpu", with({"cpu"}))).code, 0);
  for (const char* n : {"dataset.n=50000", "dataset.n=92000", "dataset.n=94000", "dataset.n=200000"}) {
    const auto run = run_program(train(folder / n, with({"cuda", n})));
    EXPECT_EQ(run.code, 0) << n << ": " << run.errors << run.output;
  }
  expect_same_results(folder / "cpu", folder / "dataset.n=50000");
}

TEST_F(EmulatedCommand, LayersAreAnnounced) {
  const TemporaryFolder folder;
  const auto run = run_program(train(
      folder / "run", {"--device", "cuda", "--tier", "layered", "model.hidden=[[9],[12]]", "seeds=[1,2]"}));
  ASSERT_EQ(run.code, 0) << run.errors;
  EXPECT_NE(run.errors.find("4 of 4 replicas train by layers"), std::string::npos) << run.errors;
}

TEST_F(EmulatedCommand, WhenNoDeviceIsLeftTheRunCanBeResumed) {
  const TemporaryFolder folder;
  ASSERT_EQ(run_program(train(folder / "cpu", on("cpu"))).code, 0);
  {
    const Variable lost(lose, "0:3");
    const auto run = run_program(train(folder / "device", on("cuda", {"--checkpoint-every", "0.01"})));
    EXPECT_EQ(run.code, 75) << run.errors;
    for (const char* part : {"cuda:0", "was lost", "--resume"})
      EXPECT_NE(run.errors.find(part), std::string::npos) << run.errors;
  }
  const auto resumed = run_program(train(folder / "device", on("cpu", {"--resume"})));
  ASSERT_EQ(resumed.code, 0) << resumed.errors;
  expect_same_results(folder / "cpu", folder / "device");
}

TEST_F(EmulatedCommand, WithLittleMemoryReplicasWait) {
  const Variable little(memory, "200000");
  const TemporaryFolder folder;
  ASSERT_EQ(run_program(train(folder / "cpu", on("cpu"))).code, 0);
  const auto run = run_program(train(folder / "device", on("cuda")));
  ASSERT_EQ(run.code, 0) << run.errors;
  expect_same_results(folder / "cpu", folder / "device");
}

TEST_F(EmulatedCommand, AReplicaThatDoesNotFitWaitsForTheCpu) {
  const TemporaryFolder folder;
  {
    const Variable little(memory, "400000");
    const auto run = run_program(train(folder / "run", {"--device", "cuda", "model.hidden=[[8],[200,200]]"}));
    EXPECT_EQ(run.code, 75) << run.errors;
    for (const char* part : {"1 of 2 replicas", "bytes of device memory", "--device cpu --resume"})
      EXPECT_NE(run.errors.find(part), std::string::npos) << run.errors;
  }
  const auto run =
      run_program(train(folder / "run", {"--device", "cpu", "--resume", "model.hidden=[[8],[200,200]]"}));
  EXPECT_EQ(run.code, 0) << run.errors;
  const Json summary = Json::parse(read_text_file(folder / "run/summary.json"));
  for (const Json& replica : summary["replicas"]) EXPECT_EQ(replica["status"], "done");
}

TEST_F(EmulatedCommand, DryRunShowsTheTiers) {
  const TemporaryFolder folder;
  const auto run = run_program(train(folder / "run", {"--dry-run", "model.hidden=[[9],[600,600]]"}));
  ASSERT_EQ(run.code, 0) << run.errors;
  for (const char* part : {"2 replicas on cuda (", "layered", "threads", "blocks/mp", "at once"})
    EXPECT_NE(run.output.find(part), std::string::npos) << run.output;
  EXPECT_FALSE(std::filesystem::exists(folder / "run"));
}

TEST_F(EmulatedCommand, AnImpossibleTierIsExplained) {
  expect_refusals({{{"--tier", "fused", "model.hidden=[600,600]"}, 2, "bytes of shared memory per block"},
                   {{"--device", "cuda:0,77"}, 2, "cuda:77"}});
}

TEST_F(EmulatedCommand, DoctorListsTheDevices) {
  const auto doctor = run_program({"doctor"});
  EXPECT_EQ(doctor.code, 0);
  for (const char* part : {"cuda: used", "plugin: ", "cuda:0", "compute capability", "multiprocessors",
                           "shared memory per block"})
    EXPECT_NE(doctor.output.find(part), std::string::npos) << doctor.output;
}

}  // namespace
}  // namespace symscan::test
