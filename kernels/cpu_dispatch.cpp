#include <algorithm>
#include <cstdlib>
#include <string_view>

#include "kernels/cpu_backend.hpp"

namespace symscan {

namespace baseline {
extern const CpuBackend backend;
}
#if defined(__x86_64__)
namespace avx2 {
extern const CpuBackend backend;
}
namespace avx512 {
extern const CpuBackend backend;
}
#endif

namespace {

std::vector<const CpuBackend*> find_backends() {
  std::vector<const CpuBackend*> found;
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
      __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512bw")) {
    found.push_back(&avx512::backend);
  }
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) found.push_back(&avx2::backend);
#endif
  found.push_back(&baseline::backend);
  if (const char* wanted = std::getenv("SYMSCAN_CPU")) {
    std::stable_partition(found.begin(), found.end(), [&](const CpuBackend* backend) {
      return std::string_view(backend->name) == wanted;
    });
  }
  return found;
}

}  // namespace

const std::vector<const CpuBackend*>& cpu_backends() {
  static const std::vector<const CpuBackend*> backends = find_backends();
  return backends;
}

}  // namespace symscan
