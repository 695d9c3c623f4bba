#pragma once
#include <vector>

#include "host/config/config.hpp"

namespace symscan {

/// The replicas of a checked config: the product of all lists, datasets outermost, then the settings in the
/// order of the tables, seeds innermost; the lists that a zip names advance together, at the place of the
/// first of them. Throws ConfigError for zips that do not fit, values listed twice, and more than
/// `most` replicas.
std::vector<ReplicaConfig> expand_sweep(const Json& resolved, std::size_t most = most_replicas);

/// Checked `zip` of a config: a list of lists of at least two dotted paths. Throws ConfigError.
Json check_zip(const Json& given);

}  // namespace symscan
