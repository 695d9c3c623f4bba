#include <algorithm>
#include <stdexcept>
#include <string>
#include <vector>

#include "bench/gpu_floors.hpp"

namespace {

constexpr int chains = 32, rounds = 4096;

__global__ void multiply_add(float* out, float factor) {
  float value[chains];
#pragma unroll
  for (int c = 0; c < chains; ++c) value[c] = threadIdx.x + c;
  for (int round = 0; round < rounds; ++round) {
#pragma unroll
    for (int c = 0; c < chains; ++c) value[c] = __fmaf_rn(value[c], factor, 0.5f);
  }
  float sum = 0;
#pragma unroll
  for (int c = 0; c < chains; ++c) sum += value[c];
  out[blockIdx.x * blockDim.x + threadIdx.x] = sum;
}

__global__ void nothing() {}

void check(cudaError_t error) {
  if (error != cudaSuccess) throw std::runtime_error(cudaGetErrorString(error));
}

/// Median of repeated runs, in milliseconds.
template <class F>
double milliseconds(F run) {
  cudaEvent_t begin, end;
  check(cudaEventCreate(&begin));
  check(cudaEventCreate(&end));
  run();
  check(cudaDeviceSynchronize());
  std::vector<float> times(9);
  for (float& time : times) {
    check(cudaEventRecord(begin));
    run();
    check(cudaEventRecord(end));
    check(cudaEventSynchronize(end));
    check(cudaEventElapsedTime(&time, begin, end));
  }
  check(cudaEventDestroy(begin));
  check(cudaEventDestroy(end));
  std::sort(times.begin(), times.end());
  return times[times.size() / 2];
}

}  // namespace

GpuFloors measure_gpu_floors() {
  GpuFloors floors;
  int multiprocessors = 0;
  check(cudaDeviceGetAttribute(&multiprocessors, cudaDevAttrMultiProcessorCount, 0));
  const int blocks = multiprocessors * 16, threads = 256;
  float* out = nullptr;
  check(cudaMalloc(&out, sizeof(float) * blocks * threads));
  const double compute = milliseconds([&] {
    multiply_add<<<blocks, threads>>>(out, 0.999f);
    check(cudaGetLastError());
  });
  floors.fp32_tflops = 2.0 * blocks * threads * static_cast<double>(chains) * rounds / compute / 1e9;
  check(cudaFree(out));

  // 1 GiB, or less where other programs have most of the memory.
  std::size_t available = 0, total = 0;
  check(cudaMemGetInfo(&available, &total));
  const std::size_t bytes = std::min(std::size_t{1} << 30, available / 4);
  char *from = nullptr, *to = nullptr;
  check(cudaMalloc(&from, bytes));
  check(cudaMalloc(&to, bytes));
  check(cudaMemset(from, 0x5A, bytes));
  const double copy =
      milliseconds([&] { check(cudaMemcpyAsync(to, from, bytes, cudaMemcpyDeviceToDevice)); });
  floors.copy_gigabytes_s = 2.0 * bytes / copy / 1e6;
  check(cudaFree(from));
  check(cudaFree(to));
  floors.launch_microseconds = 1e3 * milliseconds([&] {
                                 nothing<<<1, 32>>>();
                                 check(cudaGetLastError());
                               });
  return floors;
}
