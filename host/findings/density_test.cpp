#include "host/findings/density_test.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "host/base/linear_algebra.hpp"
#include "kernels/generate/row_random.hpp"

namespace symscan {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr std::size_t judged_points = 2000;
constexpr std::uint64_t noise_seed = 7;

MatrixXd noise_for(Index rows, Index latents) {
  MatrixXd noise(rows, latents);
  for (Index row = 0; row < rows; ++row) {
    RowRandom random(noise_seed, static_cast<std::uint64_t>(row));
    for (Index j = 0; j < latents; ++j) noise(row, j) = random.normal();
  }
  return noise;
}

}  // namespace

Judge::Judge(const Subject& subject, const Group& group)
    : model(load_model(subject.results, subject.ledger, group.representative)),
      tau(group.tau),
      points(thinned(subject.points.prepared, judged_points)),
      tangents(model.tangents(points)),
      sums(subject.span, tangents.reconstruction, tangents.jacobians, tau) {}

void Judge::compare_bounds(const MatrixXd& moved, DensityTest& test) const {
  const MatrixXd noise = noise_for(points.rows(), model.latents());
  const VectorXd change = model.bound(moved, noise, tau) - model.bound(points, noise, tau);
  const auto count = static_cast<double>(change.size());
  test.bound_change = change.mean();
  test.bound_error =
      std::sqrt((change.array() - change.mean()).square().sum() / (count * std::max(1.0, count - 1)));
}

double Judge::exact_below() const {
  constexpr double exact = 0.006;
  return std::max(exact, 4 * sums.solve().floor);
}

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
