#include "host/findings/field_span.hpp"

#include "host/base/linear_algebra.hpp"

namespace symscan {

using Eigen::VectorXd;

FieldSpan::FieldSpan(const std::vector<AffineField>& fields) {
  if (!fields.empty()) basis_ = orthonormal(stacked(fields));
}

double FieldSpan::outside(const AffineField& field) const {
  if (basis_.cols() == 0) return 1;
  const VectorXd vector = VectorXd(field.reshaped()).normalized();
  return (vector - basis_ * (basis_.transpose() * vector)).norm();
}

bool FieldSpan::nearly_holds(const AffineField& field) const {
  constexpr double near = 0.15;
  return basis_.rows() == field.size() && outside(field) < near;
}

void complete_fields(std::vector<AffineField>& chosen, const std::vector<AffineField>& candidates,
                     std::size_t count) {
  choose_fields(chosen, candidates, count, [](const AffineField&) { return true; });
  add_farthest_fields(chosen, candidates, count);
}

void add_farthest_fields(std::vector<AffineField>& chosen, const std::vector<AffineField>& candidates,
                         std::size_t count) {
  while (chosen.size() < count) {
    const FieldSpan span(chosen);
    const AffineField* farthest = nullptr;
    double most = 1e-6;
    for (const AffineField& field : candidates) {
      const double distance = span.outside(field);
      if (distance <= most) continue;
      most = distance;
      farthest = &field;
    }
    if (farthest == nullptr) return;
    chosen.push_back(*farthest);
  }
}

}  // namespace symscan
