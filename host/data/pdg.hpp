#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace symscan {

/// A particle as event files know it (Review of Particle Physics, Monte Carlo numbering scheme).
struct Particle {
  int id;            ///< PDG id
  const char* name;  ///< e.g. "mu-"
  double mass;  ///< GeV; what is written where a mass is asked for and the momenta are too coarse to tell
};

/// nullptr for ids without a common short name.
const Particle* find_particle(int id);

/// "mu-", or "pdg 1000022".
std::string particle_name(int id);

/// The inverse of particle_name().
std::optional<int> particle_id(std::string_view name);

}  // namespace symscan
