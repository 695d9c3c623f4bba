#pragma once
#include <string>
#include <vector>

#include "host/analysis/generators.hpp"
#include "host/analysis/lie_algebra.hpp"

namespace symscan {

/// From the data's span (u, prepared units) to the features that a person reads: r independent features in
/// raw units, from which the others follow linearly. Fields are affine fields of v, the independent features
/// minus their means.
class FeatureFrame {
 public:
  /// raw = prepared * scale + offset; `columns`, `offset`, `scale`: [D].
  FeatureFrame(const DataSpan& span, std::vector<std::string> columns, const std::vector<double>& offset,
               const std::vector<double>& scale);

  AffineField from_span(const AffineField& field) const;
  AffineField to_span(const AffineField& field) const;

  const std::vector<Eigen::Index>& independent() const { return independent_; }
  const Eigen::VectorXd& sizes() const { return sizes_; }            ///< [r] standard deviations of v
  const Eigen::MatrixXd& covariance() const { return covariance_; }  ///< [r x r] of v
  Eigen::MatrixXd second_moments() const;                            ///< E (v,1)(v,1)^T
  const Eigen::VectorXd& deviation() const { return deviation_; }    ///< [D] of the features within the span

  /// dx = A x + b in raw features, written with the features of the same particle where these suffice.
  struct RawField {
    Eigen::MatrixXd matrix;  ///< [D x D]
    Eigen::VectorXd shift;   ///< [D]
  };
  RawField raw_field(const AffineField& field) const;
  /// "dx = -y, dy = x"; coefficients below `cut` of the largest (in standard deviations) are left out, and
  /// so is what happens to the columns `unsaid`.
  std::string equation(const RawField& field, double cut = 0.03,
                       const std::vector<Eigen::Index>& unsaid = {}) const;
  /// "rotation in x-y", "translation along z", "scaling of z", ...
  std::string name(const AffineField& field, FieldKind kind) const;

 private:
  std::vector<std::string> columns_;
  std::vector<Eigen::Index> independent_;
  Eigen::MatrixXd to_raw_;     ///< [D x r]: raw - raw mean = to_raw_ u
  Eigen::MatrixXd to_v_;       ///< [r x r]: rows `independent_` of to_raw_
  Eigen::VectorXd raw_mean_;   ///< [D]
  Eigen::VectorXd deviation_;  ///< [D] raw standard deviations within the span
  Eigen::VectorXd sizes_;
  Eigen::MatrixXd covariance_;
};

}  // namespace symscan
