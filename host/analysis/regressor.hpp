#pragma once
#include <cstdint>
#include <vector>

#include "host/base/aligned.hpp"
#include "host/base/eigen.hpp"
#include "kernels/vocabulary.hpp"

namespace symscan {

struct RegressorSettings {
  std::vector<int> hidden = {64, 64};
  Activation activation = Activation::silu;
  int steps = 5000;
  int batch = 128;              ///< samples of a step, a multiple of 16
  double learning_rate = 0.02;  ///< the largest: it rises over the first steps and falls to 0 as a cosine
  std::uint64_t seed = 1;       ///< of the first weights and the order of the samples
};

/// A network D -> hidden... -> 1 that is fitted to values y of a function of x: least squares by Adam (Kingma
/// & Ba, arXiv:1412.6980). Columns and values are standardised inside; arguments and results are in the units
/// of the data. Products and activations are those of the CPU executor (kernels/cpu_backend.hpp), in float32.
/// The same input gives the same result, bit for bit.
class Regressor {
 public:
  /// `rows` [n x D], `values` [n]: finite, n >= 1, D >= 1.
  Regressor(const Eigen::MatrixXd& rows, const Eigen::VectorXd& values, const RegressorSettings& settings);

  struct Estimate {
    Eigen::VectorXd values;     ///< [n]
    Eigen::MatrixXd gradients;  ///< [n x D] units of y per unit of each column; 0 for constant columns
  };
  Estimate at(const Eigen::MatrixXd& rows) const;

  /// y = W (x, 1): `weights` [out][in + 1].
  struct Layer {
    int in = 0, out = 0;
    AlignedFloats weights;
  };

 private:
  void train(const Eigen::MatrixXd& standard, const Eigen::VectorXd& values,
             const RegressorSettings& settings);

  Activation activation_;
  int batch_;
  Eigen::RowVectorXd offset_, scale_;  ///< [D] of the columns; scale 0: constant
  double value_offset_ = 0, value_scale_ = 0;
  std::vector<Layer> layers_;
};

}  // namespace symscan
