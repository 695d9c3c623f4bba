#include "host/analysis/particle_columns.hpp"

#include <algorithm>
#include <cctype>
#include <limits>
#include <utility>

#include "host/data/pdg.hpp"

namespace symscan {
namespace {

const std::vector<std::string> kFeatures = {"E", "px", "py", "pz", "pt", "eta", "phi", "y", "theta", "m"};

/// "px(mu-)", "px_mu-", "mu-_px", "px1" and "px" -> {"px", particle}.
std::optional<std::pair<std::string, std::string>> split_column(const std::string& column) {
  for (const std::string& feature : kFeatures) {
    const std::size_t size = feature.size();
    if (column.starts_with(feature)) {
      const std::string rest = column.substr(size);
      if (rest.empty()) return std::pair{feature, rest};
      if (rest.size() > 2 && rest.front() == '(' && rest.back() == ')')
        return std::pair{feature, rest.substr(1, rest.size() - 2)};
      if (rest.size() > 1 && rest.front() == '_') return std::pair{feature, rest.substr(1)};
      if (std::all_of(rest.begin(), rest.end(), [](unsigned char c) { return std::isdigit(c); }))
        return std::pair{feature, rest};
    }
    if (column.size() > size + 1 && column.ends_with("_" + feature))
      return std::pair{feature, column.substr(0, column.size() - size - 1)};
  }
  return std::nullopt;
}

bool has_momentum(const ParticleColumns& particle) {
  return std::any_of(kMomenta.begin(), kMomenta.end(), [&](const auto& p) { return particle.has(p); });
}

}  // namespace

// Only what has a momentum is a particle: "m" and "y" alone mean nothing.
std::vector<ParticleColumns> find_particles(const std::vector<std::string>& columns) {
  std::vector<ParticleColumns> particles;
  std::map<std::string, std::size_t> places;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const auto split = split_column(columns[i]);
    if (!split) continue;
    const auto [place, fresh] = places.emplace(split->second, particles.size());
    if (fresh) particles.push_back({.name = split->second, .at = {}});
    particles[place->second].at.emplace(split->first, static_cast<Eigen::Index>(i));
  }
  std::erase_if(particles, [](const ParticleColumns& particle) { return !has_momentum(particle); });
  return particles;
}

std::optional<std::string> antiparticle(const std::string& name) {
  const auto of = [](const std::string& word) -> std::optional<std::string> {
    const std::optional<int> id = particle_id(word);
    if (!id || *id == std::numeric_limits<int>::min()) return std::nullopt;
    // Particles in the table whose opposite is not are neutral: gamma, g, Z, H, pi0.
    const bool neutral = find_particle(*id) && !find_particle(-*id);
    return neutral ? word : particle_name(-*id);
  };
  if (auto whole = of(name)) return whole;
  const std::size_t blank = name.rfind(' ');
  if (blank == std::string::npos) return std::nullopt;
  if (const auto word = of(name.substr(0, blank))) return *word + name.substr(blank);
  return std::nullopt;
}

}  // namespace symscan
