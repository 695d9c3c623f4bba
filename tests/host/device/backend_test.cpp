#include "host/device/backend.hpp"

#include <gtest/gtest.h>

#include "host/base/error.hpp"
#include "tests/host/device/fake_device.hpp"

namespace symscan::test {
namespace {

using Kind = DeviceChoice::Kind;

void expect_part(const std::string& text, const std::string& part) {
  EXPECT_NE(text.find(part), std::string::npos) << text << " lacks " << part;
}

std::string refusal(const std::function<void()>& f) {
  try {
    f();
  } catch (const UsageError& error) {
    return error.what();
  }
  return "nothing was refused";
}

TEST(Device, ChoicesAreRead) {
  EXPECT_EQ(parse_device("auto").kind, Kind::automatic);
  EXPECT_EQ(parse_device("cpu").kind, Kind::cpu);
  EXPECT_EQ(parse_device("cuda").kind, Kind::cuda);
  EXPECT_TRUE(parse_device("cuda").devices.empty());
  EXPECT_EQ(parse_device("cuda:3").devices, std::vector<int>{3});
  EXPECT_EQ(parse_device("cuda:2,0").devices, (std::vector<int>{2, 0}));
}

TEST(Device, WrongChoicesAreRefused) {
  for (const char* text : {"", "gpu", "cuda:", "cuda:x", "cuda:-1", "cuda:0,", "cuda:,0", "cuda:0;1",
                           "cuda:0,1x", "cuda:99999999999", "CUDA", "cuda0"}) {
    expect_part(refusal([&] { parse_device(text); }), "is unknown");
  }
  expect_part(refusal([] { parse_device("cuda:1,1"); }), "twice");
  expect_part(refusal([] { parse_tier("fast"); }), "fused, streamed, cached or layered");
  EXPECT_EQ(parse_tier("streamed"), Tier::streamed);
  EXPECT_EQ(parse_tier("cached"), Tier::cached);
  EXPECT_EQ(parse_tier("auto"), std::nullopt);
}

class BackendTest : public ::testing::Test {
 protected:
  void TearDown() override { fake_devices().clear(); }
  Backend choose(const std::string& device) {
    return choose_backend(
        parse_device(device), [this]() -> const DevicePlugin& { return plugin_; },
        [this] { return driver_; });
  }
  DevicePlugin plugin_ = {&fake_api(), "fake", ""};
  DriverReport driver_;  // no GPU
};

TEST_F(BackendTest, AutoTakesEveryDeviceThatAnswers) {
  fake_devices().assign(2, {});
  const Backend backend = choose("auto");
  EXPECT_EQ(backend.api, &fake_api());
  EXPECT_EQ(backend.name(), "cuda (Fake 0, Fake 1)");
  EXPECT_EQ(backend.devices[1].name(), "cuda:1 (Fake 1)");
  EXPECT_EQ(choose("cuda:1").name(), "cuda (Fake 1)");
  Backend same = backend;
  same.devices[1] = same.devices[0];
  EXPECT_EQ(same.name(), "cuda (2 x Fake 0)");
}

TEST_F(BackendTest, ProcessesOfAMachineShareOutItsDevices) {
  fake_devices().assign(4, {});
  const auto devices_of = [this](int part, int parts, const std::string& device = "auto") {
    DeviceChoice choice = parse_device(device);
    choice.part = part;
    choice.parts = parts;
    std::vector<int> numbers;
    for (const UsableDevice& usable :
         choose_backend(
             choice, [this]() -> const DevicePlugin& { return plugin_; }, [this] { return driver_; })
             .devices)
      numbers.push_back(usable.number);
    return numbers;
  };
  EXPECT_EQ(devices_of(0, 2), (std::vector<int>{0, 2}));
  EXPECT_EQ(devices_of(1, 2), (std::vector<int>{1, 3}));
  EXPECT_EQ(devices_of(2, 3), std::vector<int>{2});
  EXPECT_EQ(devices_of(5, 6), std::vector<int>{1}) << "two share one";
  EXPECT_EQ(devices_of(1, 2, "cuda:0"), std::vector<int>{0}) << "named ones are for all";
}

TEST_F(BackendTest, WithoutDeviceAutoTakesTheCpuAndCudaIsRefused) {
  const Backend backend = choose("auto");
  EXPECT_EQ(backend.api, nullptr);
  EXPECT_EQ(backend.name().rfind("cpu (", 0), 0u);
  EXPECT_EQ(backend.why_cpu, "no NVIDIA GPU was found (there is no driver)");
  EXPECT_EQ(backend.warning, "");
  expect_part(refusal([&] { choose("cuda"); }), "there is no driver");
  fake_devices().assign(1, {});
  expect_part(refusal([&] { choose("cuda:0,4"); }), "no usable device cuda:4");
}

TEST_F(BackendTest, WithoutLibraryAutoTakesTheCpuAndCudaIsRefused) {
  plugin_ = {nullptr, "", "the library is not there"};
  EXPECT_EQ(choose("auto").why_cpu, "no NVIDIA GPU was found, and the library is not there");
  EXPECT_EQ(choose("auto").warning, "");
  expect_part(refusal([&] { choose("cuda"); }), "--device cuda cannot be used");
  expect_part(refusal([&] { choose("cuda"); }), "the library is not there");
}

TEST_F(BackendTest, TheCpuNeedsNoLibrary) {
  const Backend backend = choose_backend(parse_device("cpu"), []() -> const DevicePlugin& {
    throw std::logic_error("the library must not be opened");
  });
  EXPECT_EQ(backend.api, nullptr);
}

TEST_F(BackendTest, AGpuWithoutPluginIsTheFirstThingTold) {
  plugin_ = {nullptr, "", "the plugin is not built", false};
  driver_ = {"580.65.06", 13000, {{"NVIDIA H100", 9, 0}}, ""};
  const Backend backend = choose("auto");
  EXPECT_EQ(backend.api, nullptr);
  EXPECT_EQ(
      backend.why_cpu,
      "a GPU is there (NVIDIA H100, driver 580.65.06), but no plugin: install the CUDA toolkit (nvcc, at "
      "most CUDA 13) and run make build");
  expect_part(backend.warning, backend.why_cpu + "; training on the CPU");
  expect_part(refusal([&] { choose("cuda"); }), "run make build");
  EXPECT_EQ(choose("cpu").warning, "");
}

TEST_F(BackendTest, AGpuWithoutDriverIsTold) {
  driver_ = {"", 0, {{"NVIDIA GPU at PCI 0000:01:00.0"}}, "the driver is not there: install it"};
  for (const bool with_plugin : {true, false}) {
    if (!with_plugin) plugin_ = {nullptr, "", "the plugin is not built", false};
    EXPECT_EQ(choose("auto").why_cpu,
              "a GPU is there (NVIDIA GPU at PCI 0000:01:00.0), but the driver is not there: install it");
    EXPECT_NE(choose("auto").warning, "");
  }
}

TEST_F(BackendTest, APluginThatCannotUseTheGpuSaysWhy) {
  driver_ = {"550.54.14", 12040, {{"NVIDIA H100", 9, 0}}, ""};
  expect_part(choose("auto").warning,
              "a GPU is there (NVIDIA H100, driver 550.54.14), but there is no driver; training on the CPU");
  plugin_ = {nullptr, "", "the plugin was built for another version of symscan", true};
  expect_part(choose("auto").warning, "but the plugin was built for another version of symscan");
}

TEST_F(BackendTest, CodeThatTheDriverHasToCompileIsTold) {
  fake_devices().assign(1, {});
  EXPECT_EQ(choose("auto").warning, "");
  DeviceApi other = fake_api();
  other.build = "CUDA 13.0, machine code for sm_80, PTX for compute_80";
  plugin_.api = &other;
  const Backend backend = choose("auto");
  EXPECT_EQ(backend.api, &other);
  expect_part(backend.warning, "no machine code for cuda:0 (Fake 0)");
  expect_part(backend.warning, "make build");
}

TEST(Plugin, MachineCodeRunsOnLaterMinorVersions) {
  const std::string build = "CUDA 13.0, machine code for sm_80 sm_90 sm_103, PTX for compute_120";
  for (const auto& [major, minor] : {std::pair{8, 0}, {8, 9}, {9, 0}, {10, 3}})
    EXPECT_TRUE(has_machine_code(build, major, minor)) << major << minor;
  for (const auto& [major, minor] : {std::pair{7, 5}, {10, 0}, {12, 0}})
    EXPECT_FALSE(has_machine_code(build, major, minor)) << major << minor;
  EXPECT_TRUE(has_machine_code("machine code for sm_90a, PTX for", 9, 0));
  EXPECT_FALSE(has_machine_code("machine code for sm_100a, PTX for", 10, 3));
  EXPECT_TRUE(has_machine_code("emulated", 1, 0));
}

TEST(Plugin, ALibraryThatIsNotThereIsTold) {
  const DevicePlugin none = open_device_plugin({"/nowhere/libsymscan_cuda.so", "libsymscan_none.so"});
  expect_part(none.why_not, "libsymscan_cuda.so is not built");
  EXPECT_FALSE(none.built);
  expect_part(open_device_plugin({"/nowhere/chosen.so"}).why_not, "there is no '/nowhere/chosen.so'");
}

TEST(Plugin, AFileThatIsNoLibraryIsTold) {
  const std::string file = SYMSCAN_SOURCE_DIR "/README.md";
  const DevicePlugin plugin = open_device_plugin({file, "libsymscan_none.so"});
  EXPECT_EQ(plugin.api, nullptr);
  expect_part(plugin.why_not, "'" + file + "' cannot be loaded");
}

TEST(Plugin, ALibraryOfAnotherKindIsTold) {
  expect_part(open_device_plugin({"libm.so.6"}).why_not, "no function symscan_device_api");
}

TEST(Plugin, AnotherVersionIsTold) {
  DeviceApi other = fake_api();
  EXPECT_EQ(refuse_device_api(&other), "");
  ++other.layout;
  expect_part(refuse_device_api(&other), "another version");
  expect_part(refuse_device_api(nullptr), "no interface");
}

}  // namespace
}  // namespace symscan::test
