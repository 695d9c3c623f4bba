// Surfaces in space. The affine motions of a graph z = f(x, y): fields whose last part is the change of f.
#include <cmath>
#include <numbers>

#include "tests/truth/known_sets.hpp"

namespace symscan::truth {
namespace {

using std::cos;
using std::cosh;
using std::exp;
using std::sin;
constexpr double pi = std::numbers::pi;

const std::vector<std::string> xyz = words("x y z");

KnownTruth surface(int generators, const std::string& rotations, int kept, int relations) {
  return {.dimensions = {2},
          .generators = generators,
          .rotations = rotations,
          .kept = kept,
          .relations = relations};
}

KnownTruth named(KnownTruth truth, const std::string& algebra) {
  truth.algebra = algebra;
  return truth;
}

KnownTruth law(KnownTruth truth) {
  truth.laws = 1;
  return truth;
}

/// A surface of revolution: a profile (radius, height) turned about z.
Maker turned(std::function<Row(Draws&)> profile) {
  return each([=](Draws& d) -> Row {
    const Row at = profile(d);
    const double t = d.angle();
    return {at[0] * cos(t), at[0] * sin(t), at[1]};
  });
}

std::vector<KnownSet> quadrics() {
  const Eigen::MatrixXd oblique = fixed_matrix(3, 3, 8);
  const KnownTruth sphere = named(surface(3, "so(3)", 3, 1), "so(3)");
  const KnownTruth lorentz = named(surface(3, "so(2)", 1, 1), "so(1,2)");
  KnownTruth pushed = sphere;
  pushed.kept = 0;
  return {
      {"sphere", xyz, each([](Draws& d) { return to_row(d.direction(3)); }), sphere},
      {"oblique ellipsoid", xyz,
       each([=](Draws& d) { return to_row(oblique * d.direction(3) + Eigen::Vector3d(3, -1, 2)); }), sphere},
      {"sphere, not uniform", xyz, each([](Draws& d) {
         return to_row(d.normals(3).cwiseProduct(Eigen::Vector3d(1, 1.5, 0.6)).normalized());
       }),
       pushed},
      {"hyperboloid of one sheet", xyz, turned([](Draws& d) -> Row {
         const double z = d.uniform(-2, 2);
         return {std::sqrt(1 + z * z), z};
       }),
       lorentz},
      {"hyperboloid of two sheets", xyz, turned([](Draws& d) -> Row {
         const double r = 2 * std::sqrt(d.uniform());
         return {r, d.sign() * std::sqrt(1 + r * r)};
       }),
       lorentz},
      {"cone", xyz, turned([](Draws& d) -> Row {
         const double r = d.uniform(0.2, 2);
         return {r, r};
       }),
       named(surface(4, "so(2)", 1, 1), "so(1,2) + scaling")},
      // A rotation, and dz = 1, x, y, z.
      {"cylinder", xyz, turned([](Draws& d) -> Row {
         return {1, d.uniform(0, 4)};
       }),
       surface(5, "so(2)", 1, 1)},
      // A rotation, a scaling, and two shears: dx = 1, dz = 2 x.
      {"paraboloid", xyz, turned([](Draws& d) -> Row {
         const double r = std::sqrt(d.exponential());
         return {r, r * r};
       }),
       surface(4, "so(2)", 1, 1)},
      // Two scalings and two shears: dx = 1, dz = y.
      {"saddle z = x y", xyz, each([](Draws& d) -> Row {
         const double x = d.uniform(-1, 1), y = d.uniform(-1, 1);
         return {x, y, x * y};
       }),
       surface(4, "none", 0, 1)},
      // Along y: dy = 1, x, y, z; of the parabola: 2, the shift and the scaling.
      {"parabolic cylinder", xyz, each([](Draws& d) -> Row {
         const double x = d.uniform(-1, 1);
         return {x, d.uniform(-1, 1), x * x};
       }),
       surface(6, "none", 0, 1)},
  };
}

std::vector<KnownSet> revolution() {
  const KnownTruth turning = named(surface(1, "so(2)", 1, 0), "so(2)");
  return {
      {"torus", xyz, turned([](Draws& d) -> Row {
         const double t = d.angle();
         return {2 + 0.7 * cos(t), 0.7 * sin(t)};
       }),
       turning},
      {"catenoid", xyz, turned([](Draws& d) -> Row {
         const double z = d.uniform(-1.5, 1.5);
         return {cosh(z), z};
       }),
       turning},
      {"Gaussian hill", xyz, turned([](Draws& d) -> Row {
         const double r = 2 * std::sqrt(d.uniform());
         return {r, exp(-r * r / 2)};
       }),
       turning},
      {"spindle", xyz, turned([](Draws& d) -> Row {
         const double z = d.uniform(-3, 3);
         return {1.5 + 0.6 * cos(2 * z), z};
       }),
       turning},
      {"quartic bowl", xyz, turned([](Draws& d) -> Row {
         const double r = 1.2 * std::sqrt(d.uniform());
         return {r, std::pow(r, 4)};
       }),
       // With dx = x, dz = 4 z.
       named(surface(2, "so(2)", 1, 0), "so(2) + scaling")},
  };
}

std::vector<KnownSet> other_surfaces() {
  const KnownTruth rigid = surface(0, "none", 0, 0);
  return {
      // dy = 1, x, y, z: one column moves freely.
      {"Swiss roll", xyz, each([](Draws& d) -> Row {
         const double t = d.uniform(1.5 * pi, 4.5 * pi);
         return {t * cos(t), d.uniform(0, 20), t * sin(t)};
       }),
       surface(4, "none", 0, 0)},
      // The same, of two arcs that meet.
      {"S curve", xyz, each([](Draws& d) -> Row {
         const double t = d.uniform(-1.5 * pi, 1.5 * pi);
         return {sin(t), d.uniform(0, 2), std::copysign(1.0, t) * (cos(t) - 1)};
       }),
       surface(4, "none", 0, 0)},
      // x, y and z scale as 1, 1 and 3; a turn changes x^3 - 3 x y^2.
      {"monkey saddle", xyz, each([](Draws& d) -> Row {
         const double x = d.uniform(-1, 1), y = d.uniform(-1, 1);
         return {x, y, x * x * x - 3 * x * y * y};
       }),
       surface(1, "none", 0, 0)},
      // x^2 = y^2 z: y and z scale freely.
      {"Whitney's umbrella", xyz, each([](Draws& d) -> Row {
         const double u = d.uniform(0.5, 2), v = d.uniform(0.5, 2);
         return {u * v, v, u * u};
       }),
       law(named(surface(2, "none", 0, 0), "2 scalings"))},
      {"egg box", xyz, each([](Draws& d) -> Row {
         const double x = d.uniform(-3, 3), y = d.uniform(-3, 3);
         return {x, y, sin(x) * sin(y)};
       }),
       rigid},
      {"x^4 + y^4 + z^4 = 1", xyz, each([](Draws& d) {
         const Eigen::VectorXd u = d.direction(3);
         return to_row(u / std::pow(u.array().pow(4).sum(), 0.25));
       }),
       rigid},
      // dz = z, with x or y: z = exp(x) sin(y) moves as x does.
      {"exp(x) sin(y)", xyz, each([](Draws& d) -> Row {
         const double x = d.uniform(-1, 1), y = d.uniform(0, 2 * pi);
         return {x, y, exp(x) * sin(y)};
       }),
       surface(1, "none", 0, 0)},
      // A screw: turn and rise.
      {"helicoid", xyz, each([](Draws& d) -> Row {
         const double r = d.uniform(-1, 1), t = d.uniform(0, 3 * pi);
         return {r * cos(t), r * sin(t), 0.4 * t};
       }),
       // Also the scaling of x and y, for straight lines cross the axis.
       surface(2, "none", 0, 0)},
  };
}

}  // namespace

std::vector<KnownSet> surfaces() {
  std::vector<KnownSet> all = quadrics();
  for (const auto& part : {revolution(), other_surfaces()}) all.insert(all.end(), part.begin(), part.end());
  return all;
}

}  // namespace symscan::truth
