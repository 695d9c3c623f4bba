#pragma once
#include <optional>
#include <vector>

#include "host/store/optima.hpp"
#include "host/store/run_results.hpp"

namespace symscan {

/// The group that speaks for a study, and what it is compared with.
struct MainGroup {
  const Group* group = nullptr;    ///< none: no replica is done
  std::optional<Problem> problem;  ///< the one that it belongs to
};

/// The problem (optima.hpp) is that of the first group with the largest latent_dim whose lowest training has
/// converged, else of the first. Of the groups of the problem that came within a tenth of its lowest loss,
/// those whose lowest training has converged are looked at, else all. Of them, the group is the first with
/// the largest latent_dim that ended in the class of their lowest loss, or within 2 % of that loss.
MainGroup find_main_group(const RunResults& results, const std::vector<Group>& groups, int dataset);

/// The group alone; nullptr if no replica is done.
const Group* main_group(const RunResults& results, const std::vector<Group>& groups, int dataset);

}  // namespace symscan
