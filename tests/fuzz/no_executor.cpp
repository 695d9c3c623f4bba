// What reads files needs no executor of a training step, which takes most of a build.
#include "kernels/cpu_backend.hpp"

namespace symscan {

const std::vector<const CpuBackend*>& cpu_backends() {
  static const std::vector<const CpuBackend*> none;
  return none;
}

}  // namespace symscan
