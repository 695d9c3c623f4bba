// Laws among quantities of physics. Cubic ones and products of powers are no relations of degree two.
#include <Eigen/Geometry>
#include <cmath>
#include <numbers>

#include "host/base/eigen.hpp"
#include "tests/truth/known_sets.hpp"

namespace symscan::truth {
namespace {

using Eigen::VectorXd;
using std::cos;
using std::exp;
using std::sin;

KnownTruth law(int dimension, int generators, int relations, const std::string& algebra = "",
               std::optional<int> laws = {}) {
  return {.dimensions = {dimension},
          .generators = generators,
          .algebra = algebra,
          .kept = 0,
          .relations = relations,
          .laws = laws};
}

std::vector<KnownSet> products_of_powers() {
  return {
      {"Kepler's third law", words("T a"), each([](Draws& d) -> Row {
         const double a = d.uniform(0.4, 5.4);
         return {std::pow(a, 1.5), a};
       }),
       law(1, 1, 0, "scaling", 1)},
      {"kinetic energy", words("K m v"), each([](Draws& d) -> Row {
         const double m = d.uniform(1, 3), v = d.uniform(1, 4);
         return {0.5 * m * v * v, m, v};
       }),
       law(2, 2, 0, "2 scalings", 1)},
      {"Coulomb's law", words("F q1 q2 r"), each([](Draws& d) -> Row {
         const double a = d.uniform(1, 3), b = d.uniform(0.5, 2), r = d.uniform(1, 2);
         return {a * b / (r * r), a, b, r};
       }),
       law(3, 3, 0, "3 scalings", 1)},
      // The exponents are as 5 to 7: a law, but not one of small numbers.
      {"adiabatic gas", words("p V"), each([](Draws& d) -> Row {
         const double v = d.uniform(1, 3);
         return {std::pow(v, -1.4), v};
       }),
       law(1, 1, 0, "scaling")},
      // A quadric with two signs each: p V - n R T.
      {"ideal gas", words("p V n T"), each([](Draws& d) -> Row {
         const double n = d.uniform(1, 3), t = d.uniform(280, 340), v = d.uniform(0.5, 1.5);
         return {n * 8.314 * t / v, v, n, t};
       }),
       law(3, 7, 1, "so(2,2) + scaling")},
      {"Ohm's law", words("U R I"), each([](Draws& d) -> Row {
         const double r = d.uniform(1, 4), i = d.uniform(0.5, 2);
         return {r * i, r, i};
       }),
       law(2, 4, 1)},
  };
}

std::vector<KnownSet> fractions() {
  return {
      // a b = f (a + b): a cone.
      {"thin lens", words("f a b"), each([](Draws& d) -> Row {
         const double a = d.uniform(1, 5), b = d.uniform(1, 5);
         return {1 / (1 / a + 1 / b), a, b};
       }),
       law(2, 4, 1, "so(1,2) + scaling")},
      // Cayley's cubic: only the size is free.
      {"three resistors in parallel", words("R R1 R2 R3"), each([](Draws& d) -> Row {
         const double a = d.uniform(1, 4), b = d.uniform(1, 4), c = d.uniform(1, 4);
         return {1 / (1 / a + 1 / b + 1 / c), a, b, c};
       }),
       law(3, 1, 0, "scaling", 1)},
      // dp = 8, dT = 3 V - 1.
      {"van der Waals gas", words("p V T"), each([](Draws& d) -> Row {
         const double t = d.uniform(0.9, 1.5), v = d.uniform(0.6, 3.6);
         return {8 * t / (3 * v - 1) - 3 / (v * v), v, t};
       }),
       law(2, 1, 0)},
      // A hyperbola: v + v S = S.
      {"Michaelis and Menten", words("v S"), each([](Draws& d) -> Row {
         const double s = d.uniform(0, 5);
         return {s / (1 + s), s};
       }),
       law(1, 1, 1)},
      {"adding velocities", words("u v w"), each([](Draws& d) -> Row {
         const double u = d.uniform(-0.9, 0.9), v = d.uniform(-0.9, 0.9);
         return {u, v, (u + v) / (1 + u * v)};
       }),
       law(2, 0, 0)},
      {"time dilation", words("v gamma"), each([](Draws& d) -> Row {
         const double v = d.uniform(0, 0.95);
         return {v, 1 / std::sqrt(1 - v * v)};
       }),
       law(1, 0, 0)},
      // p^2 + 2 p q + q^2: a line fewer, a parabola in the plane.
      {"Hardy and Weinberg", words("AA Aa aa"), each([](Draws& d) -> Row {
         const double p = d.uniform(0.05, 0.95);
         return {p * p, 2 * p * (1 - p), (1 - p) * (1 - p)};
       }),
       law(1, 2, 2)},
  };
}

std::vector<KnownSet> mechanics() {
  KnownTruth turning = law(2, 4, 1), shell = law(3, 6, 1, "so(4)"), top = law(2, 3, 1, "so(3)"),
             lever = law(6, 18, 3);
  turning.kept = 1;
  shell.kept = 6;
  shell.rotations = "so(4)";
  top.rotations = "so(3)";
  // gl(3), sl(2) that mixes r and p, and shifts of both; turns of space and of r into p are kept.
  lever.kept = 4;
  lever.rotations = "so(3)+so(2)";
  return {
      {"oscillators of any energy", words("q p E"), each([](Draws& d) -> Row {
         const double q = d.normal(), p = d.normal();
         return {q, p, (q * q + p * p) / 2};
       }),
       turning},
      {"two oscillators of one energy", words("q1 q2 p1 p2"),
       each([](Draws& d) { return to_row(d.direction(4).cwiseProduct(Eigen::Vector4d(2, 0.5, 1, 1))); }),
       shell},
      {"pendulum of one energy", words("angle p"), each([](Draws& d) -> Row {
         const double t = d.angle(), angle = 2 * std::asin(0.8 * sin(t));
         return {angle, 1.6 * cos(t)};
       }),
       law(1, 0, 0)},
      {"damped oscillator", words("q p"), each([](Draws& d) -> Row {
         const double t = d.angle(), k = 0.15;
         return {exp(-k * t) * cos(t), -exp(-k * t) * (sin(t) + k * cos(t))};
       }),
       law(1, 1, 0, "rotation with scaling")},
      {"rigid body of any energy", words("L1 L2 L3"), each([](Draws& d) {
         return to_row(d.normals(3).cwiseProduct(Eigen::Vector3d(1, 1.5, 0.7)).normalized());
       }),
       top},
      // The sphere and an ellipsoid meet in a curve.
      {"rigid body of one energy", words("L1 L2 L3"), each([](Draws& d) -> Row {
         const double t = d.angle(), x = std::sqrt(0.1) * cos(t), y = std::sqrt(0.4) * sin(t);
         return {x, y, d.sign() * std::sqrt(1 - x * x - y * y)};
       }),
       law(1, 0, 2)},
      {"angular momentum", words("x y z px py pz Lx Ly Lz"), each([](Draws& d) {
         const Eigen::Vector3d r = d.normals(3), p = d.normals(3);
         return joined(joined(to_row(r), to_row(p)), to_row(r.cross(p)));
       }),
       lever},
      // h = v t - t^2 / 2: two scalings become one, two shears.
      {"free fall", words("t v h"), each([](Draws& d) -> Row {
         const double t = d.uniform(0, 2), v = d.uniform(1, 3);
         return {t, v, v * t - t * t / 2};
       }),
       law(2, 4, 1)},
  };
}

std::vector<KnownSet> waves_and_collisions() {
  const KnownTruth light = {.dimensions = {3},
                            .generators = 7,
                            .algebra = "so(1,3) + scaling",
                            .rotations = "so(3)",
                            .kept = 3,
                            .relations = 1};
  // |k|^2 = |k'|^2 of the relative momenta: a cone with two signs each, so(2,2) + scaling. The sum of the
  // momenta moves as any affine function of all does: 2 x 7 more. Three planes turn on their own.
  const KnownTruth elastic = {
      .dimensions = {5}, .generators = 21, .rotations = "so(2)+so(2)+so(2)", .kept = 3, .relations = 3};
  return {
      {"Stokes parameters", words("I Q U V"), each([](Draws& d) {
         const double size = 1 + d.uniform();
         return joined({size}, to_row(size * d.direction(3)));
       }),
       light},
      {"elastic collisions in the plane", words("ax ay bx by cx cy ex ey"), each([](Draws& d) {
         const VectorXd sum = d.normals(2), before = d.normals(2), after = before.norm() * d.direction(2);
         return joined(joined(to_row(sum + before), to_row(sum - before)),
                       joined(to_row(sum + after), to_row(sum - after)));
       }),
       elastic},
      {"Snell's law", words("in out"), each([](Draws& d) -> Row {
         const double in = d.uniform(0.05, 1.5);
         return {in, std::asin(sin(in) / 1.5)};
       }),
       law(1, 0, 0)},
      // The harmonic times the conjugate is the square: three relations.
      {"rotating field with third harmonic",
       words("x1 y1 x3 y3"),
       each([](Draws& d) -> Row {
         const double t = d.angle();
         return {cos(t), sin(t), 0.3 * cos(3 * t), 0.3 * sin(3 * t)};
       }),
       {.dimensions = {1},
        .generators = 1,
        .algebra = "so(2)",
        .rotations = "so(2)",
        .kept = 1,
        .relations = 3}},
  };
}

}  // namespace

std::vector<KnownSet> physics_laws() {
  std::vector<KnownSet> all = products_of_powers();
  for (const auto& part : {fractions(), mechanics(), waves_and_collisions()})
    all.insert(all.end(), part.begin(), part.end());
  return all;
}

}  // namespace symscan::truth
