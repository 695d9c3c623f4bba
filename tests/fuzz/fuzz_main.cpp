// libFuzzer entry of one target, FUZZ_TARGET. Any crash, sanitizer report, timeout or exception other than
// symscan::Error is a bug.
#include <cstdint>
#include <cstdlib>
#include <cstring>

#include "tests/fuzz/targets.hpp"

namespace {

symscan::test::FuzzTarget chosen_target() {
  for (const auto* targets : {&symscan::test::input_targets(), &symscan::test::run_targets()})
    for (const symscan::test::FuzzTarget& target : *targets)
      if (std::strcmp(target.name, FUZZ_TARGET) == 0) return target;
  std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const symscan::test::FuzzTarget target = chosen_target();
  target.take({reinterpret_cast<const char*>(data), size});
  return 0;
}
