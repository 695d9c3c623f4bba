// Dataset rows made by a GPU against the host's. Exit code 77: no CUDA device.
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <iterator>
#include <stdexcept>
#include <vector>

#include "kernels/cuda/generate.hpp"
#include "kernels/generate/prepared_row.hpp"

namespace {

using namespace symscan;

constexpr std::size_t guard = 64;  ///< sentinels on either side of an output
constexpr std::size_t sizes[] = {1, 7, 33, 65, 129, 100000};
int failures = 0;

void check(cudaError_t error) {
  if (error == cudaSuccess) return;
  std::printf("FAILED: %s\n", cudaGetErrorString(error));
  std::exit(1);
}

void expect(bool holds, const char* what, std::size_t kind, std::size_t size) {
  if (holds) return;
  ++failures;
  std::printf("FAILED: %s (case %zu, size %zu)\n", what, kind, size);
}

/// An array in device memory with sentinels around it. It is there when the constructor returns: the tests'
/// stream does not wait for the one that copies.
template <class T>
class DeviceArray {
 public:
  DeviceArray(std::size_t size, T sentinel) : sentinel_(sentinel), host_(size + 2 * guard, sentinel) {
    check(cudaMalloc(&data_, host_.size() * sizeof(T)));
    check(cudaMemcpy(data_, host_.data(), host_.size() * sizeof(T), cudaMemcpyHostToDevice));
    check(cudaDeviceSynchronize());
  }
  DeviceArray(const std::vector<T>& values, T sentinel) : DeviceArray(values.size(), sentinel) {
    check(cudaMemcpy(data(), values.data(), values.size() * sizeof(T), cudaMemcpyHostToDevice));
    check(cudaDeviceSynchronize());
  }
  ~DeviceArray() { check(cudaFree(data_)); }
  DeviceArray(const DeviceArray&) = delete;
  DeviceArray& operator=(const DeviceArray&) = delete;

  T* data() { return data_ + guard; }

  /// The values, after all work; a failure if a sentinel has changed.
  std::vector<T> read(std::size_t kind) {
    check(cudaDeviceSynchronize());
    check(cudaMemcpy(host_.data(), data_, host_.size() * sizeof(T), cudaMemcpyDeviceToHost));
    bool kept = true;
    for (std::size_t i = 0; i < guard; ++i)
      kept &= host_[i] == sentinel_ && host_[host_.size() - 1 - i] == sentinel_;
    expect(kept, "memory outside an output was written", kind, host_.size() - 2 * guard);
    return {host_.begin() + guard, host_.end() - guard};
  }

 private:
  T sentinel_;
  std::vector<T> host_;
  T* data_ = nullptr;
};

const RowSampler samplers[] = {
    Annulus{2.0, 0.25},      Circle{2.5},      Disk{1.5},      EeMumu{10.0, 0.0, 0.1056583755},
    EeMumu{4.0, 0.25, 1.77}, Gaussian{4, 0.3}, Gaussian{9, 1}, Sphere{2, 2.0},
    Sphere{12, 1.0},         Square{0.75},     Torus{1},       Torus{5}};

void compare_rows(std::size_t kind, std::size_t rows, cudaStream_t stream) {
  const RowSampler& sampler = samplers[kind];
  const std::uint64_t seed = 0x0123456789abcdefull, first_row = rows == 7 ? 0xfffffffdull : 1000;
  const auto columns = static_cast<std::size_t>(sampler.columns());
  std::vector<double> offset(columns), scale(columns);
  for (std::size_t i = 0; i < columns; ++i) {
    offset[i] = 0.1 * static_cast<double>(i) - 0.23;
    scale[i] = i % 3 == 0 ? 1.0 : 0.37 + 0.05 * static_cast<double>(i);  // as of a constant column, or not
  }
  DeviceArray<double> device_offset(offset, -7.0), device_scale(scale, -7.0);
  DeviceArray<float> values(rows * columns, -7.0e30f);
  generate_rows(sampler, seed, first_row, rows, device_offset.data(), device_scale.data(), values.data(),
                stream);
  const std::vector<float> made = values.read(kind);
  std::size_t different = 0, wrong = 0;
  std::vector<float> expected(columns);
  for (std::size_t row = 0; row < rows; ++row) {
    RowRandom random(seed, first_row + row);
    sampler.fill_row(random, PreparedRow{offset.data(), scale.data(), expected.data()});
    for (std::size_t i = 0; i < columns; ++i) {
      const double value = made[row * columns + i], host = expected[i];
      different += value != host;
      // Relative to the raw value too: an ulp of it remains when the offset is subtracted.
      wrong += !(std::abs(value - host) <= 1e-6 * (std::abs(host) + std::abs(offset[i]) / scale[i]));
    }
  }
  expect(wrong == 0, "device rows differ from the host's", kind, rows);
  // An ulp of float64 seldom survives the rounding to float32.
  expect(different <= 1 + rows * columns / 1000, "too many values are not bit-identical", kind, rows);
}

/// The same row through the tagged union, in float64.
__global__ void fill_raw(RowSampler sampler, std::uint64_t seed, std::uint64_t row, double* values) {
  RowRandom random(seed, row);
  sampler.fill_row(random, values);
}

void compare_raw_row(std::size_t kind, cudaStream_t stream) {
  const RowSampler& sampler = samplers[kind];
  const auto columns = static_cast<std::size_t>(sampler.columns());
  DeviceArray<double> values(columns, -7.0);
  fill_raw<<<1, 1, 0, stream>>>(sampler, 5, 1ull << 40, values.data());
  check(cudaGetLastError());
  const std::vector<double> made = values.read(kind);
  std::vector<double> expected(columns);
  RowRandom random(5, 1ull << 40);
  sampler.fill_row(random, expected.data());
  // Measured by the largest of the row: where terms cancel, their ulps remain.
  double largest = 0;
  for (const double value : expected) largest = std::max(largest, std::abs(value));
  bool close = true;
  for (std::size_t i = 0; i < columns; ++i) close &= std::abs(made[i] - expected[i]) <= 1e-13 * largest;
  expect(close, "a raw row differs from the host's", kind, 1);
}

void expect_refused(const std::function<void()>& action, const char* what) {
  try {
    action();
  } catch (const std::invalid_argument&) {
    return;
  }
  expect(false, what, 0, 0);
}

void compare_all() {
  cudaStream_t stream;
  check(cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking));
  for (std::size_t kind = 0; kind < std::size(samplers); ++kind) {
    for (const std::size_t rows : sizes) compare_rows(kind, rows, stream);
    compare_raw_row(kind, stream);
  }
  DeviceArray<double> ones(std::vector<double>(2, 1.0), -7.0);
  DeviceArray<float> values(2, -7.0f);
  generate_rows(Circle{1.0}, 1, 0, 0, ones.data(), ones.data(), values.data(), stream);
  expect(values.read(0) == std::vector<float>(2, -7.0f), "no rows were asked for", 0, 0);
  expect_refused(
      [&] { generate_rows(Circle{-1.0}, 1, 0, 1, ones.data(), ones.data(), values.data(), stream); },
      "a negative radius was accepted");
  expect_refused([&] { generate_rows(Circle{1.0}, 1, 0, 1, nullptr, ones.data(), values.data(), stream); },
                 "a missing offset was accepted");
  check(cudaStreamDestroy(stream));
}

}  // namespace

int main() {
  int devices = 0;
  if (cudaGetDeviceCount(&devices) != cudaSuccess || devices == 0) {
    std::printf("skipped: no CUDA device\n");
    return 77;
  }
  try {
    compare_all();
  } catch (const std::exception& error) {
    std::printf("FAILED: %s\n", error.what());
    return 1;
  }
  std::printf("rows of %zu datasets compared, %d failures\n", std::size(samplers), failures);
  return failures != 0;
}
