#pragma once
#include <vector>

#include "host/analysis/generators.hpp"
#include "host/analysis/lie_algebra.hpp"
#include "host/base/eigen.hpp"

namespace symscan {

/// Rows in units of the spread of each column, and the linear span that they fill. Statements about the data
/// are made in these units, whatever the preprocessing of the training.
struct Standardised {
  std::vector<double> offset, scale;  ///< [D] raw = row * scale + offset; scale 1 for a constant column
  Eigen::MatrixXd rows;               ///< [n x D]; a constant column is 0
  DataSpan span;                      ///< of the rows
  Eigen::MatrixXd whitened;           ///< [n x r]: span coordinates, each of variance 1

  Eigen::Index rank() const { return span.rank(); }
  /// A field of the whitened coordinates as one of the span's coordinates u.
  AffineField to_span(const AffineField& field) const;
  AffineField to_whitened(const AffineField& field) const;
};

/// raw: [n x D], finite, n >= 1. `linear_relations`: how many exact linear relations hold, constants
/// included: the rank is D less these, or fewer where directions are thinner than float64 resolves.
Standardised standardise(const Eigen::MatrixXd& raw, int linear_relations);

}  // namespace symscan
