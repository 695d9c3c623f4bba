#include "host/device/driver_probe.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "tests/host/cli/run_program.hpp"
#include "tests/variable.hpp"

namespace symscan::test {
namespace {

constexpr const char* fake_library = SYMSCAN_FAKE_DRIVER "/libcuda.so.1";

void write(const std::string& file, const std::string& text) {
  std::filesystem::create_directories(std::filesystem::path(file).parent_path());
  std::ofstream(file) << text;
}

/// A machine without a driver; tests add what they want to be there.
class DriverProbe : public ::testing::Test {
 protected:
  TemporaryFolder folder_;
  DriverSources sources_ = {folder_ / "libcuda.so.1", folder_ / "nvidia", folder_ / "pci"};

  void add_pci_device(const std::string& address, const std::string& vendor, const std::string& kind) {
    write(sources_.pci + "/" + address + "/vendor", vendor + "\n");
    write(sources_.pci + "/" + address + "/class", kind + "\n");
  }
  void add_kernel_module() {
    write(sources_.driver + "/version",
          "NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  580.65.06  Release Build  (dvs-builder)\n"
          "GCC version:  gcc version 12.2.0 (Debian 12.2.0-14)\n");
    write(sources_.driver + "/gpus/0000:65:00.0/information",
          "Model: \t\t NVIDIA H100 80GB HBM3\nIRQ:   \t\t 27\n");
  }
};

TEST_F(DriverProbe, NothingIsFoundWhereNothingIs) {
  add_pci_device("0000:00:02.0", "0x8086", "0x030000");  // another maker's display
  add_pci_device("0000:01:00.1", "0x10de", "0x040300");  // the sound of a GPU
  const DriverReport report = probe_driver(sources_);
  EXPECT_TRUE(report.gpus.empty());
  EXPECT_EQ(report.why, "");
  EXPECT_EQ(report.text(), "no NVIDIA GPU");
}

TEST_F(DriverProbe, TheDriverIsAskedForItsDevices) {
  const Variable two("FAKE_CUDA_DEVICES", "2");
  sources_.library = fake_library;
  add_kernel_module();
  const DriverReport report = probe_driver(sources_);
  ASSERT_EQ(report.gpus.size(), 2u);
  EXPECT_EQ(report.gpus[1].name, "Fake GPU");
  EXPECT_EQ(report.gpus[1].major, 9);
  EXPECT_EQ(report.gpus[1].minor, 0);
  EXPECT_EQ(cuda_version_text(report.cuda), "12.4");
  EXPECT_EQ(report.why, "");
  EXPECT_EQ(report.text(), "2 x Fake GPU, driver 580.65.06");
}

TEST_F(DriverProbe, DevicesThatTheDriverHidesAreNotThere) {
  sources_.library = fake_library;
  add_kernel_module();  // as with CUDA_VISIBLE_DEVICES=
  const DriverReport report = probe_driver(sources_);
  EXPECT_TRUE(report.gpus.empty());
  EXPECT_EQ(report.why, "");
}

TEST_F(DriverProbe, ADriverThatDoesNotStartIsTold) {
  const Variable failure("FAKE_CUDA_INIT", "803");
  sources_.library = fake_library;
  add_kernel_module();
  const DriverReport report = probe_driver(sources_);
  EXPECT_EQ(report.text(), "NVIDIA H100 80GB HBM3, driver 580.65.06");
  EXPECT_NE(report.why.find("CUDA_ERROR_SYSTEM_DRIVER_MISMATCH"), std::string::npos) << report.why;
  const Variable other("FAKE_CUDA_INIT", "999");
  EXPECT_NE(probe_driver(sources_).why.find("error 999"), std::string::npos);
}

TEST_F(DriverProbe, WithoutDriverTheGpuIsFoundOnTheBus) {
  add_pci_device("0000:01:00.0", "0x10de", "0x030200");
  const DriverReport report = probe_driver(sources_);
  EXPECT_EQ(report.text(), "NVIDIA GPU at PCI 0000:01:00.0");
  EXPECT_NE(report.why.find("install the NVIDIA driver"), std::string::npos) << report.why;
}

TEST_F(DriverProbe, AnotherLibraryIsNoDriver) {
  sources_.library = "libm.so.6";
  add_kernel_module();
  const DriverReport report = probe_driver(sources_);
  EXPECT_EQ(report.gpus.size(), 1u);
  EXPECT_NE(report.why, "");
}

TEST(Driver, ThisMachineIsAskedWithoutHarm) {
  EXPECT_NE(probe_driver().text(), "");
}

}  // namespace
}  // namespace symscan::test
