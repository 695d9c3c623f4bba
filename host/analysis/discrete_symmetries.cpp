#include "host/analysis/discrete_symmetries.hpp"

#include <algorithm>
#include <numeric>

#include "host/analysis/discrete_search.hpp"
#include "host/analysis/distinct_rows.hpp"
#include "host/base/error.hpp"

namespace symscan {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

void check_input(const MatrixXd& rows, const std::vector<std::string>& columns, const VectorXd& weights,
                 const DiscreteSettings& settings, const std::vector<ContinuousGenerator>& continuous) {
  if (static_cast<Index>(columns.size()) != rows.cols())
    throw DataError("the search for discrete symmetries needs one name for every column");
  if (weights.size() > 0 && weights.size() != rows.rows())
    throw DataError("the search for discrete symmetries needs one weight for every row");
  if (!rows.allFinite() || !weights.allFinite())
    throw DataError("the search for discrete symmetries needs values and weights that are all finite");
  if (weights.size() > 0 && !(weights.sum() > 0))
    throw DataError("the search for discrete symmetries needs weights whose sum is positive");
  if (!settings.periods.empty() && settings.periods.size() != columns.size())
    throw DataError("the search for discrete symmetries needs one period for every column, 0 for none");
  for (const ContinuousGenerator& generator : continuous) {
    if (generator.matrix.rows() != rows.cols() || generator.matrix.cols() != rows.cols() ||
        generator.shift.size() != rows.cols())
      throw DataError("the search for discrete symmetries needs continuous generators of the rows' size");
  }
}

/// At most `most` rows, equal ones as one with the sum of the weights, in the order of the rows.
DistinctEvents distinct_events(const MatrixXd& rows, const VectorXd& weights, std::size_t most,
                               std::uint64_t seed) {
  std::vector<Index> used(static_cast<std::size_t>(rows.rows()));
  std::iota(used.begin(), used.end(), Index{0});
  if (used.size() > most) {
    shuffle_to_front(used, most, seed);
    used.resize(most);
    std::sort(used.begin(), used.end());
  }
  std::vector<Index> order = used;
  std::sort(order.begin(), order.end(), [&](Index a, Index b) {
    const int sign = compare_rows(rows, a, b);
    return sign != 0 ? sign < 0 : a < b;
  });
  VectorXd merged = weights.size() > 0 ? weights : VectorXd(VectorXd::Ones(rows.rows()));
  std::vector<Index> kept;
  for (const Index row : order) {
    if (kept.empty() || compare_rows(rows, kept.back(), row) != 0)
      kept.push_back(row);
    else
      merged(kept.back()) += merged(row);
  }
  std::erase_if(kept, [&](Index row) { return merged(row) == 0; });
  std::sort(kept.begin(), kept.end());
  return {rows(kept, Eigen::all), merged(kept), kept.size() < used.size()};
}

}  // namespace

DiscreteSymmetries discrete_symmetries(const MatrixXd& rows, const std::vector<std::string>& columns,
                                       const VectorXd& weights, const DiscreteSettings& settings,
                                       const std::vector<ContinuousGenerator>& continuous) {
  check_input(rows, columns, weights, settings, continuous);
  const DistinctEvents events =
      distinct_events(rows, weights, std::max<std::size_t>(1, settings.most_events), settings.seed);
  if (events.points.rows() == 0 || rows.cols() == 0 || !(events.weights.sum() > 0)) {
    DiscreteSymmetries result;
    result.notes.push_back(kTooFewEvents);
    return result;
  }
  return DiscreteSearch(events, columns, settings, continuous).result();
}

}  // namespace symscan
