#include "host/analysis/acceptance.hpp"

#include <algorithm>
#include <cmath>

#include "host/base/error.hpp"

namespace symscan {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;
using Row = Acceptance::Row;
using Kind = LimitedQuantity::Kind;

constexpr double kRounding = 1e-6;
constexpr double kInside =
    0.9;  ///< share of the events whose window is below 1: a wide rise has small slopes

double value_of(const LimitedQuantity& quantity, const Row& row) {
  const auto& at = quantity.columns;
  if (quantity.kind == Kind::column) return row(at[0]);
  const double pt = std::hypot(row(at[0]), row(at[1]));
  return quantity.kind == Kind::pt ? pt : std::asinh(row(at[2]) / pt);
}

/// Adds `factor` times the gradient of the quantity.
void add_gradient(const LimitedQuantity& quantity, const Row& row, double factor, VectorXd& gradient) {
  const auto& at = quantity.columns;
  if (quantity.kind == Kind::column) {
    gradient(at[0]) += factor;
    return;
  }
  const double px = row(at[0]), py = row(at[1]), pt = std::hypot(px, py);
  if (!(pt > 0)) return;
  double along_pt = factor;
  if (quantity.kind == Kind::eta) {
    const double pz = row(at[2]), p = std::hypot(pt, pz);
    gradient(at[2]) += factor / p;
    along_pt = -factor * (pz / pt) / p;
  }
  gradient(at[0]) += along_pt * px / pt;
  gradient(at[1]) += along_pt * py / pt;
}

/// a_j of a quantity.
double margin(const Condition& condition, double value) {
  const double above =
      condition.absolute ? std::pow(value / condition.limit, 2) - 1 : value - condition.limit;
  return condition.below ? -above : above;
}

/// Derivative of margin() by the quantity.
double margin_slope(const Condition& condition, double value) {
  const double above = condition.absolute ? 2 * value / (condition.limit * condition.limit) : 1;
  return condition.below ? -above : above;
}

bool holds(const Condition& condition, double value) {
  const double unit = condition.absolute ? 1 : std::abs(condition.limit);
  return margin(condition, value) >= -kRounding * unit;
}

/// 0 up to t = 0, 1 from t = 1 on, smooth.
double rise(double t) {
  const double inside = std::clamp(t, 0.0, 1.0);
  return std::isnan(t) ? 0 : inside * inside * (3 - 2 * inside);
}

double rise_slope(double t) {
  return t > 0 && t < 1 ? 6 * t * (1 - t) : 0;
}

}  // namespace

Acceptance::Acceptance(const std::string& text, const std::vector<std::string>& columns)
    : text_(text), conditions_(parse_acceptance(text, columns)), full_at_(conditions_.size(), 1.0) {}

void Acceptance::fit(const MatrixXd& rows) {
  for (std::size_t j = 0; j < conditions_.size(); ++j) {
    std::vector<double> margins;
    for (Index i = 0; i < rows.rows(); ++i) {
      const double value = margin(conditions_[j], value_of(conditions_[j].quantity, rows.row(i).transpose()));
      if (value > 0 && std::isfinite(value)) margins.push_back(value);
    }
    if (margins.empty()) continue;
    const auto at =
        margins.begin() + static_cast<std::ptrdiff_t>(kInside * static_cast<double>(margins.size()));
    std::nth_element(margins.begin(), at, margins.end());
    full_at_[j] = *at;
  }
}

VectorXd Acceptance::values(const Row& row) const {
  VectorXd result(static_cast<Index>(conditions_.size()));
  for (std::size_t j = 0; j < conditions_.size(); ++j)
    result(static_cast<Index>(j)) = margin(conditions_[j], value_of(conditions_[j].quantity, row));
  return result;
}

double Acceptance::window(const Row& row) const {
  double product = 1;
  for (std::size_t j = 0; j < conditions_.size(); ++j)
    product *= rise(margin(conditions_[j], value_of(conditions_[j].quantity, row)) / full_at_[j]);
  return product;
}

VectorXd Acceptance::gradient(const Row& row) const {
  VectorXd result = VectorXd::Zero(row.size());
  const VectorXd margins = values(row);
  for (std::size_t j = 0; j < conditions_.size(); ++j) {
    double factor = rise_slope(margins(static_cast<Index>(j)) / full_at_[j]) / full_at_[j];
    for (std::size_t k = 0; k < conditions_.size() && factor != 0; ++k)
      if (k != j) factor *= rise(margins(static_cast<Index>(k)) / full_at_[k]);
    if (factor == 0) continue;
    const LimitedQuantity& quantity = conditions_[j].quantity;
    add_gradient(quantity, row, factor * margin_slope(conditions_[j], value_of(quantity, row)), result);
  }
  return result;
}

EventWindow Acceptance::windows(const MatrixXd& rows) const {
  EventWindow result{VectorXd(rows.rows()), MatrixXd(rows.rows(), rows.cols())};
  for (Index i = 0; i < rows.rows(); ++i) {
    const VectorXd row = rows.row(i);
    result.values(i) = window(row);
    result.gradients.row(i) = gradient(row);
  }
  return result;
}

bool Acceptance::accepts(const Row& row) const {
  return std::all_of(conditions_.begin(), conditions_.end(), [&](const Condition& condition) {
    return holds(condition, value_of(condition.quantity, row));
  });
}

void Acceptance::check(const Table& table) const {
  const auto features = static_cast<Index>(table.features());
  std::size_t outside = 0;
  for (std::size_t i = 0; i < table.rows; ++i)
    outside += !accepts(Eigen::Map<const VectorXd>(table.values.data() + i * table.features(), features));
  if (outside > 0)
    throw DataError(acceptance_in_quotes(text_) + " does not hold for " + std::to_string(outside) + " of " +
                    std::to_string(table.rows) + " rows");
}

void check_acceptance(const std::string& text, const Table& table) {
  if (!text.empty()) Acceptance(text, table.columns).check(table);
}

}  // namespace symscan
