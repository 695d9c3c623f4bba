#include "host/analysis/nonlinear_fields.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <utility>

#include "host/analysis/field_statistics.hpp"
#include "host/analysis/ordered_fields.hpp"
#include "host/analysis/readable_basis.hpp"
#include "host/base/linear_algebra.hpp"

namespace symscan {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr Index kFewestTests = 64, kTestsStep = 12, kMostFourierTests = 32, kSerialTests = 24;
constexpr double kRowsPerTest = 8, kBatchesPerTest = 4, kFewestRows = 40;
constexpr std::size_t kMostKinds = 3;  ///< of test functions that are kept
constexpr double kOffSpanWeight = 1e3;
constexpr double kSameField = 1.5;  ///< how much farther a readable field may be from 0 than noise is
constexpr Index kRankRows = 500;
constexpr double kIndependentHere = 0.25;

double of_both(double first, double second) {
  return std::sqrt((first * first + second * second) / 2);
}

/// What the blocks of a dictionary share: two halves of the rows and their test functions.
class SharedHalves {
 public:
  SharedHalves(const RoundRows& data, std::uint64_t seed) : data_(data) {
    choice_.most = kSerialTests;
    choice_.fourier = 0;
    const MatrixXd values = TestFunctions(data.coordinates, choice_).values();
    batch_ = batch_length(
        deviations_of_mean(values.leftCols(std::min(values.cols(), kSerialTests)), data.weights));
    units_ = weighted_mean(values.leftCols(1), data.weights, batch_).units / 2;
    choice_.fourier = kMostFourierTests;
    choice_.seed = seed;
    rows_ = random_halves(data.rows.rows(), batch_, seed + 1);
  }

  Index batch() const { return batch_; }

  /// Test functions of both halves for blocks of so many independent fields.
  const std::pair<MovedTests, MovedTests>& tests(Index fields) {
    const Index wanted = kFewestTests + kTestsStep * ((3 * fields / 2 + kTestsStep - 1) / kTestsStep);
    const double possible = units_ / (batch_ > 1 ? kBatchesPerTest : kRowsPerTest);
    choice_.most = std::min(wanted, static_cast<Index>(possible));
    const auto known = tests_.find(choice_.most);
    if (known != tests_.end()) return known->second;
    if (tests_.size() >= kMostKinds) tests_.clear();
    return tests_
        .emplace(choice_.most, std::pair<MovedTests, MovedTests>{MovedTests(data_, rows_.first, choice_),
                                                                 MovedTests(data_, rows_.second, choice_)})
        .first->second;
  }

 private:
  const RoundRows& data_;
  TestFunctions::Choice choice_;
  Index batch_ = 1;
  double units_ = 0;
  std::pair<std::vector<Index>, std::vector<Index>> rows_;
  std::map<Index, std::pair<MovedTests, MovedTests>> tests_;
};

/// One block of a dictionary on rows that are prepared.
class BlockSearch {
 public:
  BlockSearch(const RoundRows& data, SharedHalves& halves, std::vector<VectorField> fields,
              const KeptFieldsSettings& settings, double level)
      : data_(data), halves_(halves), fields_(std::move(fields)), settings_(settings), level_(level) {}

  void search_in(KeptFields& found) {
    if (fields_.empty()) return;
    found.serial = halves_.batch() > 1;
    scale_fields();
    independent_ = independent_fields(data_, functions_);
    found.independent = static_cast<int>(independent_.basis.cols());
    if (found.independent > 0 && search(found)) describe(found);
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

  /// Coefficients of all fields of the block from those of the independent ones.
  MatrixXd of_all(const MatrixXd& combinations) const {
    MatrixXd result = MatrixXd::Zero(static_cast<Index>(fields_.size()), combinations.cols());
    for (std::size_t k = 0; k < independent_.fields.size(); ++k)
      result.row(independent_.fields[k]) = combinations.row(static_cast<Index>(k));
    return result;
  }

  /// False: nothing is established.
  bool search(KeptFields& found) {
    const MatrixXd basis = of_all(independent_.basis);
    const auto& tests = halves_.tests(basis.cols());
    if (tests.first.count() <= basis.cols()) return false;
    const FieldMeans first(tests.first, functions_), second(tests.second, functions_);
    const MatrixXd noise = first.noise(basis);
    const bool bounded = accept({first, second, basis, noise}, {second, first, basis, second.noise(basis)});
    found.not_broken = static_cast<int>(accepted_.size());
    if (accepted_.empty()) found.verdict = Invariance::broken;
    if (!bounded) return false;
    const double share = tests.first.weights.sum() / data_.weights.sum();
    whitening_ = whitening_rows(noise / 2);
    response_ = whitening_ * (share * first.response() + (1 - share) * second.response());
    return true;
  }

  /// Those that neither half sees broken: a field that is kept passes both, one that is not has two chances.
  /// False: changes are not all bounded, or one is doubtful.
  bool accept(const OrderedFields& first, const OrderedFields& second) {
    const Index count = independent_.basis.cols();
    while (static_cast<Index>(accepted_.size()) < count) {
      const auto place = static_cast<Index>(accepted_.size());
      const Accepted one = first.tested(place, halves_.batch());
      if (one.p_value < level_ / 2) break;
      const Accepted other = second.tested(place, halves_.batch());
      if (other.p_value < level_ / 2) break;
      accepted_.push_back(
          {std::min(1.0, 2 * std::min(one.p_value, other.p_value)), of_both(one.change, other.change), 1});
      if (!(accepted_.back().change <= settings_.delta)) return false;
    }
    const auto place = static_cast<Index>(accepted_.size());
    const double next = of_both(first.change(place), second.change(place));
    const double least_p = settings_.least_p_value / static_cast<double>(std::max<Index>(1, place));
    bool bounded = !accepted_.empty();
    for (Accepted& result : accepted_) {
      result.next = next;
      bounded = bounded && result.change <= settings_.separation * next && result.p_value >= least_p;
    }
    return bounded;
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
  SharedHalves& halves_;
  std::vector<VectorField> fields_;
  const KeptFieldsSettings& settings_;
  double level_;
  FieldFunctions functions_;  ///< of the scaled fields
  VectorXd sizes_;            ///< field = size * scaled field
  IndependentFields independent_;
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
  std::vector<KeptFields> results(dictionary.blocks.size());
  for (std::size_t k = 0; k < results.size(); ++k) {
    results[k].block = dictionary.blocks[k];
    results[k].events = static_cast<std::size_t>(data.rows.rows());
  }
  const double events = std::pow(data.weights.sum(), 2) / std::max(data.weights.squaredNorm(), 1e-300);
  if (data.coordinates.cols() == 0 || events < kFewestRows) return results;
  SharedHalves halves(data, settings.seed);
  for (KeptFields& result : results) {
    std::vector<VectorField> fields;
    for (const int k : result.block) fields.push_back(dictionary.fields[static_cast<std::size_t>(k)]);
    // The level is shared by the blocks, that of a block by its combinations.
    const double level = settings.level / static_cast<double>(results.size()) /
                         static_cast<double>(std::max<std::size_t>(1, fields.size()));
    BlockSearch(data, halves, std::move(fields), settings, level).search_in(result);
  }
  return results;
}

}  // namespace symscan
