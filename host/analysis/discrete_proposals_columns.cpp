// Proposals that exchange, reflect or shift columns and particles.
#include <algorithm>

#include "host/analysis/discrete_proposal_builder.hpp"
#include "host/base/text.hpp"

namespace symscan {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr Index kMostTriples = 20;
constexpr std::size_t kBothAtOnce = 5;  ///< columns
constexpr std::size_t kFewParticles = 6;

}  // namespace

/// Of one component of all momenta, and of all: that one is returned, the unit if there are fewer than two.
MatrixXd ProposalBuilder::add_momentum_reflections() {
  MatrixXd parity = identity();
  int axes = 0;
  for (const std::string& momentum : kMomenta) {
    MatrixXd matrix = identity();
    bool angles = false;
    for (const ParticleColumns& particle : particles_) {
      for (const char* angle : {"eta", "phi", "y", "theta"}) angles = angles || particle.has(angle);
      if (particle.has(momentum)) matrix(particle.at.at(momentum), particle.at.at(momentum)) = -1;
    }
    if (angles || matrix.isIdentity(0)) continue;
    parity = parity * matrix;
    add("reflection " + momentum + " -> -" + momentum + (particles_.size() > 1 ? " of all particles" : ""),
        Rank::reflections, matrix);
    found_.back().named = true;
    ++axes;
  }
  if (axes < 2) return identity();
  add("all momenta -> minus themselves (parity)", Rank::subsets, parity);
  found_.back().named = true;
  return parity;
}

void ProposalBuilder::add_particles() {
  const auto same_columns = [](const ParticleColumns& a, const ParticleColumns& b) {
    return a.at.size() == b.at.size() &&
           std::equal(a.at.begin(), a.at.end(), b.at.begin(),
                      [](const auto& x, const auto& y) { return x.first == y.first; });
  };
  const auto swapped = [&](const ParticleColumns& a, const ParticleColumns& b) {
    MatrixXd matrix = identity();
    for (const auto& [feature, column] : a.at) exchange(matrix, column, b.at.at(feature));
    return matrix;
  };
  const MatrixXd parity = add_momentum_reflections();
  for (std::size_t b = 0; b < particles_.size(); ++b) {
    bool chained = false;
    for (std::size_t a = b; a-- > 0;) {
      if (!same_columns(particles_[a], particles_[b])) continue;
      if (chained && particles_.size() > kFewParticles) break;
      const MatrixXd matrix = swapped(particles_[a], particles_[b]);
      const std::string pair = particles_[a].name + " and " + particles_[b].name;
      add_permutation("exchange of particles " + pair, Rank::exchanges, matrix);
      found_.back().named = particles_.size() <= 4;
      chained = true;
      if (!parity.isIdentity(0))
        add("exchange of particles " + pair + " and all momenta -> minus themselves", Rank::cycles,
            matrix * parity);
      for (std::size_t c = 0; c < a && particles_.size() <= kFewParticles; ++c) {
        if (!same_columns(particles_[a], particles_[c])) continue;
        add_permutation("cyclic permutation of particles " + particles_[c].name + ", " + particles_[a].name +
                            ", " + particles_[b].name,
                        Rank::cycles, matrix * swapped(particles_[c], particles_[a]));
      }
    }
  }
}

void ProposalBuilder::add_exchanges() {
  const bool small = static_cast<Index>(plain_.size()) <= kSmallTable;
  Index triples = 0;
  for (std::size_t j = 0; j < plain_.size(); ++j) {
    bool chained = false;
    for (std::size_t i = j; i-- > 0;) {
      const Index a = plain_[i], b = plain_[j];
      if (!alike(a, b) || (chained && !small)) continue;
      MatrixXd matrix = identity();
      exchange(matrix, a, b);
      add_permutation("exchange of " + name(a) + " and " + name(b), chained ? Rank::lines : Rank::exchanges,
                      matrix);
      chained = true;
      for (std::size_t k = 0; k < i && small && triples < kMostTriples; ++k) {
        if (!alike(plain_[k], a)) continue;
        MatrixXd cycle = matrix;
        exchange(cycle, plain_[k], a);
        add_permutation("cyclic permutation of " + name(plain_[k]) + ", " + name(a) + ", " + name(b),
                        Rank::cycles, cycle);
        ++triples;
      }
    }
  }
}

void ProposalBuilder::add_reflections() {
  const auto text = [&](Index f) {
    if (centre_(f) == 0) return name(f) + " -> -" + name(f);
    return name(f) + " -> " + rounded(2 * centre_(f)) + " - " + name(f);
  };
  MatrixXd point = identity();
  std::vector<std::string> parts;
  for (std::size_t j = 0; j < plain_.size(); ++j) {
    const Index b = plain_[j];
    MatrixXd matrix = identity();
    matrix(b, b) = point(b, b) = -1;
    parts.push_back(text(b));
    if (wide_) continue;
    add("reflection " + text(b), Rank::reflections, matrix);
    found_.back().named = true;
    for (std::size_t i = 0; i < j && plain_.size() > 2 && plain_.size() <= kBothAtOnce; ++i) {
      MatrixXd both = matrix;
      both(plain_[i], plain_[i]) = -1;
      add(text(plain_[i]) + ", " + text(b) + " (both at once)", Rank::subsets, both);
    }
  }
  if (parts.size() < 2) return;
  add(shortened(join_words(parts), 200) + " (point reflection)", Rank::subsets, point);
  found_.back().named = true;
}

}  // namespace symscan
