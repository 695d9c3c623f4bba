#include "host/analysis/discrete_symmetries.hpp"

#include <algorithm>

#include "host/analysis/discrete_search.hpp"
#include "host/analysis/distinct_rows.hpp"
#include "host/base/error.hpp"

namespace symscan {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

void check_input(const MatrixXd& rows, const std::vector<std::string>& columns, const VectorXd& weights,
                 const std::vector<ContinuousGenerator>& continuous) {
  if (static_cast<Index>(columns.size()) != rows.cols())
    throw DataError("the search for discrete symmetries needs one name for every column");
  if (weights.size() > 0 && weights.size() != rows.rows())
    throw DataError("the search for discrete symmetries needs one weight for every row");
  if (!rows.allFinite() || !weights.allFinite())
    throw DataError("the search for discrete symmetries needs values and weights that are all finite");
  if (weights.size() > 0 && !(weights.sum() > 0))
    throw DataError("the search for discrete symmetries needs weights whose sum is positive");
  for (const ContinuousGenerator& generator : continuous) {
    if (generator.matrix.rows() != rows.cols() || generator.matrix.cols() != rows.cols() ||
        generator.shift.size() != rows.cols())
      throw DataError("the search for discrete symmetries needs continuous generators of the rows' size");
  }
}

}  // namespace

DiscreteSymmetries discrete_symmetries(const MatrixXd& rows, const std::vector<std::string>& columns,
                                       const VectorXd& weights, const DiscreteSettings& settings,
                                       const std::vector<ContinuousGenerator>& continuous) {
  check_input(rows, columns, weights, continuous);
  const DistinctEvents events = distinct_events(rows, weights, std::max<std::size_t>(1, settings.most_events),
                                                settings.seed, settings.equal_rows);
  if (events.points.rows() == 0 || rows.cols() == 0 || !(events.weights.sum() > 0)) {
    DiscreteSymmetries result;
    result.notes.push_back(kTooFewEvents);
    return result;
  }
  return DiscreteSearch(events, columns, settings, continuous).result();
}

}  // namespace symscan
