#include "host/base/statistics.hpp"

#include <cmath>
#include <numeric>

namespace symscan {

MeanAndSpread mean_and_spread(const std::vector<double>& values) {
  if (values.empty()) return {};
  const auto count = static_cast<double>(values.size());
  const double mean = std::accumulate(values.begin(), values.end(), 0.0) / count;
  double squares = 0;
  for (const double value : values) squares += (value - mean) * (value - mean);
  return {mean, values.size() > 1 ? std::sqrt(squares / (count - 1)) : 0.0};
}

}  // namespace symscan
