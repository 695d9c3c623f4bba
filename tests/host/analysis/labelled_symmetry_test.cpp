// Motions of the inputs that a labelled function does not notice: known functions, and none where there are
// none.
#include "host/analysis/labelled_symmetry.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>

#include "host/base/error.hpp"
#include "host/base/linear_algebra.hpp"
#include "tests/host/analysis/known_distributions.hpp"

namespace symscan {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;
using Function = std::function<double(const VectorXd&)>;

VectorXd labels_of(const MatrixXd& rows, const Function& f) {
  VectorXd values(rows.rows());
  for (Index i = 0; i < rows.rows(); ++i) values(i) = f(rows.row(i));
  return values;
}

double spread(const VectorXd& values) {
  return std::sqrt((values.array() - values.mean()).square().mean());
}

double interval(const VectorXd& x) {
  return x(0) * x(0) - x.tail(3).squaredNorm();
}

/// Of LieGG (Moskalev et al. 2022) and Finzi et al. (arXiv:2104.09459).
double of_two_vectors(const VectorXd& x) {
  const VectorXd one = x.head(5), other = x.tail(5);
  return std::sin(one.norm()) - std::pow(other.norm(), 3) / 2 + one.dot(other) / (one.norm() * other.norm());
}

/// Half the training suffices for functions of few columns.
LabelledSymmetry find_quickly(const MatrixXd& rows, const VectorXd& values) {
  LabelledSymmetrySettings settings;
  settings.model.network.steps = 2500;
  return find_labelled_symmetry(rows, values, settings);
}

LabelledSymmetry find(const MatrixXd& rows, const Function& f) {
  return find_quickly(rows, labels_of(rows, f));
}

/// The mean of |v.grad f| over that of |v| |grad f|, with differences of f itself.
double noticed(const LabelledGenerator& generator, const MatrixXd& rows, const Function& f) {
  double change = 0, motion = 0;
  for (Index i = 0; i < std::min<Index>(rows.rows(), 200); ++i) {
    const VectorXd x = rows.row(i), v = generator.matrix * x + generator.shift;
    VectorXd gradient(x.size());
    for (Index d = 0; d < x.size(); ++d) {
      const VectorXd step = 1e-5 * VectorXd::Unit(x.size(), d);
      gradient(d) = (f(x + step) - f(x - step)) / 2e-5;
    }
    change += std::abs(v.dot(gradient));
    motion += v.norm() * gradient.norm();
  }
  return change / motion;
}

void expect_generators(const LabelledSymmetry& found, std::size_t count, const std::string& algebra,
                       const MatrixXd& rows, const Function& f) {
  EXPECT_TRUE(found.known);
  EXPECT_EQ(found.generators.size(), count) << found.how;
  EXPECT_EQ(found.algebra, algebra);
  for (const LabelledGenerator& generator : found.generators) {
    EXPECT_EQ(generator.verdict, Invariance::established);
    // What is said of it holds for the function itself: errors of differences are below 1e-6.
    EXPECT_LT(noticed(generator, rows, f), generator.residual + 1e-6);
  }
}

void expect_nothing(const LabelledSymmetry& found) {
  EXPECT_TRUE(found.generators.empty()) << found.how;
  EXPECT_EQ(found.algebra, "none");
  EXPECT_TRUE(found.relative.empty());
}

TEST(LabelledSymmetry, MinkowskiInterval) {
  for (const Index count : {10000, 2000}) {
    KnownDistributions random(static_cast<std::uint64_t>(count));
    const MatrixXd rows = 2 * random.cube(count, 4);
    const LabelledSymmetry found = find(rows, interval);
    EXPECT_EQ(found.how, "polynomial of degree 2, exact");
    expect_generators(found, 6, "so(1,3)", rows, interval);
    for (const LabelledGenerator& generator : found.generators) {
      EXPECT_EQ((generator.matrix.array().abs() > 1e-9).count(), 2);
      EXPECT_EQ(generator.shift, VectorXd::Zero(4));
    }
    ASSERT_EQ(found.relative.size(), 1u);
    EXPECT_EQ(found.relative[0].weight, 2);
    EXPECT_EQ(found.relative[0].columns.size(), 4u);
  }
}

TEST(LabelledSymmetry, MinkowskiIntervalWithNoise) {
  KnownDistributions random(3);
  const MatrixXd rows = 2 * random.cube(10000, 4);
  VectorXd values = labels_of(rows, interval);
  const double noise = 0.01 * spread(values);
  for (double& value : values) value += noise * random.normal();
  expect_generators(find_quickly(rows, values), 6, "so(1,3)", rows, interval);
}

class TwoVectors : public testing::TestWithParam<std::pair<Index, bool>> {};
INSTANTIATE_TEST_SUITE_P(Samples, TwoVectors,
                         testing::Values(std::pair<Index, bool>{10000, true},
                                         std::pair<Index, bool>{10000, false},
                                         std::pair<Index, bool>{20000, true}));

TEST_P(TwoVectors, TurnTogether) {
  const auto [count, gaussian] = GetParam();
  KnownDistributions random(17);
  const MatrixXd rows =
      gaussian ? random.gaussian(count, std::vector<double>(10, 1.0)) : random.cube(count, 10);
  const LabelledSymmetry found = find_labelled_symmetry(rows, labels_of(rows, of_two_vectors));
  expect_generators(found, 10, "so(5)", rows, of_two_vectors);
  for (const LabelledGenerator& generator : found.generators) {
    // A turn of both vectors in one plane.
    EXPECT_EQ((generator.matrix.array().abs() > 1e-9).count(), 4);
    const MatrixXd& turn = generator.matrix;
    EXPECT_LT((turn + turn.transpose()).norm(), 1e-12 * turn.norm());
    EXPECT_LT((turn.topLeftCorner(5, 5) - turn.bottomRightCorner(5, 5)).norm(), 1e-12 * turn.norm());
  }
}

/// LieGG's symmetry variance: squared singular values, over n, of the rows g_1 x_1^T + g_2 x_2^T. That of
/// the ten turns is 0.063 in the paper.
TEST(LabelModel, SymmetryVarianceOfTwoVectors) {
  KnownDistributions random(17);
  const MatrixXd rows = random.gaussian(10000, std::vector<double>(10, 1.0));
  const LabelModel model = fit_labels(rows, labels_of(rows, of_two_vectors));
  const MatrixXd gradients = 0.5 * (model.first + model.second);
  MatrixXd products(model.rows.rows(), 25);
  for (Index a = 0; a < 5; ++a) {
    for (Index j = 0; j < 5; ++j)
      products.col(5 * j + a) = gradients.col(a).cwiseProduct(model.rows.col(j)) +
                                gradients.col(a + 5).cwiseProduct(model.rows.col(j + 5));
  }
  const VectorXd variances =
      symmetric_eigenvalues(products.transpose() * products) / static_cast<double>(products.rows());
  RecordProperty("largest", std::to_string(variances(9)));
  RecordProperty("mean", std::to_string(variances.head(10).mean()));
  EXPECT_LT(variances(9), 0.063);
  EXPECT_GT(variances(10), 10 * variances(9));
}

TEST(LabelledSymmetry, ProductOfPowers) {
  KnownDistributions random(5);
  const MatrixXd rows = random.independent(3000, 3, [&] { return std::exp(random.normal()); });
  const Function f = [](const VectorXd& x) { return x(0) * x(1) / (x(2) * x(2)); };
  const LabelledSymmetry found = find(rows, f);
  expect_generators(found, 2, "2 scalings", rows, f);
  ASSERT_EQ(found.relative.size(), 3u);
  EXPECT_EQ(found.relative[0].weight, 1);
  EXPECT_EQ(found.relative[1].weight, 1);
  EXPECT_EQ(found.relative[2].weight, -2);
}

TEST(LabelledSymmetry, NoiseAlone) {
  KnownDistributions random(6);
  const MatrixXd rows = random.gaussian(2000, {1, 1, 1});
  const LabelledSymmetry found = find_quickly(rows, random.gaussian(2000, {1}).col(0));
  EXPECT_FALSE(found.known);
  EXPECT_GT(found.unexplained, 0.9);
  EXPECT_FALSE(found.notes.empty());
  expect_nothing(found);
}

TEST(LabelledSymmetry, OneColumnOfFour) {
  KnownDistributions random(7);
  const MatrixXd rows = random.cube(3000, 4);
  const LabelledSymmetry found = find(rows, [](const VectorXd& x) { return std::sin(3 * x(1)); });
  EXPECT_EQ(found.irrelevant, (std::vector<int>{0, 2, 3}));
  expect_nothing(found);
}

TEST(LabelledSymmetry, OneDirectionOfTwoColumns) {
  KnownDistributions random(8);
  const MatrixXd rows = random.cube(5000, 3);
  const Function f = [](const VectorXd& x) { return std::sin(2 * (x(0) + x(1))) + std::exp(x(2)); };
  const LabelledSymmetry found = find(rows, f);
  expect_generators(found, 1, "1 translation", rows, f);
  EXPECT_TRUE(found.irrelevant.empty());
}

TEST(LabelledSymmetry, TurnsAboutAPointThatIsNotZero) {
  KnownDistributions random(9);
  MatrixXd rows = random.cube(5000, 3);
  rows.col(0).array() += 1000;
  rows.col(1).array() += 0.3;
  const Function f = [](const VectorXd& x) {
    return std::exp(-std::pow(x(0) - 1000, 2) - std::pow(x(1) - 0.3, 2)) * (1 + x(2) * x(2) * x(2));
  };
  const LabelledSymmetry found = find(rows, f);
  EXPECT_EQ(found.algebra, "so(2)");
  ASSERT_EQ(found.generators.size(), 1u);
  // It stands still at the centre, within a few of its own errors.
  const VectorXd centre = Eigen::Vector3d(1000, 0.3, 0);
  const VectorXd still = found.generators[0].matrix * centre + found.generators[0].shift;
  EXPECT_LT(still.norm(), 0.1 * found.generators[0].matrix.norm());
}

TEST(LabelledSymmetry, SmallBreakingIsSeen) {
  KnownDistributions random(10);
  const MatrixXd rows = random.cube(5000, 3);
  const Function f = [](const VectorXd& x) { return std::exp(-2 * x.norm()) + 0.05 * x(0); };
  expect_generators(find_labelled_symmetry(rows, labels_of(rows, f)), 1, "so(2)", rows, f);
}

TEST(LabelledSymmetry, MomentsWhereLabelsAreNoisy) {
  KnownDistributions random(11);
  const MatrixXd rows = random.gaussian(10000, {1, 2, 3});
  VectorXd values = labels_of(rows * Eigen::Vector3d(1, 0.5, 1).asDiagonal(),
                              [](const VectorXd& x) { return x.head(2).squaredNorm() + x(2); });
  for (double& value : values) value += 2 * random.normal();
  const LabelledSymmetry found = find_labelled_symmetry(rows, values);
  EXPECT_EQ(found.how, "moments");
  EXPECT_EQ(found.algebra, "so(2)");
  ASSERT_EQ(found.generators.size(), 1u);
  EXPECT_LT(found.generators[0].residual, 0.1);
}

/// Random functions have no symmetry. Sums of ridge functions by networks, polynomials of degree 3 exactly.
TEST(LabelledSymmetry, NoneInRandomFunctions) {
  int claims = 0;
  LabelledSymmetrySettings settings;
  settings.model.network.steps = 700;
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    KnownDistributions random(seed);
    const Index columns = 2 + static_cast<Index>(seed % 3);
    const MatrixXd rows =
        seed % 4 < 2
            ? random.cube(1000, columns)
            : MatrixXd(random.gaussian(1000, std::vector<double>(static_cast<std::size_t>(columns), 1.0)));
    const MatrixXd inner = random.independent(10, columns + 1, [&] { return random.normal(); });
    const MatrixXd outer = random.independent(10, 1, [&] { return random.normal(); });
    const bool smooth = seed % 2 == 0;
    const VectorXd values = labels_of(rows, [&](const VectorXd& x) {
      const Eigen::ArrayXd ridges = (inner.leftCols(columns) * x + inner.col(columns)).array();
      return outer.col(0).dot(
          (smooth ? Eigen::ArrayXd(ridges.tanh()) : Eigen::ArrayXd(ridges.cube())).matrix());
    });
    const LabelledSymmetry found = find_labelled_symmetry(rows, values, settings);
    const bool claims_something =
        !found.generators.empty() || !found.relative.empty() || !found.irrelevant.empty();
    if (claims_something) ++claims;
    EXPECT_FALSE(claims_something) << seed << ": " << found.how << ", " << found.algebra << ", spectrum from "
                                   << (found.spectrum.empty() ? 0 : found.spectrum.front()) << ", "
                                   << found.relative.size() << " scalings, " << found.irrelevant.size()
                                   << " columns";
  }
  EXPECT_EQ(claims, 0);
}

TEST(LabelledSymmetry, AnyShape) {
  KnownDistributions random(12);
  for (const Index count : {0, 1, 3, 250}) {
    for (const Index columns : {0, 1, 3}) {
      MatrixXd rows = random.cube(count, columns);
      if (columns == 3) rows.col(2).setConstant(4);
      const VectorXd values = count > 0 && columns > 0 ? VectorXd(rows.col(0)) : VectorXd::Zero(count);
      const LabelledSymmetry found = find_labelled_symmetry(rows, values);
      EXPECT_TRUE(found.generators.size() <= 1) << count << " x " << columns;
    }
  }
  // Repeated rows, and columns that are equal.
  MatrixXd rows = random.cube(300, 1).replicate(2, 2);
  EXPECT_NO_THROW(find_labelled_symmetry(rows, rows.col(0)));
  EXPECT_NO_THROW(find_labelled_symmetry(rows, VectorXd::Constant(600, 3)));
  rows(5, 0) = std::nan("");
  EXPECT_THROW(find_labelled_symmetry(rows, VectorXd::Zero(600)), DataError);
}

TEST(LabelledSymmetry, SixtyColumns) {
  KnownDistributions random(13);
  const MatrixXd rows = random.cube(2000, 60);
  const LabelledSymmetry found =
      find(rows, [](const VectorXd& x) { return x(3) * x(3) + x(7) * x(7) + 5 * x(9); });
  EXPECT_TRUE(found.generators.size() <= 1);
}

}  // namespace
}  // namespace symscan
