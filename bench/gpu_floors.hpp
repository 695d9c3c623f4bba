#pragma once

/// What this GPU reaches on plain work: the ceilings that results are compared with, measured in the same
/// run.
struct GpuFloors {
  double fp32_tflops = 0;          ///< chains of fused multiply-adds in registers, all multiprocessors
  double copy_gigabytes_s = 0;     ///< device-to-device copy, bytes read plus bytes written
  double launch_microseconds = 0;  ///< between events around an empty kernel
};

/// Throws std::runtime_error when CUDA reports an error.
GpuFloors measure_gpu_floors();
