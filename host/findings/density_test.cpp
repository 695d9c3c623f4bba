#include "host/findings/density_test.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "host/base/linear_algebra.hpp"

namespace symscan {
using Eigen::MatrixXd;
using Eigen::VectorXd;

InvarianceTest confirmed(const FindingsOptions& options,
                         const std::function<InvarianceTest(const TwoSampleSettings&)>& test) {
  TwoSampleSettings settings;
  settings.max_points = options.test_points;
  const int permutations = std::exchange(settings.permutations, 63);
  constexpr double clear = 0.3;
  InvarianceTest quick = test(settings);
  if (quick.p_value >= clear) return quick;
  settings.permutations = permutations;
  InvarianceTest first = test(settings);
  if (first.p_value >= broken_below) return first;
  settings.seed += 1;
  InvarianceTest second = test(settings);
  return second.p_value > first.p_value ? second : first;
}

double typical_time(const MatrixXd& points, const MatrixXd& matrix, const VectorXd& shift) {
  const double turning = eigenvalues_of(matrix).imag().cwiseAbs().maxCoeff();
  const MatrixXd motion = (points * matrix.transpose()).rowwise() + shift.transpose();
  const double speed = std::sqrt(motion.rowwise().squaredNorm().mean());
  const MatrixXd centred = points.rowwise() - points.colwise().mean();
  const double size = std::sqrt(centred.rowwise().squaredNorm().mean());
  if (turning > 0.05 * speed / std::max(size, 1e-300)) return 1.0 / turning;
  return speed > 0 ? 0.5 * size / speed : 0;
}

}  // namespace symscan
