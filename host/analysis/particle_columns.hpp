#pragma once
#include <array>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "host/base/eigen.hpp"

namespace symscan {

inline const std::array<std::string, 3> kMomenta = {"px", "py", "pz"};

/// Columns of one particle.
struct ParticleColumns {
  std::string name;                        ///< as in the columns: "mu-", "g 2", or "" for a column "px"
  std::map<std::string, Eigen::Index> at;  ///< E, px, py, pz, pt, eta, phi, y, theta or m -> column

  bool has(const std::string& feature) const { return at.contains(feature); }
};

/// The particles whose columns "px(mu-)", "px_mu-", "mu-_px", "px1" or "px" hold some component of a
/// momentum, in the order of the columns.
std::vector<ParticleColumns> find_particles(const std::vector<std::string>& columns);

/// "mu- 1" -> "mu+ 1"; particles that are their own antiparticles -> themselves; nothing if unknown.
std::optional<std::string> antiparticle(const std::string& name);

}  // namespace symscan
