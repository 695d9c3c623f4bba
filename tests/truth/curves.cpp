// Curves. The affine motions of a curve c(t): fields A c + b that are multiples of c'(t) for all t.
#include <cmath>
#include <numbers>

#include "tests/truth/known_sets.hpp"

namespace symscan::truth {
namespace {

using std::cos;
using std::exp;
using std::sin;
constexpr double pi = std::numbers::pi;

const KnownTruth closed_orbit = {
    .dimensions = {1}, .generators = 1, .algebra = "so(2)", .rotations = "so(2)", .kept = 1, .relations = 1};
/// No affine motion, no relation of degree two.
const KnownTruth rigid = {.dimensions = {1}, .generators = 0, .rotations = "none", .relations = 0};

/// A curve with its parameter uniform in an interval.
Maker curve(double from, double to, std::function<Row(double)> point) {
  return each([=](Draws& d) { return point(d.uniform(from, to)); });
}

Row circle(double t) {
  return {cos(t), sin(t)};
}

std::vector<KnownSet> conics() {
  KnownTruth pushed = closed_orbit;
  pushed.kept = 0;
  const KnownTruth hyperbola = {
      .dimensions = {1}, .generators = 1, .rotations = "none", .kept = 0, .relations = 1};
  // dx = 1, dy = 2 x and dx = x, dy = 2 y.
  const KnownTruth parabola = {
      .dimensions = {1}, .generators = 2, .rotations = "none", .kept = 0, .relations = 1};
  return {
      {"circle", words("x y"), curve(0, 2 * pi, circle), closed_orbit},
      {"circle, not uniform", words("x y"),
       curve(0, 2 * pi, [](double t) { return circle(t + 0.8 * sin(t)); }), pushed},
      {"oblique ellipse, displaced", words("x y"),
       curve(0, 2 * pi,
             [](double t) -> Row {
               return {4 + 3 * cos(t), 2 * cos(t) + sin(t) - 1};
             }),
       closed_orbit},
      {"half circle", words("x y"), curve(0, pi, circle), pushed},
      {"arc of 60 degrees", words("x y"), curve(0, pi / 3, circle), pushed},
      {"hyperbola", words("x y"),
       curve(-1.5, 1.5,
             [](double t) -> Row {
               return {std::cosh(t), std::sinh(t)};
             }),
       hyperbola},
      {"parabola", words("x y"),
       curve(-1, 1,
             [](double t) -> Row {
               return {t, t * t};
             }),
       parabola},
  };
}

std::vector<KnownSet> orbits() {
  KnownTruth oblique = closed_orbit, knot = closed_orbit, double_angle = closed_orbit, plane = closed_orbit;
  oblique.relations = 9;  // eight linear ones
  knot.relations = 2;     // the third one is of degree three
  double_angle.relations = 3;
  plane.relations = 2;
  // dx = 1, dy = y; the wider spirals turn and grow.
  const KnownTruth one_motion = {
      .dimensions = {1}, .generators = 1, .rotations = "none", .kept = 0, .relations = 0};
  KnownTruth spiral = one_motion, screw = one_motion;
  spiral.algebra = "rotation with scaling";
  screw.algebra = "screw";
  screw.relations = 1;
  KnownTruth power = one_motion;
  power.algebra = "scaling";
  power.laws = 1;
  const Eigen::MatrixXd plane_in_10 = fixed_matrix(10, 2, 5);
  return {
      {"oblique circle in R^10", numbered(10),
       curve(0, 2 * pi, [=](double t) { return to_row(plane_in_10 * to_vector(circle(t))); }), oblique},
      {"tilted circle in R^3", words("x y z"),
       curve(0, 2 * pi,
             [](double t) -> Row {
               return {cos(t), sin(t), 0.5 * cos(t) - sin(t) + 2};
             }),
       plane},
      {"torus knot in R^4", words("x y z w"),
       curve(0, 2 * pi, [](double t) { return joined(circle(2 * t), circle(3 * t)); }), knot},
      {"circle and double angle", words("x y z w"),
       curve(0, 2 * pi, [](double t) { return joined(circle(t), circle(2 * t)); }), double_angle},
      {"logarithmic spiral", words("x y"),
       curve(0, 4 * pi,
             [](double t) -> Row {
               return {exp(0.15 * t) * cos(t), exp(0.15 * t) * sin(t)};
             }),
       spiral},
      {"helix", words("x y z"), curve(0, 6 * pi, [](double t) { return joined(circle(t), {0.3 * t}); }),
       screw},
      {"exponential", words("x y"),
       curve(-1.5, 1.5,
             [](double t) -> Row {
               return {t, exp(t)};
             }),
       one_motion},
      {"cubic", words("x y"),
       curve(0.5, 2,
             [](double t) -> Row {
               return {t, t * t * t};
             }),
       power},
      {"inverse square", words("x y"),
       curve(1, 4,
             [](double t) -> Row {
               return {t, 1 / (t * t)};
             }),
       power},
  };
}

std::vector<KnownSet> space_curves() {
  // Shifts of the parameter and scalings; y = x^2 and z = x y are independent, x z = y^2 is not.
  const KnownTruth cubic = {
      .dimensions = {1}, .generators = 2, .rotations = "none", .kept = 0, .relations = 2};
  KnownTruth two_quadrics = rigid;
  two_quadrics.relations = 2;
  return {
      {"twisted cubic", words("x y z"),
       curve(-1.2, 1.2,
             [](double t) -> Row {
               return {t, t * t, t * t * t};
             }),
       cubic},
      {"Viviani's curve", words("x y z"),
       curve(0, 4 * pi,
             [](double t) -> Row {
               return {1 + cos(t), sin(t), 2 * sin(t / 2)};
             }),
       two_quadrics},
      {"trefoil knot", words("x y z"),
       curve(0, 2 * pi,
             [](double t) -> Row {
               return {sin(t) + 2 * sin(2 * t), cos(t) - 2 * cos(2 * t), -sin(3 * t)};
             }),
       rigid},
      {"winding round a torus", words("x y z"),
       curve(0, 2 * pi,
             [](double t) -> Row {
               const double r = 2 + cos(5 * t);
               return {r * cos(t), r * sin(t), sin(5 * t)};
             }),
       rigid},
  };
}

std::vector<KnownSet> rigid_curves() {
  const auto root = [](double v) { return std::copysign(std::sqrt(std::abs(v)), v); };
  return {
      {"sine", words("x y"),
       curve(0, 2 * pi,
             [](double t) -> Row {
               return {t, sin(t)};
             }),
       rigid},
      {"Archimedean spiral", words("x y"),
       curve(0.5, 4 * pi,
             [](double t) -> Row {
               return {t * cos(t), t * sin(t)};
             }),
       rigid},
      {"x^4 + y^4 = 1", words("x y"),
       curve(0, 2 * pi,
             [=](double t) -> Row {
               return {root(cos(t)), root(sin(t))};
             }),
       rigid},
      {"astroid", words("x y"),
       curve(0, 2 * pi,
             [](double t) -> Row {
               return {std::pow(cos(t), 3), std::pow(sin(t), 3)};
             }),
       rigid},
      {"lemniscate", words("x y"),
       curve(0, 2 * pi,
             [](double t) -> Row {
               const double w = 1 + sin(t) * sin(t);
               return {2 * cos(t) / w, 2 * sin(t) * cos(t) / w};
             }),
       rigid},
      {"cardioid", words("x y"),
       curve(0, 2 * pi,
             [](double t) -> Row {
               return {(1 - cos(t)) * cos(t), (1 - cos(t)) * sin(t)};
             }),
       rigid},
      {"cycloid", words("x y"),
       curve(0, 4 * pi,
             [](double t) -> Row {
               return {t - sin(t), 1 - cos(t)};
             }),
       rigid},
      {"Lissajous curve 2:3", words("x y"),
       curve(0, 2 * pi,
             [](double t) -> Row {
               return {sin(2 * t), sin(3 * t)};
             }),
       rigid},
      {"two displaced circles", words("x y"), each([](Draws& d) -> Row {
         const double t = d.angle();
         return {cos(t) + 4 * d.below(2), sin(t)};
       }),
       rigid},
      {"Gaussian bell", words("x y"),
       curve(-2.5, 2.5,
             [](double t) -> Row {
               return {t, exp(-t * t / 2)};
             }),
       rigid},
  };
}

}  // namespace

std::vector<KnownSet> curves() {
  std::vector<KnownSet> all = conics();
  for (const auto& part : {orbits(), space_curves(), rigid_curves()})
    all.insert(all.end(), part.begin(), part.end());
  return all;
}

}  // namespace symscan::truth
