#include "host/analysis/implied_relation.hpp"

#include <algorithm>

#include "host/analysis/relation.hpp"
#include "host/base/linear_algebra.hpp"

namespace symscan {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

std::vector<GradientAt> gradients_of(const std::vector<Constraint>& known) {
  std::vector<GradientAt> gradients;
  for (const Constraint& constraint : known) {
    if (constraint.exact)
      gradients.push_back([&constraint](const VectorXd& event) { return constraint.gradient_at(event); });
  }
  return gradients;
}

bool is_implied(const MatrixXd& rows, const GradientAt& gradient_at, const std::vector<GradientAt>& known,
                double same_direction) {
  constexpr Index most_events = 24;
  if (known.empty()) return false;
  const VectorXd unit = Moments(rows).spread;
  const Index events = std::min<Index>(most_events, rows.rows());
  VectorXd sines(events);
  for (Index k = 0; k < events; ++k) {
    const VectorXd event = rows.row(k * rows.rows() / events);
    MatrixXd span(rows.cols(), static_cast<Index>(known.size()));
    for (std::size_t r = 0; r < known.size(); ++r)
      span.col(static_cast<Index>(r)) = known[r](event).cwiseProduct(unit).normalized();
    const VectorXd own = gradient_at(event).cwiseProduct(unit).normalized();
    const std::vector<VectorXd> fitted = least_squares(span, {own});
    sines(k) = (own - span * fitted.front()).norm();
  }
  return median(sines) < same_direction;
}

}  // namespace symscan
