#include "host/analysis/ablation.hpp"

#include <cstddef>
#include <limits>

namespace symscan {
namespace {

/// Sum over rows and features, float64.
double squared_distance(const std::vector<float>& a, const std::vector<float>& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const double distance = static_cast<double>(a[i]) - static_cast<double>(b[i]);
    sum += distance * distance;
  }
  return sum;
}

float mean_of_column(const std::vector<float>& rows, std::size_t column, std::size_t columns) {
  double sum = 0;
  for (std::size_t at = column; at < rows.size(); at += columns) sum += static_cast<double>(rows[at]);
  const std::size_t count = rows.size() / columns;
  return static_cast<float>(sum / static_cast<double>(count));
}

}  // namespace

std::vector<double> ablation(ForwardPass& network, const std::vector<float>& rows,
                             const std::vector<float>& mean, double scale) {
  const std::size_t latents = network.latents(), count = mean.size() / latents;
  std::vector<double> increase(latents, std::numeric_limits<double>::quiet_NaN());
  if (count == 0) return increase;
  const double whole = squared_distance(network.decode(mean), rows);
  std::vector<float> z = mean;
  for (std::size_t j = 0; j < latents; ++j) {
    const float fixed = mean_of_column(mean, j, latents);
    for (std::size_t at = j; at < z.size(); at += latents) z[at] = fixed;
    increase[j] = scale * (squared_distance(network.decode(z), rows) - whole) / static_cast<double>(count);
    for (std::size_t at = j; at < z.size(); at += latents) z[at] = mean[at];
  }
  return increase;
}

}  // namespace symscan
