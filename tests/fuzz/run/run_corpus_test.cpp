#include <gtest/gtest.h>

#include "tests/fuzz/replay.hpp"

namespace symscan::test {
namespace {

TEST(FuzzCorpus, OfRunDirectoriesIsReadOrRefused) {
  replay(run_targets());
}

}  // namespace
}  // namespace symscan::test
