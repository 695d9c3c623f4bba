#pragma once
#include <cstddef>

#include "host/base/json.hpp"

/// Seeds "auto": sets of three, of which the sweep trains as many as it takes to meet the lowest loss of each
/// problem often enough (host/store/seed_search.hpp).
namespace symscan {

inline constexpr int automatic_seed_set = 3;
inline constexpr int most_automatic_seeds = 12;

/// Whether a resolved config leaves the seeds to the sweep.
bool seeds_are_automatic(const Json& resolved);

/// The seeds that a replica of a resolved config may have: its list, or the numbers of its range, or 1 to
/// most_automatic_seeds.
Json seed_list(const Json& resolved);
std::size_t seed_count(const Json& resolved);  ///< how many that are

/// The member "seeds" of a resolved config, from `seed` or `seeds` of a document: a list, "auto", or a range
/// such as "1..100000", which stays the text that it is. Throws ConfigError.
Json check_seeds(const Json& document);

}  // namespace symscan
