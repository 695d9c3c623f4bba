// Features of reference sets of known dimension, one set a line: kind, points, dimension, features.
// scale_dimension_table.py fits host/analysis/scale_dimension_table.cpp to them. Arguments: points, repeats.
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <numbers>
#include <random>

#include "host/analysis/scale_dimension_features.hpp"

namespace {

using Eigen::Index;
using Eigen::MatrixXd;

enum Kind { sphere, cube, gaussian, laplace, exponential, kinds };

class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_(seed) {}
  double uniform() { return static_cast<double>(engine_() >> 11) * 0x1.0p-53; }
  double positive() { return -std::log(1 - uniform()); }
  double normal() {
    const double radius = std::sqrt(2 * positive());
    return radius * std::cos(2 * std::numbers::pi * uniform());
  }
  double two_sided() { return uniform() < 0.5 ? positive() : -positive(); }

  /// [rows x columns] of independent values of one of the laws above.
  MatrixXd matrix(Index rows, Index columns, double (Random::*draw)()) {
    MatrixXd result(rows, columns);
    for (double& value : result.reshaped()) value = (this->*draw)();
    return result;
  }

 private:
  std::mt19937_64 engine_;
};

/// [features x points].
MatrixXd reference(Random& random, int kind, Index dimension, Index points) {
  switch (kind) {
    case sphere:
      return random.matrix(dimension + 1, points, &Random::normal).colwise().normalized();
    case cube:
      return random.matrix(dimension, points, &Random::uniform);
    case gaussian:
      return random.matrix(dimension, points, &Random::normal);
    case laplace:
      return random.matrix(dimension, points, &Random::two_sided);
    default:
      return random.matrix(dimension, points, &Random::positive);
  }
}

void print_features(int kind, int points, int dimension, int repeat) {
  Random random(static_cast<std::uint64_t>(((points * 200 + dimension) * 10 + kind) * 100 + repeat));
  const MatrixXd set = reference(random, kind, dimension, points);
  const auto features =
      symscan::scale_features(set, symscan::find_neighbours(set, symscan::kScaleNeighbours));
  std::printf("%d %d %d", kind, points, dimension);
  for (const double value : symscan::as_array(features)) std::printf(" %.5f", value);
  std::puts("");
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 3) return 2;
  const int points = std::atoi(arguments[1]), repeats = std::atoi(arguments[2]);
  for (const int dimension : {1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 15, 18, 22, 27, 33, 40, 50, 62, 78, 95, 110}) {
    for (int kind = 0; kind < kinds; ++kind) {
      for (int repeat = 0; repeat < repeats; ++repeat) print_features(kind, points, dimension, repeat);
    }
  }
}
