#include "tests/truth/known_sets.hpp"

namespace symscan::truth {

Eigen::MatrixXd rows_of(const KnownSet& set) {
  Draws draws(set.name);
  return set.rows(draws, set.count);
}

std::vector<KnownSet> known_sets() {
  std::vector<KnownSet> all;
  for (const auto& kind : {curves(), surfaces(), matrix_sets(), physics_laws(), particle_sets(), densities(),
                           nulls(), degraded_sets()})
    all.insert(all.end(), kind.begin(), kind.end());
  return all;
}

}  // namespace symscan::truth
