// The counter-based numbers of philox.hpp and permutation.hpp, drawn by a GPU: the same words as on the host,
// and the same as cuRAND's own Philox generator. Exit code 77: no CUDA device.
#include <curand_kernel.h>

#include <cstdio>
#include <cstdlib>
#include <vector>

#include "kernels/permutation.hpp"
#include "kernels/philox.hpp"

namespace {

using namespace symscan;

constexpr std::uint64_t seed = 0x0123456789abcdefull, step = 0x1234567890ull;
constexpr std::uint32_t items = 4096, block = 3, elements = 9000;

__global__ void draw(std::uint32_t* words, std::uint32_t* curand_words, std::uint32_t* order) {
  const std::uint32_t item = blockIdx.x * blockDim.x + threadIdx.x;
  if (item < items) {
    const auto counter = draw_counter(Stream::training_noise, step, item, block);
    const auto own = philox4x32(counter, seed_key(seed));
    curandStatePhilox4_32_10_t state;
    const std::uint64_t subsequence = counter[2] | (std::uint64_t{counter[3]} << 32);
    curand_init(seed, subsequence, 4 * (item | (std::uint64_t{block} << 32)), &state);
    for (int i = 0; i < 4; ++i) {
      words[4 * item + i] = own[i];
      curand_words[4 * item + i] = curand(&state);
    }
  }
  if (item < elements) order[item] = Permutation(seed, Stream::shuffle, step, elements)(item);
}

void check(cudaError_t error) {
  if (error == cudaSuccess) return;
  std::printf("FAILED: %s\n", cudaGetErrorString(error));
  std::exit(1);
}

/// Device memory full of a value that no test expects.
std::uint32_t* allocate(std::uint32_t count) {
  std::uint32_t* words = nullptr;
  check(cudaMalloc(&words, count * sizeof(std::uint32_t)));
  check(cudaMemset(words, 0xA5, count * sizeof(std::uint32_t)));
  return words;
}

std::vector<std::uint32_t> read(const std::uint32_t* words, std::uint32_t count) {
  std::vector<std::uint32_t> host(count);
  check(cudaMemcpy(host.data(), words, count * sizeof(std::uint32_t), cudaMemcpyDeviceToHost));
  return host;
}

}  // namespace

int main() {
  int devices = 0;
  if (cudaGetDeviceCount(&devices) != cudaSuccess || devices == 0) {
    std::printf("skipped: no CUDA device\n");
    return 77;
  }
  std::uint32_t *const device_words = allocate(4 * items), *const device_curand = allocate(4 * items),
                       *const device_order = allocate(elements);
  draw<<<(elements + 127) / 128, 128>>>(device_words, device_curand, device_order);
  check(cudaGetLastError());
  check(cudaDeviceSynchronize());
  const std::vector<std::uint32_t> words = read(device_words, 4 * items),
                                   curand_words = read(device_curand, 4 * items),
                                   order = read(device_order, elements);
  int wrong = 0;
  for (std::uint32_t item = 0; item < items; ++item) {
    const auto own = philox4x32(draw_counter(Stream::training_noise, step, item, block), seed_key(seed));
    for (int i = 0; i < 4; ++i)
      wrong += own[i] != words[4 * item + i] || own[i] != curand_words[4 * item + i];
  }
  const Permutation permutation(seed, Stream::shuffle, step, elements);
  for (std::uint32_t i = 0; i < elements; ++i) wrong += permutation(i) != order[i];
  for (std::uint32_t* memory : {device_words, device_curand, device_order}) check(cudaFree(memory));
  std::printf("%u words and %u elements compared, %d differ\n", 4 * items, elements, wrong);
  return wrong != 0;
}
