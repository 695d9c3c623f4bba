// Groups of matrices: closure, names and the connected group of a Lie algebra.
#include "host/analysis/discrete_group.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

namespace symscan {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

MatrixXd turn(Index size, Index a, Index b, double angle) {
  MatrixXd m = MatrixXd::Identity(size, size);
  m(a, a) = m(b, b) = std::cos(angle);
  m(b, a) = std::sin(angle);
  m(a, b) = -std::sin(angle);
  return m;
}

MatrixXd part_turn(int n, Index size = 2) {
  return turn(size, 0, 1, 2 * std::numbers::pi / n);
}

MatrixXd exchange(Index size, Index a, Index b) {
  MatrixXd m = MatrixXd::Identity(size, size);
  m.row(a).swap(m.row(b));
  return m;
}

MatrixXd flip(Index size, Index a) {
  MatrixXd m = MatrixXd::Identity(size, size);
  m(a, a) = -1;
  return m;
}

MatrixXd plane(Index size, Index a, Index b) {
  MatrixXd m = MatrixXd::Zero(size, size);
  m(b, a) = 1;
  m(a, b) = -1;
  return m;
}

TEST(DiscreteGroup, CyclicAndDihedral) {
  EXPECT_EQ(describe_group({}).name, "trivial");
  for (int n = 3; n <= 12; ++n) {
    const std::string number = std::to_string(n);
    EXPECT_EQ(describe_group({part_turn(n)}).name, "C" + number);
    const DiscreteGroup both = describe_group({part_turn(n), flip(2, 0)});
    EXPECT_EQ(both.name, "D" + number);
    EXPECT_EQ(both.order, 2 * n);
  }
  EXPECT_EQ(describe_group({flip(2, 0)}).name, "Z2");
}

TEST(DiscreteGroup, Products) {
  EXPECT_EQ(describe_group({flip(2, 0), flip(2, 1)}).name, "Z2 x Z2");
  EXPECT_EQ(describe_group({flip(4, 0), flip(4, 1), flip(4, 2), flip(4, 3)}).name, "Z2^4");
  EXPECT_EQ(describe_group({part_turn(3, 3), flip(3, 2)}).order, 6);
  EXPECT_EQ(describe_group({part_turn(4, 3), flip(3, 0), flip(3, 2)}).name, "D4 x Z2");
  // The half turn is a quarter turn twice.
  EXPECT_EQ(describe_group({part_turn(4), -MatrixXd::Identity(2, 2)}).name, "C4");
}

TEST(DiscreteGroup, Permutations) {
  EXPECT_EQ(describe_group({exchange(3, 0, 1), exchange(3, 1, 2)}).name, "S3");
  const DiscreteGroup ten = describe_group([] {
    std::vector<MatrixXd> all;
    for (Index i = 0; i < 9; ++i) all.push_back(exchange(10, i, i + 1));
    return all;
  }());
  EXPECT_EQ(ten.name, "S10");
  EXPECT_EQ(ten.order, 3628800);
  EXPECT_EQ(describe_group({exchange(3, 0, 1), exchange(3, 1, 2), flip(3, 0)}).order, 48);
  EXPECT_EQ(describe_group({exchange(3, 0, 1) * exchange(3, 1, 2)}).name, "C3");
  // Particles of two columns.
  const MatrixXd a = exchange(6, 0, 2) * exchange(6, 1, 3), b = exchange(6, 2, 4) * exchange(6, 3, 5);
  EXPECT_EQ(describe_group({a, b}).name, "S3");
  EXPECT_EQ(describe_group({a, b, -MatrixXd::Identity(6, 6)}).name, "S3 x Z2");
}

TEST(DiscreteGroup, RotationsOfPolyhedra) {
  const MatrixXd cycle = exchange(3, 0, 1) * exchange(3, 1, 2);
  EXPECT_EQ(describe_group({cycle, flip(3, 0) * flip(3, 1)}).name, "A4");
  EXPECT_EQ(describe_group({cycle, part_turn(4, 3)}).name, "S4");
  EXPECT_EQ(describe_group({cycle, part_turn(4, 3), flip(3, 0)}).order, 48);
}

TEST(DiscreteGroup, InfiniteGroupsHaveNoOrder) {
  EXPECT_TRUE(group_closure({turn(2, 0, 1, 1.0)}, 1000).empty());
  EXPECT_EQ(describe_group({turn(2, 0, 1, 1.0)}).order, 0);
}

TEST(DiscreteGroup, IndependentGenerators) {
  EXPECT_EQ(independent_generators({part_turn(4), part_turn(2), flip(2, 0), flip(2, 1)}),
            (std::vector<std::size_t>{0, 2}));
}

TEST(ConnectedGroup, TurnsOfTheWholeSpace) {
  std::vector<MatrixXd> chain;
  for (Index i = 0; i < 4; ++i) chain.push_back(plane(5, i, i + 1));
  const ConnectedGroup turns(chain);
  EXPECT_TRUE(turns.contains(MatrixXd::Identity(5, 5)));
  EXPECT_TRUE(turns.contains(turn(5, 0, 4, 2.0) * turn(5, 1, 2, -1.0)));
  EXPECT_TRUE(turns.contains(exchange(5, 0, 1) * exchange(5, 3, 4)));
  EXPECT_TRUE(turns.contains(flip(5, 0) * flip(5, 4)));
  EXPECT_FALSE(turns.contains(flip(5, 0)));
  const ConnectedGroup one({plane(5, 0, 1)});
  EXPECT_TRUE(one.contains(turn(5, 0, 1, std::numbers::pi)));
  EXPECT_FALSE(one.contains(turn(5, 1, 2, 1.0)));
  EXPECT_FALSE(one.contains(flip(5, 0) * flip(5, 2)));
  EXPECT_TRUE(ConnectedGroup({}).contains(MatrixXd::Identity(2, 2)));
}

TEST(ConnectedGroup, ComponentsOfTheOrthogonalGroup) {
  const ConnectedGroup turns({plane(3, 0, 1), plane(3, 1, 2)});
  const SameElement same = [&](const MatrixXd& a, const MatrixXd& b) {
    return turns.contains(a.transpose() * b);
  };
  const DiscreteGroup group =
      describe_group({flip(3, 0), exchange(3, 0, 2), -MatrixXd::Identity(3, 3)}, 64, same);
  EXPECT_EQ(group.name, "Z2");
  EXPECT_EQ(independent_generators({flip(3, 0), exchange(3, 0, 2)}, 64, same).size(), 1u);
}

}  // namespace
}  // namespace symscan
