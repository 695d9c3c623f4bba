// The fuzzers' inputs, once each, in the ordinary tests: what was found once stays found.
#include <gtest/gtest.h>

#include "tests/fuzz/replay.hpp"

namespace symscan::test {
namespace {

TEST(FuzzCorpus, OfTablesAndConfigsIsReadOrRefused) {
  replay(input_targets());
}

}  // namespace
}  // namespace symscan::test
