#include "host/analysis/flow_invariance.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "host/analysis/flow_sample.hpp"
#include "host/base/linear_algebra.hpp"

namespace symscan {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr double kLeaves = 0.1;  ///< share of the motion off the subspace that is no error of a fitted field
constexpr Index kSerialColumns = 24;
constexpr double kBatchesPerFunction = 4;
constexpr double kFewestUnits = 8;
constexpr double kMargin = 0.8;         ///< of delta, that noise alone may use up
constexpr double kLeastSpread = 0.003;  ///< see Subspace::tests
constexpr int kLowDegree = 2, kMiddleDegree = 4;

/// The test functions that one field moves, low orders first, and those among them that are judged together.
struct Families {
  std::vector<Index> order;
  std::vector<Index> tested;   ///< sizes of the nested families of the p-value
  std::vector<Index> bounded;  ///< sizes of those that the effect may sum over
};

void add_size(std::vector<Index>& sizes, Index size) {
  if (size > 0 && (sizes.empty() || size > sizes.back())) sizes.push_back(size);
}

/// Where functions must be left out, those go that the field moves least for their own spread: it is blind
/// to the means, so the level holds.
Families choose_families(const TestFunctions& functions, const VectorXd& motion, Index most) {
  Families families;
  const auto rank = [&](Index k) {
    for (int degree = 1; degree <= functions.highest_degree(); ++degree) {
      if (k < functions.up_to_degree(degree)) return std::max(degree, kLowDegree);
    }
    return functions.highest_degree() + 1;
  };
  const double least = 1e-12 * motion.maxCoeff();
  for (Index k = 0; k < motion.size(); ++k) {
    if (motion(k) > least) families.order.push_back(k);
  }
  std::stable_sort(families.order.begin(), families.order.end(), [&](Index a, Index b) {
    return rank(a) != rank(b) ? rank(a) < rank(b) : motion(a) > motion(b);
  });
  families.order.resize(std::min(families.order.size(), static_cast<std::size_t>(std::max<Index>(most, 0))));
  const auto with_rank = [&](int highest) {
    return std::count_if(families.order.begin(), families.order.end(),
                         [&](Index k) { return rank(k) <= highest; });
  };
  for (int degree = kLowDegree; degree <= functions.highest_degree(); ++degree)
    add_size(families.bounded, with_rank(degree));
  add_size(families.tested, with_rank(kLowDegree));
  add_size(families.tested, with_rank(kMiddleDegree));
  add_size(families.tested, static_cast<Index>(families.order.size()));
  return families;
}

/// The p-value of all families (Bonferroni); returns the size of the one that shows a breaking best.
Index judge(const MeanVector& means, const std::vector<Index>& sizes, FlowInvariance& result) {
  Index best = sizes.front();
  double smallest = 1;
  for (const Index size : sizes) {
    const double p_value = test_zero_mean(means.first(size)).p_value;
    if (p_value < smallest) best = size;
    smallest = std::min(smallest, p_value);
  }
  result.p_value = std::min(1.0, smallest * static_cast<double>(sizes.size()));
  return best;
}

/// The largest family whose noise alone leaves the bound well below delta, or the smallest family.
void bound_effect(const MeanVector& means, const MatrixXd& spread, const std::vector<Index>& sizes,
                  double unit, double least_spread, FlowInvariance& result) {
  for (const Index size : sizes) {
    const Length length = length_of(means.first(size), spread.topLeftCorner(size, size), least_spread);
    if (size != sizes.front() && length.expected_limit / unit > kMargin * result.delta) break;
    result.effect = length.length / unit;
    result.effect_limit = length.limit / unit;
    result.effect_functions = static_cast<std::size_t>(size);
  }
}

}  // namespace

FlowInvarianceTest::FlowInvarianceTest(const MatrixXd& points, const VectorXd& weights,
                                       const FlowInvarianceSettings& settings, const EventWindow& window)
    : sample_(std::make_unique<const Sample>(points, weights, settings, window)) {}

FlowInvarianceTest::~FlowInvarianceTest() = default;
FlowInvarianceTest::FlowInvarianceTest(FlowInvarianceTest&&) noexcept = default;
FlowInvarianceTest& FlowInvarianceTest::operator=(FlowInvarianceTest&&) noexcept = default;

FlowInvariance FlowInvarianceTest::test(const MatrixXd& matrix, const VectorXd& shift) const {
  return measured(matrix, shift, false);
}

FlowInvariance FlowInvarianceTest::measured(const MatrixXd& matrix, const VectorXd& shift,
                                            bool estimated) const {
  const Sample& sample = *sample_;
  sample.check(matrix, shift);
  FlowInvariance result = sample.empty_result();
  result.effect_limit = std::numeric_limits<double>::infinity();
  if (!sample.enough_events()) return result;
  const Sample::RoundField field = sample.round_field(matrix, shift);
  result.moves = field.moves;
  if (!field.moves) {
    result.effect_limit = 0;
    result.verdict = Invariance::established;
    return result;
  }
  if (field.leaving > kLeaves * field.speed) {
    result.p_value = 0;
    result.effect = result.effect_limit;
    result.verdict = Invariance::broken;
    return result;
  }
  const MatrixXd velocities = sample.velocities(field);
  const MatrixXd along = sample.functions->along(velocities);
  const VectorXd variances = deviations_of_mean(along, sample.weights).colwise().squaredNorm();
  const VectorXd motion =
      variances.cwiseQuotient(sample.spread.diagonal().cwiseMax(std::numeric_limits<double>::min()));
  const auto most = static_cast<Index>(sample.effective_events / sample.events_per_function);
  Families families = choose_families(*sample.functions, motion, std::clamp<Index>(most, 1, 64));
  const MatrixXd moved = along(Eigen::all, families.order);
  const Index batch = batch_length(
      deviations_of_mean(moved.leftCols(std::min(moved.cols(), kSerialColumns)), sample.weights));
  result.serial = batch > 1;
  MeanVector means = weighted_mean(moved, sample.weights, batch);
  if (result.serial) {
    const double independent = weighted_mean(moved, sample.weights, 1).covariance.diagonal().sum();
    const double correlated = means.covariance.diagonal().sum();
    // Sorted rows are one batch, whose spread says nothing.
    if (means.units < 2 || !(correlated > 0))
      result.effective_events = 1;
    else
      result.effective_events *= std::min(1.0, independent / correlated);
    families =
        choose_families(*sample.functions, motion, static_cast<Index>(means.units / kBatchesPerFunction));
    means = means.first(static_cast<Index>(families.order.size()));
  }
  if (means.units < kFewestUnits || families.tested.empty()) return result;
  const Index best = judge(means, families.tested, result);
  if (!estimated && result.p_value < sample.settings.broken_below) families.bounded = {best};
  const double unit = parameter_unit(field.matrix, sample.round_speed(field));
  bound_effect(means, sample.spread(families.order, families.order), families.bounded, unit,
               estimated ? kLeastSpread : 0, result);
  result.verdict = verdict_of(result, sample.settings.broken_below);
  return result;
}

std::vector<FlowInvarianceTest::Field> FlowInvarianceTest::all_affine(Index dimension) {
  std::vector<Field> fields;
  const auto zero = [&] { return Field{MatrixXd::Zero(dimension, dimension), VectorXd::Zero(dimension)}; };
  for (Index row = 0; row < dimension; ++row) {
    for (Index column = 0; column < dimension; ++column) {
      fields.push_back(zero());
      fields.back().matrix(row, column) = 1;
    }
  }
  for (Index row = 0; row < dimension; ++row) {
    fields.push_back(zero());
    fields.back().shift(row) = 1;
  }
  return fields;
}

}  // namespace symscan
