#include "host/config/seeds.hpp"

#include <charconv>
#include <optional>
#include <set>

#include "host/base/error.hpp"
#include "host/config/check.hpp"
#include "host/config/config.hpp"
#include "host/config/fields.hpp"

namespace symscan {
namespace {

const Json automatic = "auto";

struct SeedRange {
  std::int64_t first = 0, last = 0;
};

/// "1..100000"; none if it is no such text.
std::optional<SeedRange> range_of(const Json& given) {
  if (!given.is_string()) return std::nullopt;
  const auto& text = given.get_ref<const std::string&>();
  const std::size_t dots = text.find("..");
  if (dots == std::string::npos) return std::nullopt;
  const auto number = [&](const char* begin, const char* end, std::int64_t& value) {
    const auto [after, error] = std::from_chars(begin, end, value);
    return error == std::errc() && after == end && begin != end && *begin != '-';
  };
  SeedRange range;
  const char* const begin = text.data();
  if (!number(begin, begin + dots, range.first) || !number(begin + dots + 2, begin + text.size(), range.last))
    return std::nullopt;
  return range;
}

Json check_range(const Json& given, const SeedRange& range) {
  (void)check_value(seed_field(), "seeds", range.first);
  (void)check_value(seed_field(), "seeds", range.last);
  if (range.last < range.first)
    throw ConfigError("seeds " + describe(given) + " ends before it begins; write \"" +
                      std::to_string(range.last) + ".." + std::to_string(range.first) + "\"");
  if (range.last - range.first >= static_cast<std::int64_t>(most_replicas))
    throw ConfigError("seeds " + describe(given) + " has more than " + std::to_string(most_replicas) +
                      " seeds; split them into several configs");
  return given;
}

}  // namespace

bool seeds_are_automatic(const Json& resolved) {
  return resolved.at("seeds") == automatic;
}

Json seed_list(const Json& resolved) {
  if (const auto range = range_of(resolved.at("seeds"))) {
    Json seeds = Json::array();
    for (std::int64_t seed = range->first; seed <= range->last; ++seed) seeds.push_back(seed);
    return seeds;
  }
  if (!seeds_are_automatic(resolved)) return resolved.at("seeds");
  Json seeds = Json::array();
  for (int seed = 1; seed <= most_automatic_seeds; ++seed) seeds.push_back(seed);
  return seeds;
}

std::size_t seed_count(const Json& resolved) {
  const Json& seeds = resolved.at("seeds");
  if (const auto range = range_of(seeds)) return static_cast<std::size_t>(range->last - range->first) + 1;
  return seeds_are_automatic(resolved) ? most_automatic_seeds : seeds.size();
}

Json check_seeds(const Json& document) {
  const bool one = document.contains("seed"), many = document.contains("seeds");
  if (one && many) throw ConfigError("the config has both 'seed' and 'seeds'; keep one of them");
  const Field& field = seed_field();
  if (one) return Json::array({check_value(field, "seed", document["seed"])});
  if (!many) return Json::array({field.default_value});
  const Json& given = document["seeds"];
  if (given == automatic) return given;
  if (const auto range = range_of(given)) return check_range(given, *range);
  if (given.is_string()) {
    throw ConfigError(
        "seeds must be an integer, a list of integers, a range such as \"1..100\" or \"auto\", not " +
        describe(given));
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
