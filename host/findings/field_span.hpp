#pragma once
#include <vector>

#include "host/analysis/lie_algebra.hpp"
#include "host/base/eigen.hpp"

namespace symscan {

/// The span of some affine fields, in coordinates in which the norm of a field is its motion.
class FieldSpan {
 public:
  FieldSpan() = default;
  explicit FieldSpan(const std::vector<AffineField>& fields);
  /// Part of a field outside the span, relative to it; 1 where there are no fields.
  double outside(const AffineField& field) const;
  /// Whether a field lies in the span, up to the errors that estimates of fields have.
  bool nearly_holds(const AffineField& field) const;

 private:
  Eigen::MatrixXd basis_;  ///< [r (r + 1) x fields], orthonormal
};

/// Adds fields of `candidates` that are independent of those chosen, in their order, while `accept` likes
/// them, until there are `count`.
template <class Accept>
void choose_fields(std::vector<AffineField>& chosen, const std::vector<AffineField>& candidates,
                   std::size_t count, const Accept& accept) {
  constexpr double independent = 0.3;
  FieldSpan span(chosen);
  for (const AffineField& field : candidates) {
    if (chosen.size() >= count || !(span.outside(field) > independent) || !accept(field)) continue;
    chosen.push_back(field);
    span = FieldSpan(chosen);
  }
}

/// Adds those of `candidates` that are farthest from what is chosen until there are `count`.
void add_farthest_fields(std::vector<AffineField>& chosen, const std::vector<AffineField>& candidates,
                         std::size_t count);

/// Both: independent ones in their order, then the farthest.
void complete_fields(std::vector<AffineField>& chosen, const std::vector<AffineField>& candidates,
                     std::size_t count);

}  // namespace symscan
