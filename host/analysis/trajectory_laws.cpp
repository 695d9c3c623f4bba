#include "host/analysis/trajectory_laws.hpp"

#include <algorithm>
#include <cmath>
#include <random>

#include "host/analysis/conserved_space.hpp"
#include "host/analysis/equation_text.hpp"
#include "host/analysis/readable_laws.hpp"
#include "host/analysis/trajectories.hpp"

namespace symscan {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr int kLeastTrajectories = 8;
constexpr Index kLeastRows = 5, kMostRows = 8000, kLeastTotal = 100;
constexpr Index kRowsForNoise = 10;  ///< of a trajectory; slow motion over fewer looks like noise
constexpr Index kRowsPerTerm = 8;    ///< of each half
constexpr double kMostTerms = 250;
constexpr double kMeasurableNoise = 0.05;  ///< over the spread; more may be motion between distant rows
constexpr double kExactShare = 1e-4;       ///< root of the share that needs no noise
constexpr double kNearlyConserved = 4e-4;  ///< share of the variance that is worth a note

/// Everything but the dictionary.
struct Material {
  Trajectories all, first, second;
  VectorXd spread, noise;
};

VectorXd deviations_of(const MatrixXd& values) {
  const MatrixXd centred = values.rowwise() - values.colwise().mean();
  return (centred.colwise().squaredNorm() / std::max<double>(1, static_cast<double>(values.rows()) - 1))
      .cwiseSqrt()
      .transpose();
}

Material material_of(Trajectories all, std::uint64_t seed) {
  Material result;
  std::vector<int> order(static_cast<std::size_t>(all.count()));
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = static_cast<int>(i);
  std::mt19937_64 random(seed);
  for (std::size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[random() % i]);
  const auto middle = order.begin() + static_cast<std::ptrdiff_t>(order.size() / 2);
  result.first = all.some({order.begin(), middle});
  result.second = all.some({middle, order.end()});
  result.spread = deviations_of(all.rows);
  result.noise = noise_of_columns(all);
  for (Index i = 0; i < result.noise.size(); ++i) {
    if (!(result.spread(i) > 0)) result.spread(i) = 1, result.noise(i) = 0;
  }
  result.all = std::move(all);
  return result;
}

bool noise_is_measurable(const Material& material) {
  return material.all.rows.rows() >= kRowsForNoise * material.all.count();
}

/// Noise that counts as such.
VectorXd credited(const Material& material) {
  VectorXd noise = material.noise;
  if (!noise_is_measurable(material)) noise.setZero();
  for (Index i = 0; i < noise.size(); ++i) {
    if (!(noise(i) <= kMeasurableNoise * material.spread(i))) noise(i) = 0;
  }
  return noise;
}

/// How many of one half's candidates hold in the other half; the best share of those that do not.
int confirmed(const TermSample& fitted, const TermSample& judging, double& nearly) {
  const MatrixXd candidates = fitted.candidates();
  int count = 0;
  for (Index k = 0; k < candidates.cols(); ++k) {
    const Conservation found = judging.judge(candidates.col(k));
    // A law differs between the trajectories of both halves.
    const bool varies = found.total > 0.02 && found.within < 0.1 * found.total;
    if (varies && found.holds()) ++count;
    if (varies && !found.holds()) nearly = std::min(nearly, found.within / found.total);
  }
  return count;
}

/// The combinations found on all trajectories, the best as many as both halves confirm. [terms x any]
MatrixXd laws_of(const TermSample& all, int count, std::vector<double>& spectrum) {
  const MatrixXd candidates = all.candidates(&spectrum);
  std::vector<std::pair<double, Index>> kept;
  for (Index k = 0; k < candidates.cols(); ++k) {
    const Conservation found = all.judge(candidates.col(k));
    if (found.holds()) kept.emplace_back(found.within / found.total, k);
  }
  std::stable_sort(kept.begin(), kept.end());
  if (static_cast<int>(kept.size()) > count) kept.resize(static_cast<std::size_t>(count));
  std::vector<Index> places;
  for (const auto& [share, place] : kept) places.push_back(place);
  return candidates(Eigen::all, places);
}

TrajectoryLaws with_dictionary(const Material& material, const std::vector<std::string>& columns,
                               const TermChoice& choice, double& nearly) {
  TrajectoryLaws result;
  result.degree = choice.degree;
  std::vector<FunctionTerm> terms = function_terms(material.all.rows, columns, choice);
  const VectorXd scale = deviations_of(values_of(terms, material.all.rows));
  std::vector<FunctionTerm> varying;
  std::vector<Index> kept;
  for (Index j = 0; j < scale.size(); ++j) {
    if (!(scale(j) > 0) || !std::isfinite(scale(j))) continue;
    varying.push_back(terms[static_cast<std::size_t>(j)]);
    kept.push_back(j);
  }
  result.dictionary = static_cast<int>(varying.size());
  if (varying.empty()) return result;
  const VectorXd noise = credited(material), units = scale(kept);
  const TermSample first(varying, material.first, noise, material.spread, units);
  const TermSample second(varying, material.second, noise, material.spread, units);
  const int count = std::min(confirmed(first, second, nearly), confirmed(second, first, nearly));
  const TermSample all(varying, material.all, noise, material.spread, units);
  const MatrixXd space = laws_of(all, count, result.spectrum);
  result.accepted = static_cast<int>(space.cols());
  if (result.accepted == 0) return result;
  result.laws = readable_laws(varying, all, space);
  result.independent = order_by_independence(result.laws, all, varying, space);
  return result;
}

void add_notes(TrajectoryLaws& result, const Material& material, const std::vector<std::string>& columns,
               double nearly) {
  for (const TrajectoryLaw& law : result.laws) {
    if (law.terms.size() == 1 && law.degree == 1 && law.terms[0].first.factor == FunctionTerm::Factor::none)
      result.notes.push_back("column " + law.equation + " is constant in each trajectory" +
                             (law.within > kExactShare ? " up to noise" : ""));
  }
  if (static_cast<int>(result.laws.size()) < result.independent)
    result.notes.push_back("the space of laws has no basis of short formulas");
  std::string unmeasured;
  for (Index i = 0; i < material.noise.size(); ++i) {
    result.noise.push_back(material.noise(i) / material.spread(i));
    if (result.noise.back() > kMeasurableNoise)
      unmeasured += (unmeasured.empty() ? "" : ", ") + columns[static_cast<std::size_t>(i)];
  }
  if (!noise_is_measurable(material)) {
    result.notes.push_back("with fewer than " + std::to_string(kRowsForNoise) +
                           " rows per trajectory noise cannot be told from motion; only functions that are "
                           "constant to 1e-4 count as laws");
  } else if (!unmeasured.empty()) {
    result.notes.push_back("rows that follow each other differ too much in " + unmeasured +
                           " to tell noise from motion; only functions of them that are constant to 1e-4 "
                           "count as laws");
  }
  if (result.laws.empty() && nearly < kNearlyConserved)
    result.notes.push_back("some function varies within trajectories by only " +
                           decimal_text(100 * std::sqrt(nearly), 2) +
                           " % of its spread, but more than noise accounts for, and is no exact law");
}

}  // namespace

double TrajectoryLaw::value(const VectorXd& row) const {
  double sum = 0;
  for (const auto& [term, coefficient] : terms) sum += coefficient * term.value(row);
  return sum;
}

TrajectoryLaws trajectory_laws(const MatrixXd& rows, const std::vector<std::string>& columns,
                               const std::vector<int>& groups, const TrajectoryLawSettings& settings) {
  Trajectories all = trajectories_of(rows, groups, kLeastRows, kMostRows);
  TrajectoryLaws best;
  best.trajectories = all.count();
  if (all.count() < kLeastTrajectories || all.rows.rows() < kLeastTotal || rows.cols() == 0) {
    best.notes.push_back("conserved quantities need at least " + std::to_string(kLeastTrajectories) +
                         " trajectories of at least " + std::to_string(kLeastRows) + " rows each and " +
                         std::to_string(kLeastTotal) + " rows altogether");
    return best;
  }
  const Material material = material_of(std::move(all), settings.seed);
  TermChoice choice;
  choice.logarithms = choice.angles = choice.radii = choice.angle_differences = true;
  choice.angle_columns = settings.angle_columns;
  const Index smaller = std::min(material.first.rows.rows(), material.second.rows.rows());
  choice.most = static_cast<std::size_t>(std::min<Index>(kMostTerms, smaller / kRowsPerTerm));
  double nearly = 1;
  for (int degree = std::min(2, settings.largest_degree); degree <= settings.largest_degree; ++degree) {
    choice.degree = degree;
    TrajectoryLaws found = with_dictionary(material, columns, choice, nearly);
    if (degree > 2 && found.independent <= best.independent) continue;
    found.trajectories = material.all.count();
    best = std::move(found);
  }
  add_notes(best, material, columns, nearly);
  return best;
}

}  // namespace symscan
