#pragma once
#include <string>
#include <vector>

namespace symscan {

/// A GPU as the machine describes it.
struct DriverGpu {
  std::string name;          ///< "NVIDIA H100 80GB HBM3", or its place on the PCI bus where no driver tells
  int major = 0, minor = 0;  ///< compute capability; 0.0: not told
};

/// What the machine says about its NVIDIA GPUs without the CUDA toolkit and without the plugin.
struct DriverReport {
  std::string version;  ///< of the driver, "580.65.06"; empty: not told
  int cuda = 0;         ///< newest CUDA that the driver runs: 13000 is 13.0; 0: not told
  std::vector<DriverGpu>
      gpus;         ///< those that the process may use, or where no driver answers, those plugged in
  std::string why;  ///< why the driver does not answer though there are GPUs: a clause that ends with
                    ///< what to do; empty: it answers, or there is no GPU

  /// "NVIDIA H100, driver 580.65.06"; "2 x NVIDIA H100, CUDA 13.0"; "no NVIDIA GPU"
  std::string text() const;
};

/// Where the answers come from. Tests put others in their place.
struct DriverSources {
  std::string library = "libcuda.so.1";
  std::string driver = "/proc/driver/nvidia";
  std::string pci = "/sys/bus/pci/devices";
};

/// Opens the driver's library, which stays open, and asks it for its devices. Where there is none, or it does
/// not start, the kernel is asked. Never throws for what it finds or does not find.
DriverReport probe_driver(const DriverSources& sources = {});

/// "13.0" of 13000
std::string cuda_version_text(int version);

}  // namespace symscan
