#include "host/analysis/value_clusters.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <random>

namespace symscan {
namespace {

using Eigen::Index;
using Eigen::VectorXcd;

struct Join {
  double distance;
  Index one, other;
};

/// The joins of the shortest tree that connects all values, shortest first.
std::vector<Join> shortest_tree(const VectorXcd& values) {
  std::vector<Join> joins;
  for (Index i = 0; i < values.size(); ++i)
    for (Index j = 0; j < i; ++j) joins.push_back({std::abs(values(i) - values(j)), i, j});
  std::sort(joins.begin(), joins.end(), [](const Join& a, const Join& b) { return a.distance < b.distance; });
  std::vector<Index> member(static_cast<std::size_t>(values.size()));
  for (std::size_t i = 0; i < member.size(); ++i) member[i] = static_cast<Index>(i);
  std::vector<Join> tree;
  for (const Join& join : joins) {
    const Index kept = member[static_cast<std::size_t>(join.one)];
    const Index lost = member[static_cast<std::size_t>(join.other)];
    if (kept == lost) continue;
    std::replace(member.begin(), member.end(), lost, kept);
    tree.push_back(join);
  }
  return tree;
}

std::vector<Index> members_after(const VectorXcd& values, int count) {
  std::vector<Index> member(static_cast<std::size_t>(values.size()));
  for (std::size_t i = 0; i < member.size(); ++i) member[i] = static_cast<Index>(i);
  const std::vector<Join> tree = shortest_tree(values);
  for (Index k = 0; k < values.size() - count; ++k) {
    const Join& join = tree[static_cast<std::size_t>(k)];
    const Index kept = member[static_cast<std::size_t>(join.one)];
    std::replace(member.begin(), member.end(), Index(member[static_cast<std::size_t>(join.other)]), kept);
  }
  return member;
}

ValueCluster cluster_of(const VectorXcd& values, const std::vector<Index>& member, Index label) {
  ValueCluster cluster;
  cluster.outside = std::numeric_limits<double>::infinity();
  for (Index i = 0; i < values.size(); ++i) {
    if (member[static_cast<std::size_t>(i)] != label) continue;
    cluster.centre += values(i);
    ++cluster.count;
  }
  cluster.centre /= static_cast<double>(cluster.count);
  for (Index i = 0; i < values.size(); ++i) {
    const double distance = std::abs(values(i) - cluster.centre);
    if (member[static_cast<std::size_t>(i)] == label) {
      cluster.radius = std::max(cluster.radius, distance);
    } else {
      cluster.outside = std::min(cluster.outside, distance);
    }
  }
  return cluster;
}

}  // namespace

std::vector<ValueCluster> clusters_of(const VectorXcd& values, int count) {
  const std::vector<Index> member = members_after(values, count);
  std::vector<Index> labels = member;
  std::sort(labels.begin(), labels.end());
  labels.erase(std::unique(labels.begin(), labels.end()), labels.end());
  std::vector<ValueCluster> clusters;
  for (const Index label : labels) clusters.push_back(cluster_of(values, member, label));
  return clusters;
}

std::vector<double> joining_distances(const VectorXcd& values) {
  std::vector<double> distances;
  for (const Join& join : shortest_tree(values)) distances.push_back(join.distance);
  return distances;
}

std::optional<Index> clearly_above(const Eigen::VectorXd& squares, double least) {
  constexpr double clear = 3;
  const Index count = (squares.array() > least * least).count();
  const Index sure = (squares.array() > clear * clear * least * least).count();
  return count == sure ? std::optional(count) : std::nullopt;
}

Eigen::VectorXd trial_weights(Index count, int trial) {
  std::mt19937_64 random(static_cast<std::uint64_t>(trial));
  Eigen::VectorXd weights(count);
  for (double& weight : weights) weight = static_cast<double>(random() >> 11) * 0x1.0p-52 - 1;
  return weights;
}

}  // namespace symscan
