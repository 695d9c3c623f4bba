#include "host/data/pdg.hpp"

#include <charconv>

namespace symscan {
namespace {

constexpr Particle kParticles[] = {
    {11, "e-", 0.00051099895},
    {-11, "e+", 0.00051099895},
    {13, "mu-", 0.1056583755},
    {-13, "mu+", 0.1056583755},
    {15, "tau-", 1.77686},
    {-15, "tau+", 1.77686},
    {12, "nu_e", 0},
    {-12, "nu_e~", 0},
    {14, "nu_mu", 0},
    {-14, "nu_mu~", 0},
    {16, "nu_tau", 0},
    {-16, "nu_tau~", 0},
    {22, "gamma", 0},
    {21, "g", 0},
    {23, "Z", 91.1876},
    {24, "W+", 80.377},
    {-24, "W-", 80.377},
    {25, "H", 125.25},
    {1, "d", 0},
    {-1, "d~", 0},
    {2, "u", 0},
    {-2, "u~", 0},
    {3, "s", 0},
    {-3, "s~", 0},
    {4, "c", 1.27},
    {-4, "c~", 1.27},
    {5, "b", 4.18},
    {-5, "b~", 4.18},
    {6, "t", 172.69},
    {-6, "t~", 172.69},
    {211, "pi+", 0.13957039},
    {-211, "pi-", 0.13957039},
    {111, "pi0", 0.1349768},
    {321, "K+", 0.493677},
    {-321, "K-", 0.493677},
    {2212, "p", 0.93827209},
    {-2212, "p~", 0.93827209},
    {2112, "n", 0.93956542},
    {-2112, "n~", 0.93956542},
};

}  // namespace

const Particle* find_particle(int id) {
  for (const Particle& particle : kParticles) {
    if (particle.id == id) return &particle;
  }
  return nullptr;
}

std::string particle_name(int id) {
  const Particle* particle = find_particle(id);
  return particle ? particle->name : "pdg " + std::to_string(id);
}

std::optional<int> particle_id(std::string_view name) {
  for (const Particle& particle : kParticles) {
    if (name == particle.name) return particle.id;
  }
  if (!name.starts_with("pdg ")) return std::nullopt;
  name.remove_prefix(4);
  int id = 0;
  const auto result = std::from_chars(name.data(), name.data() + name.size(), id);
  if (result.ec != std::errc{} || result.ptr != name.data() + name.size()) return std::nullopt;
  return id;
}

}  // namespace symscan
