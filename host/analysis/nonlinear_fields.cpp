#include "host/analysis/nonlinear_fields.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "host/analysis/field_statistics.hpp"
#include "host/analysis/readable_basis.hpp"
#include "host/base/linear_algebra.hpp"

namespace symscan {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr Index kFewestTests = 64, kMostFourierTests = 32, kSerialTests = 24;
constexpr double kRowsPerTest = 8, kBatchesPerTest = 4, kFewestRows = 40;
constexpr int kCompleteDegree = 4;
constexpr double kLeastShare = 0.02;  ///< see FlowInvarianceTest: of the variance of a direction
constexpr double kOffSpanWeight = 1e3;
constexpr double kSameField = 1.5;  ///< how much farther a readable field may be from 0 than noise is
constexpr Index kRankRows = 500;
constexpr double kIndependentHere = 0.25;

/// Test functions that are judged together: what the ordering half says about them.
struct JudgedTests {
  MatrixXd whitening;  ///< [k x test functions]
  MatrixXd changes;    ///< whitened means [k x combinations]
};

std::vector<JudgedTests> judged_tests(const FieldMeans& half, const MatrixXd& basis) {
  const MatrixXd noise = half.noise(basis), changes = half.response() * basis;
  std::vector<JudgedTests> families;
  Index before = changes.cols();  // Most of few functions lie where the error of an estimate reaches.
  for (const Index size : {half.tests.up_to_degree(kCompleteDegree), half.tests.count()}) {
    if (size <= before) continue;
    const MatrixXd whitening = whitening_rows(noise.topLeftCorner(size, size));
    families.push_back({whitening, whitening * changes.topRows(size)});
    before = size;
  }
  return families;
}

/// Orthonormal columns of what is orthogonal to the columns of `taken`.
MatrixXd orthogonal_to(const MatrixXd& taken) {
  if (taken.cols() == 0) return MatrixXd::Identity(taken.rows(), taken.rows());
  if (taken.cols() >= taken.rows()) return MatrixXd(taken.rows(), 0);
  const MatrixXd basis = orthonormal(taken);
  return symmetric_eigen(basis * basis.transpose()).vectors.leftCols(taken.rows() - taken.cols());
}

/// The change of the typical field, squared, from whitened means of one half.
double typical_change(const JudgedTests& family) {
  const VectorXd squares = symmetric_eigenvalues(family.changes.transpose() * family.changes);
  const auto noise = static_cast<double>(family.whitening.rows());
  return std::sqrt(std::max(0.0, squares(squares.size() / 2) - noise));
}

struct Accepted {
  double p_value = 1;
  double change = std::numeric_limits<double>::infinity();
  double next = 0;  ///< change of the first combination that is not accepted
};

/// The combinations that change the means of `ordering` least, tested on `testing`, up to the first that is
/// broken at `level`.
std::vector<Accepted> accepted_fields(const FieldMeans& ordering, const FieldMeans& testing,
                                      const MatrixXd& basis, Index batch, double level) {
  std::vector<Accepted> accepted;
  const std::vector<JudgedTests> families = judged_tests(ordering, basis);
  if (families.empty()) return accepted;
  const MatrixXd& changes = families.back().changes;
  const MatrixXd order = symmetric_eigen(changes.transpose() * changes).vectors;
  const double typical = typical_change(families.back());
  for (Index c = 0; c < basis.cols(); ++c) {
    const MeanVector means = weighted_mean(testing.along(basis * order.col(c)), testing.weights, batch);
    Accepted result;
    double judged = 0, smallest = 1;
    for (const JudgedTests& family : families) {
      const MatrixXd unreached = orthogonal_to(family.changes * order.rightCols(basis.cols() - 1 - c));
      if (unreached.cols() == 0) continue;
      const MeanVector rest = means.first(family.whitening.cols())
                                  .along(family.whitening.transpose() * unreached)
                                  .principal(kLeastShare);
      smallest = std::min(smallest, test_zero_mean(rest).p_value);
      const Index size = rest.functions();
      result.change = length_of(rest, MatrixXd::Identity(size, size)).limit / std::max(typical, 1e-300);
      ++judged;
    }
    result.p_value = std::min(1.0, smallest * judged);
    if (judged == 0 || result.p_value < level) break;
    accepted.push_back(result);
  }
  const VectorXd squares = symmetric_eigenvalues(changes.transpose() * changes);
  const auto noise = static_cast<double>(families.back().whitening.rows());
  const auto count = static_cast<Index>(accepted.size());
  for (Accepted& result : accepted)
    result.next = count < squares.size()
                      ? std::sqrt(std::max(0.0, squares(count) - noise)) / std::max(typical, 1e-300)
                      : 1;
  return accepted;
}

/// One block of a dictionary on rows that are prepared.
class BlockSearch {
 public:
  BlockSearch(const RoundRows& data, std::vector<VectorField> fields, const KeptFieldsSettings& settings,
              double level)
      : data_(data), fields_(std::move(fields)), settings_(settings), level_(level) {}

  KeptFields result() {
    KeptFields found;
    found.events = static_cast<std::size_t>(data_.rows.rows());
    const double events = std::pow(data_.weights.sum(), 2) / std::max(data_.weights.squaredNorm(), 1e-300);
    if (data_.coordinates.cols() == 0 || events < kFewestRows || fields_.empty()) return found;
    scale_fields();
    independent_ = independent_fields(data_, functions_);
    found.independent = static_cast<int>(independent_.basis.cols());
    if (found.independent == 0) return found;
    choose_tests(found);
    if (!search(found)) return found;
    describe(found);
    return found;
  }

 private:
  /// Fields of unit size, so that none decides for its unit.
  void scale_fields() {
    functions_ = field_functions(fields_, data_.rows);
    const VectorXd& weights = data_.nearness;
    for (Index f = 0; f < functions_.values.cols(); ++f) {
      const double square = functions_.values.col(f).array().square().matrix().dot(weights);
      const double size = square > 0 && std::isfinite(square) ? std::sqrt(square) : 1;
      functions_.values.col(f) /= size;
      functions_.coefficients.row(f) *= size;
    }
    sizes_ = functions_.coefficients.cwiseAbs().colwise().maxCoeff().transpose().cwiseMax(1e-300);
    functions_.coefficients = functions_.coefficients * sizes_.cwiseInverse().asDiagonal();
  }

  void choose_tests(KeptFields& found) {
    TestFunctions::Choice few;
    few.most = kSerialTests;
    few.fourier = 0;
    const MatrixXd values = TestFunctions(data_.coordinates, few).values();
    const bool repeated = data_.weights.maxCoeff() > 1;
    batch_ = repeated ? 1
                      : batch_length(deviations_of_mean(
                            values.leftCols(std::min(values.cols(), kSerialTests)), data_.weights));
    found.serial = batch_ > 1;
    const double units = weighted_mean(values.leftCols(1), data_.weights, batch_).units / 2;
    const Index q = independent_.basis.cols();
    choice_.most = std::min(kFewestTests + 3 * q / 2,
                            static_cast<Index>(units / (batch_ > 1 ? kBatchesPerTest : kRowsPerTest)));
    choice_.fourier = kMostFourierTests;
    choice_.seed = settings_.seed;
  }

  /// Coefficients of all fields of the block from those of the independent ones.
  MatrixXd of_all(const MatrixXd& combinations) const {
    MatrixXd result = MatrixXd::Zero(static_cast<Index>(fields_.size()), combinations.cols());
    for (std::size_t k = 0; k < independent_.fields.size(); ++k)
      result.row(independent_.fields[k]) = combinations.row(static_cast<Index>(k));
    return result;
  }

  /// False: nothing is established.
  bool search(KeptFields& found) {
    const auto [first_rows, second_rows] = random_halves(data_.rows.rows(), batch_, settings_.seed + 1);
    const FieldMeans first(data_, functions_, first_rows, choice_),
        second(data_, functions_, second_rows, choice_);
    const MatrixXd basis = of_all(independent_.basis);
    if (first.tests.count() <= basis.cols()) return false;
    // Both ways: a field that is kept passes both, one that is not has two chances to be seen broken.
    accepted_ = accepted_fields(first, second, basis, batch_, level_ / 2);
    const std::vector<Accepted> others = accepted_fields(second, first, basis, batch_, level_ / 2);
    accepted_.resize(std::min(accepted_.size(), others.size()));
    bool bounded = !accepted_.empty();
    for (std::size_t k = 0; k < accepted_.size(); ++k) {
      accepted_[k].p_value = std::min(1.0, 2 * std::min(accepted_[k].p_value, others[k].p_value));
      accepted_[k].change = std::max(accepted_[k].change, others[k].change);
      accepted_[k].next = std::min(accepted_[k].next, others[k].next);
      bounded = bounded && accepted_[k].change <= settings_.delta * std::min(1.0, accepted_[k].next);
    }
    found.not_broken = static_cast<int>(accepted_.size());
    if (accepted_.empty()) found.verdict = Invariance::broken;
    if (!bounded) return false;
    const double share = first.weights.sum() / data_.weights.sum();
    whitening_ = whitening_rows(first.noise(basis) / 2);
    response_ = whitening_ * (share * first.response() + (1 - share) * second.response());
    return true;
  }

  void describe(KeptFields& found) const {
    const MatrixXd changes = response_ * of_all(independent_.basis);
    const MatrixXd order = symmetric_eigen(changes.transpose() * changes).vectors;
    const auto count = static_cast<Index>(accepted_.size());
    const MatrixXd space = independent_.basis * order.leftCols(count);
    const MatrixXd own = response_(Eigen::all, independent_.fields);
    const auto tests = static_cast<double>(own.rows());
    FieldProblem problem;
    problem.motion = independent_.motion;
    problem.system.resize(own.rows() + own.cols(), own.cols());
    const EigenPairs off = symmetric_eigen(independent_.leaving);
    const VectorXd roots = off.values.cwiseMax(0.0).cwiseSqrt();
    problem.system << own, kOffSpanWeight * roots.asDiagonal() * off.vectors.transpose();
    std::vector<ReadableField> readable = readable_basis(problem, space);
    bool good = static_cast<Index>(readable.size()) == count;
    for (const ReadableField& field : readable) {
      const double speed = field.coefficients.dot(problem.motion * field.coefficients);
      good = good && (problem.system * field.coefficients).squaredNorm() <=
                         kSameField * speed * (tests + 4 * std::sqrt(2 * tests));
    }
    found.verdict = Invariance::established;
    for (Index k = 0; k < count; ++k) {
      const ReadableField plain{space.col(k), VectorXd::Zero(space.rows())};
      found.fields.push_back(kept_field(good ? readable[static_cast<std::size_t>(k)] : plain,
                                        accepted_[static_cast<std::size_t>(k)]));
    }
    found.generic_rank = rank_of(found.fields);
  }

  /// In the units of the fields as given.
  KeptField kept_field(const ReadableField& field, const Accepted& accepted) const {
    KeptField kept;
    VectorXd coefficients = of_all(field.coefficients).col(0).cwiseQuotient(sizes_);
    VectorXd errors = of_all(field.errors).col(0).cwiseQuotient(sizes_);
    Index pivot = 0;
    of_all(field.coefficients).col(0).cwiseAbs().maxCoeff(&pivot);
    const double unit = coefficients(pivot);
    coefficients /= unit;
    errors /= std::abs(unit);
    for (Index k = 0; k < coefficients.size(); ++k) {
      if (coefficients(k) == 0) continue;
      for (std::size_t p = 0; p < fields_[static_cast<std::size_t>(k)].parts.size(); ++p)
        kept.errors.push_back(errors(k) *
                              std::abs(fields_[static_cast<std::size_t>(k)].parts[p].coefficient));
    }
    kept.field = combined(fields_, coefficients);
    kept.errors.resize(kept.field.parts.size());
    kept.p_value = accepted.p_value;
    kept.change = accepted.change;
    kept.separation = accepted.change / std::max(accepted.next, 1e-300);
    return kept;
  }

  int rank_of(const std::vector<KeptField>& kept) const {
    std::vector<Index> rows;
    for (Index i = 0; i < std::min(kRankRows, data_.rows.rows()); ++i)
      rows.push_back(i * data_.rows.rows() / std::min(kRankRows, data_.rows.rows()));
    std::vector<MatrixXd> velocities;
    for (const KeptField& field : kept)
      velocities.push_back(field.field.velocities(data_.rows(rows, Eigen::all)) *
                           data_.frame.inward.transpose());
    return generic_rank(velocities, kIndependentHere);
  }

  const RoundRows& data_;
  std::vector<VectorField> fields_;
  const KeptFieldsSettings& settings_;
  double level_;
  FieldFunctions functions_;  ///< of the scaled fields
  VectorXd sizes_;            ///< field = size * scaled field
  IndependentFields independent_;
  TestFunctions::Choice choice_;
  Index batch_ = 1;
  std::vector<Accepted> accepted_;
  MatrixXd whitening_, response_;
};

}  // namespace

int generic_rank(const std::vector<MatrixXd>& velocities, double threshold) {
  if (velocities.empty() || velocities.front().rows() == 0) return 0;
  const Index rows = velocities.front().rows(), columns = velocities.front().cols();
  const auto count = static_cast<Index>(velocities.size());
  std::vector<int> ranks;
  MatrixXd here(std::max(columns, count), count);
  for (Index i = 0; i < rows; ++i) {
    here.setZero();
    for (Index k = 0; k < count; ++k) {
      const MatrixXd& field = velocities[static_cast<std::size_t>(k)];
      const double speed = std::sqrt(field.squaredNorm() / static_cast<double>(rows));
      if (speed > 0) here.col(k).head(columns) = field.row(i).transpose() / speed;
    }
    const VectorXd values = singular_values(here);
    ranks.push_back(static_cast<int>((values.array() > threshold * values.maxCoeff()).count()));
  }
  std::nth_element(ranks.begin(), ranks.begin() + static_cast<std::ptrdiff_t>(ranks.size() / 2), ranks.end());
  return ranks[ranks.size() / 2];
}

std::vector<KeptFields> fields_keeping_distribution(const MatrixXd& rows, const FieldDictionary& dictionary,
                                                    const KeptFieldsSettings& settings) {
  const RoundRows data = round_rows(rows, settings.most_events, settings.seed);
  std::vector<KeptFields> results;
  const double level =
      settings.level / static_cast<double>(std::max<std::size_t>(1, dictionary.blocks.size()));
  for (const std::vector<int>& block : dictionary.blocks) {
    std::vector<VectorField> fields;
    for (const int k : block) fields.push_back(dictionary.fields[static_cast<std::size_t>(k)]);
    // The level of a block is shared by its combinations.
    const double each = level / static_cast<double>(std::max<std::size_t>(1, block.size()));
    results.push_back(BlockSearch(data, std::move(fields), settings, each).result());
    results.back().block = block;
  }
  return results;
}

}  // namespace symscan
