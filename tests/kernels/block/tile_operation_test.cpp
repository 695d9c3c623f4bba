#include <gtest/gtest.h>

#include <chrono>
#include <cstring>
#include <map>

#include "tests/kernels/block/fiber_team.hpp"
#include "tests/kernels/block/tile_operations.hpp"
#include "tests/kernels/kernel_fixture.hpp"

namespace symscan::test {
namespace {

const TileShape shapes[] = {
    {1, {7}, 33, 65}, {7, {33}, 65, 129}, {33, {65}, 129, 1},    {65, {129}, 1, 7},      {129, {1}, 7, 33},
    {1, {1}, 1, 1},   {7, {}, 7, 7},      {2, {64, 32}, 4, 128}, {16, {33, 65}, 16, 65}, {65, {}, 33, 33},
};
constexpr int tiles[] = {16, 32, 64, 128};
constexpr int thread_counts[] = {32, 64, 128, 256};

/// Largest error allowed, relative to the largest number of a matrix. tf32 has 10 bits of mantissa and bf16
/// 7, and the errors of the two factors add up.
double tolerance_of(Precision precision) {
  return precision == Precision::fp32 ? 1e-5 : precision == Precision::tf32 ? 2e-3 : 1.6e-2;
}

double number_at(const float* memory, const Value& value) {
  if (value.kind == Value::Kind::single) return memory[value.offset];
  double number;
  std::memcpy(&number, memory + value.offset, sizeof number);
  return number;
}

/// Compares memory after an operation with what was expected. Returns the largest relative error.
double compare(const float* memory, const std::vector<Value>& values, const std::vector<Value>& slopes,
               double tolerance, const std::string& where) {
  std::map<std::string, double> largest;
  for (const Value& value : values) {
    if (value.kind == Value::Kind::scratch) continue;
    double& scale = largest[value.of];
    scale = std::max(scale, std::abs(value.expected));
  }
  double worst = 0;
  for (const auto* list : {&values, &slopes}) {
    for (const Value& value : *list) {
      if (value.kind == Value::Kind::scratch) continue;
      const double scale = largest[value.of] > 0 ? largest[value.of] : 1;
      const double error = std::abs(number_at(memory, value) - value.expected) / scale;
      if (!(error <= tolerance)) {
        ADD_FAILURE() << where << ": " << value.of << (list == &slopes ? " (finite difference)" : "")
                      << " is " << number_at(memory, value) << ", expected " << value.expected;
        return error;
      }
      worst = std::max(worst, error);
    }
  }
  return worst;
}

/// Everything that is not among `values` is as before, bit for bit.
void expect_the_rest_unchanged(const TileState& before, const float* after, const std::vector<Value>& values,
                               const std::string& where) {
  std::vector<bool> may_change(before.shared.size());
  for (const Value& value : values) {
    may_change[value.offset] = true;
    if (value.kind == Value::Kind::twice) may_change[value.offset + 1] = true;
  }
  for (std::size_t i = 0; i < may_change.size(); ++i) {
    if (may_change[i] || std::memcmp(before.shared.data() + i, after + i, sizeof(float)) == 0) continue;
    ADD_FAILURE() << where << ": wrote to float " << i << " of shared memory, which is not its own";
    return;
  }
}

/// Runs one operation in all its variants. Returns how many.
int check(const Operation& operation, const TileShape& shape, Activation activation, Precision precision,
          int tile) {
  int checked = 0;
  const Network network = make_network(shape.features, shape.hidden, shape.latents, activation);
  for (const Arguments& arguments : operation.arguments(network)) {
    const bool rounded = precision != Precision::fp32 && operation.on_tensor_cores(network, arguments);
    TileState state(shape, activation, operation.purpose(), precision, tile);
    operation.prepare(state, arguments);
    const std::vector<Value> slopes = operation.slopes(state, arguments);
    const std::vector<Value> expected = operation.expected(state, arguments);
    for (const int threads : thread_counts) {
      for (const LoopTeam::Order order : {LoopTeam::Order::forward, LoopTeam::Order::backward}) {
        const std::string where =
            operation.name() + ", features " + std::to_string(shape.features) + ", latents " +
            std::to_string(shape.latents) + ", samples " + std::to_string(state.samples) + ", layer " +
            std::to_string(arguments.layer) + ", activation " + std::to_string(static_cast<int>(activation)) +
            ", precision " + std::to_string(static_cast<int>(precision)) + ", tile " + std::to_string(tile) +
            ", threads " + std::to_string(threads);
        GuardedMemory memory(state.shared.size());
        std::memcpy(memory.data(), state.shared.data(), state.shared.size() * sizeof(float));
        LoopTiles block = state.tiles(memory.data(), threads, order);
        operation.run(block, state, arguments);
        const double tolerance = tolerance_of(rounded ? precision : Precision::fp32);
        const double error = compare(memory.data(), expected, slopes, tolerance, where);
        if (rounded) {
          EXPECT_GT(error, 1e-5) << where << ": factors were not rounded";
        }
        expect_the_rest_unchanged(state, memory.data(), expected, where);
        EXPECT_TRUE(memory.intact()) << where << ": wrote beyond shared memory";
        ++checked;
        if (testing::Test::HasFailure()) return checked;
      }
    }
  }
  return checked;
}

class TileOperation : public testing::TestWithParam<std::size_t> {
 protected:
  void SetUp() override {
    if (under_thread_sanitizer)
      GTEST_SKIP() << "loops have one thread only, and are slow with ThreadSanitizer";
  }
};

TEST_P(TileOperation, AgreesWithTheReferenceAndItsFiniteDifferences) {
  const Operation& operation = *tile_operations()[GetParam()];
  int checked = 0;
  for (const TileShape& shape : shapes) {
    for (const Activation activation : all_activations) {
      if (activation != Activation::tanh && !operation.uses_activation()) continue;
      for (const int tile : tiles) {
        if (tile > 16 && tile >= 2 * shape.samples + 16) continue;  // the same as with a smaller tile
        checked += check(operation, shape, activation, Precision::fp32, tile);
      }
    }
  }
  EXPECT_GT(checked, 0);
}

TEST_P(TileOperation, RoundsOnlyTheFactorsOfWideLayersOnTensorCores) {
  const Operation& operation = *tile_operations()[GetParam()];
  if (!operation.has_product()) GTEST_SKIP() << "not a product";
  for (const Precision precision : {Precision::tf32, Precision::bf16}) {
    for (const TileShape& shape : shapes) check(operation, shape, Activation::silu, precision, 64);
  }
}

TEST_P(TileOperation, SpeedOnTheHost) {
  const Operation& operation = *tile_operations()[GetParam()];
  const TileShape reference{2, {64, 32}, 4, 128};
  const Arguments arguments = operation.arguments(make_network(2, {64, 32}, 4, Activation::tanh)).front();
  TileState state(reference, Activation::tanh, operation.purpose(), Precision::fp32, 128);
  operation.prepare(state, arguments);
  LoopTiles block = state.tiles(state.shared.data(), 128, LoopTeam::Order::forward);
  using Clock = std::chrono::steady_clock;
  int repeats = 0;
  double seconds = 0;
  for (const auto start = Clock::now(); seconds < 1e-3; ++repeats) {
    operation.run(block, state, arguments);
    seconds = std::chrono::duration<double>(Clock::now() - start).count();
  }
  std::printf("  %-24s %8.2f ns per sample\n", operation.name().c_str(), seconds / repeats / 128 * 1e9);
  EXPECT_TRUE(state.shared.intact());
}

INSTANTIATE_TEST_SUITE_P(Block, TileOperation, testing::Range(std::size_t{0}, tile_operations().size()),
                         [](const testing::TestParamInfo<std::size_t>& operation) {
                           return tile_operations()[operation.param]->name();
                         });

}  // namespace
}  // namespace symscan::test
