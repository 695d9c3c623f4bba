#include "host/report/shown_groups.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <set>

namespace symscan {
namespace {

/// The groups of a sweep without any result.
struct Groups {
  SweepConfig sweep;
  std::vector<Group> groups;
  std::vector<int> members;

  explicit Groups(const Json& config) : sweep(parse_config(config)) {
    for (const ReplicaConfig& replica : sweep.replicas) {
      if (static_cast<std::size_t>(replica.group) < groups.size()) continue;
      groups.emplace_back().config = &replica;
    }
    members.resize(groups.size());
    std::iota(members.begin(), members.end(), 0);
  }
};

Json many_groups(int betas, int latents) {
  Json config = {{"dataset", "circle"}, {"seeds", {1, 2}}};
  for (int i = 1; i <= betas; ++i) config["loss"]["beta"].push_back(0.25 * i);
  for (int i = 1; i <= latents; ++i) config["model"]["latent_dim"].push_back(i);
  return config;
}

TEST(ShownGroups, AreAllWhereThereAreFew) {
  const Groups few(many_groups(10, 5));
  EXPECT_EQ(shown_groups(few.groups, few.members, 50), few.members);
}

TEST(ShownGroups, AreAGridOfTheirOwn) {
  const Groups many(many_groups(100, 21));
  const std::vector<int> shown = shown_groups(many.groups, many.members, 250);
  EXPECT_TRUE(std::is_sorted(shown.begin(), shown.end()));
  EXPECT_LE(shown.size(), 250u);
  EXPECT_GE(shown.size(), 150u);
  EXPECT_EQ(shown.back(), many.members.back()) << "the last of each list is kept";
  std::map<int, std::set<double>> betas;
  for (const int member : shown) {
    const ReplicaConfig& config = *many.groups[static_cast<std::size_t>(member)].config;
    betas[config.model.latent_dim].insert(config.loss.beta);
  }
  EXPECT_GE(betas.size(), 8u);
  for (const auto& [latents, of_latents] : betas) EXPECT_EQ(of_latents, betas.begin()->second) << latents;
}

TEST(ShownGroups, AreSpreadOverOneLongList) {
  const Groups many(many_groups(1000, 1));
  const std::vector<int> shown = shown_groups(many.groups, many.members, 250);
  EXPECT_LE(shown.size(), 250u);
  EXPECT_GE(shown.size(), 200u);
  for (std::size_t i = 1; i < shown.size(); ++i) EXPECT_LE(shown[i] - shown[i - 1], 6);
}

}  // namespace
}  // namespace symscan
