#pragma once
#include <array>
#include <cstddef>

#include "host/analysis/scale_dimension_features.hpp"

namespace symscan {

/// Sphere, cube, Gaussian, and columns with the density exp(-|x|) and exp(-x).
inline constexpr std::size_t kReferenceKinds = 5;
inline constexpr std::size_t kReferenceTerms = 18;

struct ReferenceTable {
  /// Polynomials of the logarithms of dimension (1 to 110) and points (100 to 5000), of every feature.
  std::array<std::array<std::array<double, kReferenceTerms>, kScaleFeatureCount>, kReferenceKinds> terms;
  /// Covariance of the features of one set, times its number of points.
  std::array<std::array<double, kScaleFeatureCount>, kScaleFeatureCount> noise;
};
extern const ReferenceTable kReferenceTable;

/// Expected features of a reference set.
std::array<double, kScaleFeatureCount> reference_features(std::size_t kind, double log_dimension,
                                                          double points);

/// What dimensions the reference sets that look like the data have.
struct Calibration {
  double log_value, error;                    ///< of the logarithm of the dimension
  std::array<double, kReferenceKinds> kinds;  ///< how much the set looks like each; the sum is 1
};

/// Posterior mean and standard deviation. The candidates are all dimensions from 1 to `columns`, equally
/// likely before, of all kinds and means of two kinds; features differ from theirs by noise and by what the
/// kinds leave open, of one of three sizes. The features must be numbers.
Calibration calibrate(const ScaleFeatures& features, double points, double columns);

/// Dimension whose expected GRIDE at one order is the given one: over kinds, weighted.
struct CalibratedGride {
  double value, error;
};
CalibratedGride calibrate_gride(double raw, std::size_t order, double points, double columns,
                                const std::array<double, kReferenceKinds>& kinds);

}  // namespace symscan
