// Distributions that fill their span: the set has no motion of its own, the distribution may have some. The
// affine motions that keep a distribution form a compact algebra: rotations about its centre after a linear
// change of coordinates.
#include <cmath>
#include <numbers>

#include "tests/truth/known_sets.hpp"

namespace symscan::truth {
namespace {

using Eigen::VectorXd;
using std::cos;
using std::sin;

KnownTruth filled(int dimension, int kept) {
  return {.dimensions = {dimension}, .generators = 0, .rotations = "none", .kept = kept, .relations = 0};
}

KnownTruth plane(int kept, bool turn, bool mirror_x, bool mirror_y) {
  KnownTruth truth = filled(2, kept);
  truth.candidates = {{"rotation(x,y)", turn}, {"reflection(x)", mirror_x}, {"reflection(y)", mirror_y}};
  return truth;
}

Row polar(double r, double t) {
  return {r * cos(t), r * sin(t)};
}

std::vector<KnownSet> of_the_plane() {
  const std::vector<std::string> xy = words("x y");
  return {
      {"thick ring", xy, each([](Draws& d) { return polar(1 + 0.25 * d.normal(), d.angle()); }),
       plane(1, true, true, true)},
      {"disk", xy, each([](Draws& d) { return polar(std::sqrt(d.uniform()), d.angle()); }),
       plane(1, true, true, true)},
      {"annulus", xy, each([](Draws& d) { return polar(std::sqrt(d.uniform(0.25, 1)), d.angle()); }),
       plane(1, true, true, true)},
      {"power of the radius", xy,
       each([](Draws& d) { return polar(std::pow(d.uniform(), -0.7), d.angle()); }),
       plane(1, true, true, true)},
      {"four blobs", xy, each([](Draws& d) {
         const VectorXd at = to_vector(polar(1, 0.5 * std::numbers::pi * d.below(4)));
         return to_row(at + 0.4 * d.normals(2));
       }),
       plane(0, false, true, true)},
      {"star of eight", xy, each([](Draws& d) {
         const double t = d.angle();
         return polar(std::sqrt(d.uniform()) * (1 + 0.3 * cos(8 * t)), t);
       }),
       plane(0, false, true, true)},
      {"displaced Gaussian", xy, each([](Draws& d) { return joined({5 + d.normal()}, {d.normal()}); }),
       plane(1, false, false, true)},
      {"spiral arms", xy, each([](Draws& d) {
         const double r = std::sqrt(d.uniform()), t = d.angle();
         return polar(2 * r, t + 0.4 * sin(2 * t) + 3 * r);
       }),
       plane(0, false, false, false)},
      {"square, turned", xy, each([](Draws& d) -> Row {
         const double a = d.uniform(-1, 1), b = d.uniform(-1, 1);
         return {a - b, a + b};
       }),
       plane(0, false, true, true)},
      {"triangle", xy, each([](Draws& d) -> Row {
         const double a = d.uniform(), b = d.uniform();
         return {std::max(a, b), std::min(a, b)};
       }),
       plane(0, false, false, false)},
      {"wedge of a disk", xy,
       each([](Draws& d) { return polar(std::sqrt(d.uniform()), d.uniform(-0.8, 0.8)); }),
       plane(0, false, false, true)},
  };
}

std::vector<KnownSet> of_space() {
  KnownTruth oblate = filled(3, 3);
  oblate.candidates = {{"rotation(vx,vy)", true}, {"rotation(vx,vz)", false}, {"reflection(vz)", true}};
  const Eigen::MatrixXd oblique = fixed_matrix(3, 3, 21);
  return {
      {"Gaussian of unequal widths", words("vx vy vz"),
       each([](Draws& d) { return to_row(d.normals(3).cwiseProduct(Eigen::Vector3d(1, 1, 1.4))); }), oblate},
      {"oblique ball", words("x y z"),
       each([=](Draws& d) { return to_row(std::cbrt(d.uniform()) * oblique * d.direction(3)); }),
       filled(3, 3)},
      {"thick shell", words("x y z"),
       each([](Draws& d) { return to_row((1 + 0.15 * d.normal()) * d.direction(3)); }), filled(3, 3)},
      {"Student t, not independent", words("x y z"),
       each([](Draws& d) { return to_row(d.normals(3) / std::sqrt(d.exponential())); }), filled(3, 3)},
      {"full cylinder", words("x y z"),
       each([](Draws& d) { return joined(polar(std::sqrt(d.uniform()), d.angle()), {d.uniform(-1, 1)}); }),
       filled(3, 1)},
      {"two clouds on one axis", words("x y z"), each([](Draws& d) -> Row {
         return {3 * d.sign() + d.normal(), d.normal(), d.normal()};
       }),
       filled(3, 1)},
      {"full torus", words("x y z"), each([](Draws& d) {
         const double r = 0.5 * std::sqrt(d.uniform()), t = d.angle();
         return joined(polar(2 + r * cos(t), d.angle()), {r * sin(t)});
       }),
       filled(3, 1)},
      {"octahedron", words("x y z"), each([](Draws& d) {
         VectorXd v(3);
         for (double& part : v) part = d.sign() * d.exponential();
         return to_row(v * (std::cbrt(d.uniform()) / v.lpNorm<1>()));
       }),
       filled(3, 0)},
  };
}

std::vector<KnownSet> of_more_dimensions() {
  const Eigen::MatrixXd mixing = fixed_matrix(5, 5, 33);
  return {
      {"two thick rings", words("x y z w"), each([](Draws& d) {
         return joined(polar(1 + 0.2 * d.normal(), d.angle()), polar(2 + 0.3 * d.normal(), d.angle()));
       }),
       filled(4, 2)},
      {"ball of four dimensions", words("x y z w"),
       each([](Draws& d) { return to_row(std::pow(d.uniform(), 0.25) * d.direction(4)); }), filled(4, 6)},
      {"correlated Gaussian", numbered(5), each([=](Draws& d) { return to_row(mixing * d.normals(5)); }),
       filled(5, 10)},
      {"Gaussian plane and cube", words("x y z w"), each([](Draws& d) {
         return joined(to_row(d.normals(2)), {d.uniform(-1, 1), d.exponential()});
       }),
       filled(4, 1)},
  };
}

}  // namespace

std::vector<KnownSet> densities() {
  std::vector<KnownSet> all = of_the_plane();
  for (const auto& part : {of_space(), of_more_dimensions()}) all.insert(all.end(), part.begin(), part.end());
  return all;
}

}  // namespace symscan::truth
