// Four-momenta of particles, by their own kinematics.
#include <cmath>

#include "tests/truth/known_sets.hpp"

namespace symscan::truth {
namespace {

using Eigen::Vector3d;
using Eigen::Vector4d;

std::vector<std::string> momenta(const std::string& particles, const std::string& parts = "E px py pz") {
  std::vector<std::string> names;
  for (const std::string& particle : words(particles))
    for (const std::string& part : words(parts)) names.push_back(part + "(" + particle + ")");
  return names;
}

Vector4d momentum(double mass, const Vector3d& p) {
  Vector4d four;
  four << std::sqrt(mass * mass + p.squaredNorm()), p;
  return four;
}

/// p as seen from a system in which the parent, at rest before, has the momentum `parent`.
Vector4d boosted(const Vector4d& p, const Vector4d& parent) {
  const double mass = std::sqrt(parent(0) * parent(0) - parent.tail<3>().squaredNorm());
  const double along = p.tail<3>().dot(parent.tail<3>());
  Vector4d result;
  result(0) = (parent(0) * p(0) + along) / mass;
  result.tail<3>() = p.tail<3>() + parent.tail<3>() * ((p(0) + along / (mass + parent(0))) / mass);
  return result;
}

struct Pair {
  Vector4d first, second;
};

/// The decay of a parent into two particles, isotropic in its rest system.
Pair decay(Draws& d, const Vector4d& parent, double mass, double first, double second) {
  const double sum = first + second, difference = first - second;
  const double size =
      std::sqrt((mass * mass - sum * sum) * (mass * mass - difference * difference)) / (2 * mass);
  const Vector3d p = size * d.direction(3);
  return {boosted(momentum(first, p), parent), boosted(momentum(second, -p), parent)};
}

Vector4d at_rest(double mass) {
  return {mass, 0, 0, 0};
}

Row all_of(const std::vector<Vector4d>& particles) {
  Row row;
  for (const Vector4d& particle : particles) row = joined(row, to_row(particle));
  return row;
}

/// b, e+ and neutrino of a top quark.
std::vector<Vector4d> top_decay(Draws& d, const Vector4d& top) {
  const Pair first = decay(d, top, 172.5, 4.7, 80.4);
  const Pair second = decay(d, first.second, 80.4, 0, 0);
  return {first.first, second.first, second.second};
}

KnownTruth isotropic(int dimension, int generators, const std::string& algebra, int relations) {
  return {.dimensions = {dimension},
          .generators = generators,
          .algebra = algebra,
          .rotations = "so(3)",
          .kept = 3,
          .relations = relations};
}

std::vector<KnownSet> free_particles() {
  KnownTruth two = isotropic(6, 14, "so(1,3) + so(1,3) + 2 scalings", 2);
  two.rotations = "so(3)+so(3)";
  two.kept = 6;
  KnownTruth along_beam = isotropic(3, 6, "so(1,3)", 1);
  along_beam.kept = 1;
  along_beam.candidates = {{"rotation(px,py)", true}, {"rotation(py,pz)", false}, {"reflection(pz)", true}};
  return {
      {"two massless particles", momenta("a b"), each([](Draws& d) {
         return all_of({momentum(0, d.normals(3)), momentum(0, 2 * d.normals(3))});
       }),
       two},
      {"one massive particle", momenta("a"),
       each([](Draws& d) { return all_of({momentum(1, 3 * d.normals(3))}); }), isotropic(3, 6, "so(1,3)", 1)},
      {"one massive particle near a beam", momenta("a"),
       each([](Draws& d) { return all_of({momentum(1, d.normals(3).cwiseProduct(Vector3d(1, 1, 3)))}); }),
       along_beam},
      {"two photons of fixed energy", momenta("g1 g2"), each([](Draws& d) {
         const Vector3d p = 5 * d.direction(3);
         return all_of({momentum(0, p), momentum(0, -p)});
       }),
       // Constant energies and the sum of the momenta are linear.
       isotropic(2, 3, "so(3)", 6)},
      {"muon pairs at rest of any energy", momenta("mu- mu+"), each([](Draws& d) {
         const Vector3d p = d.uniform(1, 5) * d.direction(3);
         return all_of({momentum(2, p), momentum(2, -p)});
       }),
       isotropic(3, 6, "so(1,3)", 5)},
      {"photon pairs at rest of any energy", momenta("g1 g2"), each([](Draws& d) {
         const Vector3d p = d.uniform(1, 5) * d.direction(3);
         return all_of({momentum(0, p), momentum(0, -p)});
       }),
       isotropic(3, 7, "so(1,3) + scaling", 5)},
  };
}

std::vector<KnownSet> decays() {
  const auto three_massless = [](Draws& d) {
    const double mass = std::sqrt(d.uniform(1, 99));
    const Pair first = decay(d, at_rest(10), 10, 0, mass);
    const Pair second = decay(d, first.second, mass, 0, 0);
    return std::vector<Vector4d>{first.first, second.first, second.second};
  };
  return {
      // Four linear relations and three masses.
      {"three massless particles", momenta("a b c"),
       each([=](Draws& d) { return all_of(three_massless(d)); }), isotropic(5, 3, "so(3)", 7)},
      // The sum of the energies is no polynomial of degree two.
      {"three massless particles, momenta only", momenta("a b c", "px py pz"), each([=](Draws& d) {
         Row row;
         for (const Vector4d& p : three_massless(d)) row = joined(row, to_row(p.tail<3>()));
         return row;
       }),
       isotropic(5, 3, "so(3)", 3)},
      {"e+ e- to mu mu gamma", momenta("mu- mu+ gamma"), each([](Draws& d) {
         const double mass = std::sqrt(d.uniform(1, 98));
         const Pair first = decay(d, at_rest(10), 10, 0, mass);
         const Pair second = decay(d, first.second, mass, 0.10566, 0.10566);
         return all_of({second.first, second.second, first.first});
       }),
       isotropic(5, 3, "so(3)", 7)},
      {"top decay at rest", momenta("b e+ nu_e"),
       each([](Draws& d) { return all_of(top_decay(d, at_rest(172.5))); }), isotropic(4, 3, "so(3)", 8)},
      {"top decay in flight", momenta("b e+ nu_e"),
       each([](Draws& d) { return all_of(top_decay(d, momentum(172.5, 100 * d.normals(3)))); }),
       isotropic(7, 6, "so(1,3)", 5)},
      {"neutral pion to two photons, in flight", momenta("g1 g2"), each([](Draws& d) {
         const Pair photons = decay(d, momentum(0.135, 0.2 * d.normals(3)), 0.135, 0, 0);
         return all_of({photons.first, photons.second});
       }),
       // One photon may grow as the other shrinks: their masses and that of the pair stay.
       isotropic(5, 7, "so(1,3) + scaling", 3)},
  };
}

}  // namespace

std::vector<KnownSet> particle_sets() {
  std::vector<KnownSet> all = free_particles();
  for (const KnownSet& set : decays()) all.push_back(set);
  return all;
}

}  // namespace symscan::truth
