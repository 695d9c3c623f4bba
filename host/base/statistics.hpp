#pragma once
#include <vector>

namespace symscan {

struct MeanAndSpread {
  double mean = 0, std = 0;  ///< std: sample standard deviation (n - 1), 0 for one value
};
MeanAndSpread mean_and_spread(const std::vector<double>& values);

/// The value at half of the order, the upper one of two. `values`: at least one.
double upper_median(std::vector<double> values);

}  // namespace symscan
