#include "tests/kernels/block/tile_operations.hpp"

#include <iterator>

namespace symscan::test {

void add_matrix(Values& values, const TileState& t, const char* of, int matrix, int rows, double padding,
                const std::function<double(int row, int sample)>& number) {
  for (int row = 0; row < rows; ++row) {
    for (int s = 0; s < t.columns; ++s) {
      const double expected = s < t.samples ? number(row, s) : padding;
      values.push_back({expected == expected ? Value::Kind::single : Value::Kind::scratch,
                        static_cast<std::size_t>(t.at(matrix, row, s)), expected, of});
    }
  }
}

Value element(const TileState& t, const char* of, int matrix, int row, int sample, double expected) {
  return {Value::Kind::single, static_cast<std::size_t>(t.at(matrix, row, sample)), expected, of};
}

double slope_of(const std::function<double(double)>& f) {
  constexpr double h = 1e-5;
  return (f(h) - f(-h)) / (2 * h);
}

std::vector<Arguments> layer_arguments(int first, int end) {
  std::vector<Arguments> all;
  for (int l = first; l < end; ++l) {
    all.emplace_back();
    all.back().layer = l;
  }
  return all;
}

bool both_sides_wide(const Network& network, int l) {
  return network.layers[l].in >= block::tensor_least && network.layers[l].out >= block::tensor_least;
}

const Operations& tile_operations() {
  static const Operations all = [] {
    Operations list = forward_operations();
    for (const auto& more : {gradient_operations, evaluation_operations}) {
      Operations added = more();
      std::move(added.begin(), added.end(), std::back_inserter(list));
    }
    return list;
  }();
  return all;
}

}  // namespace symscan::test
