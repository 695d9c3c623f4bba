// Finite symmetries that are found: groups of known distributions, and no claims where there are none.
#include "host/analysis/discrete_symmetries.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cmath>
#include <numbers>

#include "host/base/error.hpp"
#include "tests/host/analysis/known_distributions.hpp"

namespace symscan {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;
using Draw = KnownDistributions;

std::vector<std::string> letters(Index count) {
  std::vector<std::string> names;
  for (Index i = 0; i < count; ++i) names.push_back(std::string(1, static_cast<char>('a' + i)) + (i < 26 ? "" : "2"));
  return names;
}

DiscreteSymmetries found(const MatrixXd& rows, const std::vector<ContinuousGenerator>& continuous = {}) {
  const auto start = std::chrono::steady_clock::now();
  DiscreteSymmetries r = discrete_symmetries(rows, letters(rows.cols()), {}, {}, continuous);
  if (std::getenv("SHOW")) {
    std::printf("%s order %d tried %d  %.2f s\n", r.group.c_str(), r.order, r.tried,
                std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
    for (const auto* list : {&r.generators, &r.broken, &r.undecided}) {
      for (const auto& e : *list)
        std::printf("   %s: p %.2g effect %.3f limit %.3f %d\n", e.text.c_str(), e.p_value, e.effect, e.effect_limit, static_cast<int>(e.verdict));
    }
    for (const auto& n : r.notes) std::printf("   %s\n", n.c_str());
  }
  return r;
}

/// Blobs of width .05 at three places, turned by quarter turns; `first`: share of the first quarter.
MatrixXd turned_blobs(Draw& draw, Index rows, double first = 0.25) {
  const double places[3][2] = {{1, 0}, {1.3, 0.35}, {0.7, 0.1}};
  MatrixXd result(rows, 2);
  for (Index i = 0; i < rows; ++i) {
    const auto& place = places[static_cast<int>(3 * draw.uniform())];
    const double x = place[0] + 0.05 * draw.normal(), y = place[1] + 0.05 * draw.normal();
    const double share = draw.uniform();
    const double turn =
        0.5 * std::numbers::pi * (share < first ? 0 : 1 + std::floor(3 * (share - first) / (1 - first)));
    result.row(i) << x * std::cos(turn) - y * std::sin(turn), x * std::sin(turn) + y * std::cos(turn);
  }
  return result;
}

/// Uniform in the regular polygon with a corner at the angle `start`.
MatrixXd polygon(Draw& draw, Index rows, int corners, double start) {
  MatrixXd result(rows, 2);
  for (Index i = 0; i < rows; ++i) {
    double a = draw.uniform(), b = draw.uniform();
    if (a + b > 1) a = 1 - a, b = 1 - b;
    const double step = 2 * std::numbers::pi / corners, from = start + step * std::floor(corners * draw.uniform());
    result.row(i) << a * std::cos(from) + b * std::cos(from + step), a * std::sin(from) + b * std::sin(from + step);
  }
  return result;
}

MatrixXd spiral(Draw& draw, Index rows, int arms) {
  MatrixXd result(rows, 2);
  for (Index i = 0; i < rows; ++i) {
    const double r = 0.3 + draw.uniform();
    const double turn = 2 * std::numbers::pi / arms * std::floor(arms * draw.uniform()) + 1.5 * r + 0.15 * draw.normal();
    result.row(i) << r * std::cos(turn), r * std::sin(turn);
  }
  return result;
}

TEST(DiscreteSymmetries, Show) {
  Draw draw(1);
  found(turned_blobs(draw, 10'000));
  found(turned_blobs(draw, 10'000, 0.3));
  found(draw.cube(10'000, 2));
  found(polygon(draw, 10'000, 6, 0.2));
  found(polygon(draw, 10'000, 3, 0.0));
  found(spiral(draw, 10'000, 3));
  found(draw.cube(10'000, 3));
  MatrixXd r = draw.cube(10'000, 2);
  r.col(1) *= 2;
  found(r);
  found(draw.gaussian(10'000, {1, 1}));
  found(draw.gaussian(10'000, {1, 1}), {{plane_rotation(2), VectorXd::Zero(2)}});
  found(draw.independent(10'000, 3, [&] { return std::exp(draw.normal()); }));
  found(draw.gaussian(10'000, {1, 1, 1, 1, 1, 1, 1, 1}));
}

}  // namespace
}  // namespace symscan
