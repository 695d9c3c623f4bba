#include "host/findings/alignment.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace symscan {
namespace {

constexpr std::size_t shown_latents = 8, averaged_points = 500;

std::string text_of(const char* format, int number, double value) {
  char text[64];
  std::snprintf(text, sizeof text, format, number, value);
  return text;
}

/// [D x L] mean of d xhat / d z.
Eigen::MatrixXd mean_jacobian(const Subject& subject, const Group& group) {
  const std::size_t rows =
      rows_of_jacobians(averaged_points, subject.record.columns.size(), group.config->model.latent_dim);
  const auto tangents = load_model(subject.results, subject.ledger, group.representative)
                            .tangents(thinned(subject.points.prepared, rows));
  Eigen::MatrixXd sum = Eigen::MatrixXd::Zero(subject.points.prepared.cols(), group.config->model.latent_dim);
  for (const Eigen::MatrixXd& jacobian : tangents.jacobians) sum += jacobian;
  return sum;
}

std::vector<double> angles_to(const Eigen::VectorXd& direction, const Eigen::MatrixXd& basis,
                              Eigen::Index count) {
  std::vector<double> angles;
  for (Eigen::Index k = 0; k < count; ++k) {
    const double cosine = direction.norm() > 0 ? std::abs(direction.normalized().dot(basis.col(k))) : 0.0;
    angles.push_back(std::acos(std::min(1.0, cosine)) * 180.0 / M_PI);
  }
  return angles;
}

}  // namespace

std::optional<AlignmentFinding> find_alignment(const Subject& subject, const Group& group) {
  const ReplicaResult& result = subject.results.replicas[group.representative].result;
  const DataSpan& span = subject.span;
  const auto order = relevance_order(result, RelevanceMeasure::kl);
  const Eigen::MatrixXd jacobian = mean_jacobian(subject, group);
  AlignmentFinding alignment;
  alignment.label = subject.label_of(group);
  const auto principal = std::min<Eigen::Index>(span.rank(), static_cast<Eigen::Index>(shown_latents));
  for (Eigen::Index k = 0; k < principal; ++k)
    alignment.directions.push_back(text_of("PC %d (%.3g)", static_cast<int>(k) + 1, span.variances(k)));
  for (std::size_t place = 0; place < std::min(order.size(), shown_latents); ++place) {
    const std::size_t j = order[place];
    if (result.latent_kl()[j] <= group.config->relevance.threshold) continue;
    alignment.latents.push_back(text_of("%d (KL %.3g)", static_cast<int>(place) + 1, result.latent_kl()[j]));
    alignment.angles.push_back(angles_to(jacobian.col(static_cast<Eigen::Index>(j)), span.basis, principal));
  }
  if (alignment.latents.empty()) return std::nullopt;
  return alignment;
}

}  // namespace symscan
