#include "host/config/differing_keys.hpp"

#include "host/config/fields.hpp"
#include "host/config/seeds.hpp"

namespace symscan {
namespace {

void append_differences(const Json& left, const Json& right, const std::string& path,
                        std::vector<std::string>& keys) {
  if (left == right) return;
  if (!left.is_object() || !right.is_object()) {
    keys.push_back(path);
    return;
  }
  for (const auto& [key, value] : left.items()) {
    const auto other = right.find(key);
    if (other == right.end()) {
      keys.push_back(join_path(path, key));
    } else {
      append_differences(value, *other, join_path(path, key), keys);
    }
  }
  for (const auto& [key, value] : right.items()) {
    if (!left.contains(key)) keys.push_back(join_path(path, key));
  }
}

/// A range and a list may be the same seeds.
bool have_same_seeds(const Json& left, const Json& right) {
  if (!left.is_object() || !right.is_object() || !left.contains("seeds") || !right.contains("seeds"))
    return false;
  return !seeds_are_automatic(left) && !seeds_are_automatic(right) && seed_list(left) == seed_list(right);
}

}  // namespace

std::vector<std::string> differing_keys(const Json& left, const Json& right) {
  std::vector<std::string> keys;
  append_differences(left, right, "", keys);
  if (have_same_seeds(left, right)) std::erase(keys, "seeds");
  return keys;
}

}  // namespace symscan
