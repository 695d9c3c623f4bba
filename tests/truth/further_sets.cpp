#include "tests/truth/further_sets.hpp"

#include <cmath>
#include <numbers>

#include "host/data/trajectory_systems.hpp"
#include "tests/truth/known_sets.hpp"

namespace symscan::truth {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr Index many = 10'000;

std::function<DatasetPoints(Draws&)> rows_only(Maker maker, Index count = many) {
  return [=](Draws& draws) {
    DatasetPoints points;
    points.raw = maker(draws, count);
    return points;
  };
}

Row turned(double x, double y, double angle) {
  return {x * std::cos(angle) - y * std::sin(angle), x * std::sin(angle) + y * std::cos(angle)};
}

/// Blobs at three places, turned by quarter turns.
Row turned_blob(Draws& d) {
  const double places[3][2] = {{1, 0}, {1.3, 0.35}, {0.7, 0.1}};
  const auto& place = places[d.below(3)];
  return turned(place[0] + 0.05 * d.normal(), place[1] + 0.05 * d.normal(),
                0.5 * std::numbers::pi * d.below(4));
}

Row in_polygon(Draws& d, int corners) {
  double a = d.uniform(), b = d.uniform();
  if (a + b > 1) a = 1 - a, b = 1 - b;
  const double step = 2 * std::numbers::pi / corners, from = step * d.below(corners);
  return {a * std::cos(from) + b * std::cos(from + step), a * std::sin(from) + b * std::sin(from + step)};
}

/// px, py, pz of three particles that nothing tells apart, correlated.
Row three_particles(Draws& d) {
  const double common[3] = {d.normal(), d.normal(), d.normal()};
  Row row;
  for (int particle = 0; particle < 3; ++particle) {
    const double x = std::exp(0.4 * d.normal() + 0.4 * common[0]);
    row = joined(row, {x, x * d.exponential() + common[1], 3 * d.exponential() + std::exp(0.5 * common[2])});
  }
  return row;
}

/// Muon pairs with a forward-backward asymmetry of 5 %.
Row asymmetric_muons(Draws& d) {
  double cosine = d.uniform(-1, 1);
  while (0.8 * d.uniform() > 0.375 * (1 + cosine * cosine) + 0.05 * cosine) cosine = d.uniform(-1, 1);
  const double turn = d.angle(), sine = std::sqrt(1 - cosine * cosine);
  const double p[3] = {5 * sine * std::cos(turn), 5 * sine * std::sin(turn), 5 * cosine};
  return {5, p[0], p[1], p[2], 5, -p[0], -p[1], -p[2]};
}

/// Uniform where `energy` lies between two values.
Maker energy_shell(double low_x, double high_x, double low_y, double high_y, double least, double most,
                   double (*energy)(double, double)) {
  return each([=](Draws& d) -> Row {
    while (true) {
      const double x = d.uniform(low_x, high_x), y = d.uniform(low_y, high_y), value = energy(x, y);
      if (value >= least && value <= most) return {x, y};
    }
  });
}

double predator_prey(double x, double y) {
  return std::exp(x) - x + 4.0 / 3 * std::exp(y) - 2.0 / 3 * y;
}

double pendulum(double q, double p) {
  return p * p / 2 - std::cos(q);
}

Row moebius(Draws& d) {
  const double t = d.angle(), w = d.uniform(-0.4, 0.4), r = 1 + w * std::cos(t / 2);
  return {r * std::cos(t), r * std::sin(t), w * std::sin(t / 2)};
}

FurtherSet trajectories_of(const TrajectorySystem& system, double noise) {
  constexpr int count = 40, steps = 100;
  FurtherTruth truth;
  truth.laws = system.independent;
  return {system.name + (noise > 0 ? ", 1 % noise" : ""), system.columns,
          [&system, noise](Draws&) {
            const auto values = trajectory_rows(system, count, steps, noise, 1);
            DatasetPoints points;
            const auto columns = static_cast<Index>(system.columns.size());
            points.raw =
                Eigen::Map<const Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>>(
                    values.data(), Index{count} * steps, columns);
            for (int k = 0; k < count; ++k)
              points.groups.insert(points.groups.end(), steps, static_cast<double>(k));
            return points;
          },
          truth};
}

std::function<DatasetPoints(Draws&)> labelled(Maker maker, std::function<double(const VectorXd&)> f,
                                              double noise = 0) {
  return [=](Draws& draws) {
    DatasetPoints points;
    points.raw = maker(draws, many);
    points.target.resize(many);
    for (Index i = 0; i < many; ++i) points.target(i) = f(points.raw.row(i));
    const double spread = std::sqrt((points.target.array() - points.target.mean()).square().mean());
    for (double& value : points.target) value += noise * spread * draws.normal();
    return points;
  };
}

double interval(const VectorXd& x) {
  return x(0) * x(0) - x.tail(3).squaredNorm();
}

/// Of two vectors in five dimensions; the function of LieGG (arXiv:2210.04345).
double of_two_vectors(const VectorXd& x) {
  const VectorXd a = x.head(5), b = x.tail(5);
  return std::sin(a.norm()) - std::pow(b.norm(), 3) / 2 + a.dot(b) / (a.norm() * b.norm());
}

Maker boxed(int columns) {
  return each([=](Draws& d) {
    Row row;
    for (int i = 0; i < columns; ++i) row.push_back(d.uniform(-1, 1));
    return row;
  });
}

Maker normal(int columns) {
  return each([=](Draws& d) { return to_row(d.normals(columns)); });
}

Maker positive(int columns) {
  return each([=](Draws& d) {
    Row row;
    for (int i = 0; i < columns; ++i) row.push_back(std::exp(0.5 * d.normal()));
    return row;
  });
}

}  // namespace

std::vector<FurtherSet> discrete_sets() {
  const std::vector<std::string> xy = words("x y");
  const auto of = [](const std::string& group) { return FurtherTruth{.discrete = group}; };
  return {
      {"twelve blobs turned by C4", xy, rows_only(each(turned_blob)), of("C4")},
      {"square", xy, rows_only(each([](Draws& d) -> Row {
         return {d.uniform(-1, 1), d.uniform(-1, 1)};
       })),
       of("D4")},
      {"rectangle", xy, rows_only(each([](Draws& d) -> Row {
         return {2 * d.uniform(), d.uniform()};
       })),
       of("Z2 x Z2")},
      {"hexagon", xy, rows_only(each([](Draws& d) { return in_polygon(d, 6); })), of("D6")},
      {"triangle", xy, rows_only(each([](Draws& d) { return in_polygon(d, 3); }), 2 * many), of("D3")},
      {"three identical particles", words("px1 py1 pz1 px2 py2 pz2 px3 py3 pz3"),
       rows_only(each(three_particles)), of("S3")},
      {"skewed columns", words("a b c"), rows_only(each([](Draws& d) -> Row {
         return {d.exponential(), std::exp(0.6 * d.normal()), d.uniform() * d.uniform()};
       })),
       of("none")},
      {"muons, asymmetry of 5 %", words("E(mu-) px(mu-) py(mu-) pz(mu-) E(mu+) px(mu+) py(mu+) pz(mu+)"),
       rows_only(each(asymmetric_muons)), of("no exchange")},
  };
}

std::vector<FurtherSet> field_sets() {
  const auto of = [](int directions) { return FurtherTruth{.directions = directions}; };
  return {
      {"predator and prey, energies from 3 to 4.5", words("x y"),
       rows_only(energy_shell(-5, 3, -7, 3, 3, 4.5, predator_prey)), of(1), "pairs"},
      {"pendulum, a range of energies", words("q p"),
       rows_only(energy_shell(-3.2, 3.2, -2, 2, -0.5, 0.5, pendulum)), of(1), "pairs"},
      // Quadratic fields there are: the band lies on a cubic surface f = 0, and grad f x c is tangent to it.
      {"Moebius band", words("x y z"), rows_only(each(moebius)), FurtherTruth{.affine = 0}},
      {"square, quadratic fields", words("x y"), rows_only(each([](Draws& d) -> Row {
         return {d.uniform(), d.uniform()};
       })),
       of(0), "quadratic"},
      {"logarithmic spiral", words("x y"), rows_only(each([](Draws& d) -> Row {
         const double t = d.uniform(0, 2 * std::numbers::pi);
         return {std::exp(0.2 * t) * std::cos(t), std::exp(0.2 * t) * std::sin(t)};
       })),
       of(1), "quadratic"},
      {"helix", words("x y z"), rows_only(each([](Draws& d) -> Row {
         const double t = d.uniform(0, 12);
         return {std::cos(t), std::sin(t), 0.2 * t};
       })),
       of(1), "quadratic"},
      {"sphere, quadratic fields", words("x y z"),
       rows_only(each([](Draws& d) { return to_row(d.direction(3)); })), of(2), "quadratic"},
  };
}

std::vector<FurtherSet> trajectory_sets() {
  std::vector<FurtherSet> sets;
  for (const double noise : {0.0, 0.01})
    for (const TrajectorySystem& system : trajectory_systems())
      sets.push_back(trajectories_of(system, noise));
  return sets;
}

std::vector<FurtherSet> labelled_sets() {
  const auto of = [](int motions, const std::string& algebra) {
    return FurtherTruth{.motions = motions, .algebra = algebra};
  };
  const std::vector<std::string> event = words("t x y z"), vectors = numbered(10);
  return {
      {"interval", event, labelled(boxed(4), interval), of(6, "so(1,3)")},
      {"interval, 1 % noise", event, labelled(boxed(4), interval, 0.01), of(6, "so(1,3)")},
      {"two vectors, normal", vectors, labelled(normal(10), of_two_vectors), of(10, "so(5)")},
      {"two vectors, box", vectors, labelled(boxed(10), of_two_vectors), of(10, "so(5)")},
      {"product of powers", words("a b c"),
       labelled(positive(3), [](const VectorXd& x) { return x(0) * x(1) / (x(2) * x(2)); }),
       of(2, "2 scalings")},
      {"no symmetry", words("a b"),
       labelled(normal(2),
                [](const VectorXd& x) { return std::sin(x(0)) + x(0) * x(1) * x(1) + std::exp(0.3 * x(1)); }),
       of(0, "none")},
      {"noise alone", words("a b c"),
       labelled(
           normal(3), [](const VectorXd&) { return 0.0; }, 1),
       of(0, "")},
  };
}

std::vector<FurtherSet> further_sets() {
  std::vector<FurtherSet> all;
  for (const auto& kind : {discrete_sets(), field_sets(), trajectory_sets(), labelled_sets()})
    all.insert(all.end(), kind.begin(), kind.end());
  return all;
}

}  // namespace symscan::truth
