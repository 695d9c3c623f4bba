#include "host/report/shown_groups.hpp"

#include <algorithm>
#include <set>

namespace symscan {
namespace {

using Values = std::set<std::size_t>;  // positions in a list of the sweep

/// `count` of the values, evenly spaced, the last always.
Values spread_over(const Values& values, std::size_t count) {
  const std::vector<std::size_t> all(values.begin(), values.end());
  Values kept;
  for (std::size_t i = 0; i < count; ++i) kept.insert(all[(i + 1) * all.size() / count - 1]);
  return kept;
}

/// Shortens the longest list by a tenth until there are no more than `most` points.
std::vector<Values> thinned_lists(std::vector<Values> lists, std::size_t most) {
  std::vector<std::size_t> counts;
  for (const Values& list : lists) counts.push_back(list.size());
  const auto points = [&] {
    double product = 1;
    for (const std::size_t count : counts) product *= static_cast<double>(count);
    return product;
  };
  while (points() > static_cast<double>(most)) {
    const auto longest = std::max_element(counts.begin(), counts.end());
    if (*longest <= 1) break;
    *longest -= std::max<std::size_t>(1, *longest / 10);
  }
  for (std::size_t a = 0; a < lists.size(); ++a) lists[a] = spread_over(lists[a], counts[a]);
  return lists;
}

/// Evenly spaced, the last always.
std::vector<int> thinned_members(const std::vector<int>& members, std::size_t most) {
  std::vector<int> shown;
  for (std::size_t i = 0; i < most; ++i) shown.push_back(members[(i + 1) * members.size() / most - 1]);
  return shown;
}

}  // namespace

std::vector<int> shown_groups(const std::vector<Group>& groups, const std::vector<int>& members,
                              std::size_t most) {
  if (members.size() <= most) return members;
  const auto config_of = [&](int member) -> const ReplicaConfig& {
    return *groups[static_cast<std::size_t>(member)].config;
  };
  const auto& points = config_of(members.front()).points;
  std::vector<Values> lists(points->axes.size());
  for (const int member : members) {
    // Equal datasets of several lists: no grid.
    if (config_of(member).points != points) return thinned_members(members, most);
    const std::vector<std::size_t> place = points->place(config_of(member).point);
    for (std::size_t a = 0; a < place.size(); ++a) lists[a].insert(place[a]);
  }
  lists = thinned_lists(std::move(lists), most);
  std::vector<int> shown;
  for (const int member : members) {
    const std::vector<std::size_t> place = points->place(config_of(member).point);
    bool is_shown = true;
    for (std::size_t a = 0; a < place.size(); ++a) is_shown = is_shown && lists[a].contains(place[a]);
    if (is_shown) shown.push_back(member);
  }
  return shown;
}

}  // namespace symscan
