#include "host/config/seeds.hpp"

#include <set>

#include "host/base/error.hpp"
#include "host/config/check.hpp"
#include "host/config/fields.hpp"

namespace symscan {
namespace {

const Json automatic = "auto";

}  // namespace

bool seeds_are_automatic(const Json& resolved) {
  return resolved.at("seeds") == automatic;
}

Json seed_list(const Json& resolved) {
  if (!seeds_are_automatic(resolved)) return resolved.at("seeds");
  Json seeds = Json::array();
  for (int seed = 1; seed <= most_automatic_seeds; ++seed) seeds.push_back(seed);
  return seeds;
}

Json check_seeds(const Json& document) {
  const bool one = document.contains("seed"), many = document.contains("seeds");
  if (one && many) throw ConfigError("the config has both 'seed' and 'seeds'; keep one of them");
  const Field& field = seed_field();
  if (one) return Json::array({check_value(field, "seed", document["seed"])});
  if (!many) return Json::array({field.default_value});
  const Json& given = document["seeds"];
  if (given == automatic) return given;
  if (given.is_string()) {
    throw ConfigError("seeds must be an integer, a list of integers or \"auto\", not " + describe(given));
  }
  if (!given.is_array()) return Json::array({check_value(field, "seeds", given)});
  Json seeds = check_swept(field, "seeds", given);
  std::set<std::int64_t> seen;
  for (const Json& seed : seeds) {
    if (!seen.insert(seed.get<std::int64_t>()).second) {
      throw ConfigError("seeds holds " + seed.dump() + " twice; replicas with the same seed are identical");
    }
  }
  return seeds;
}

}  // namespace symscan
