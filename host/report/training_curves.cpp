#include "host/report/training_curves.hpp"

#include <algorithm>
#include <cmath>
#include <set>

namespace symscan {
namespace {

/// Mean and range of one quantity at each of some epochs, over the replicas that are added.
class CurveSums {
 public:
  explicit CurveSums(double EpochMetrics::*quantity) : quantity_(quantity) {}

  void add(const std::vector<EpochMetrics>& history, const std::vector<std::size_t>& epochs) {
    sums_.resize(epochs.size());
    ++replicas_;
    for (std::size_t i = 0; i < epochs.size() && epochs[i] <= history.size(); ++i) {
      const double value = history[epochs[i] - 1].*quantity_;
      if (!std::isfinite(value)) continue;
      Sum& sum = sums_[i];
      sum.min = sum.count == 0 ? value : std::min(sum.min, value);
      sum.max = sum.count == 0 ? value : std::max(sum.max, value);
      sum.total += value;
      ++sum.count;
    }
  }

  /// Up to the first epoch at which no replica has the quantity; none if that is the first.
  std::optional<EpochCurve> curve() const {
    EpochCurve curve;
    for (const Sum& sum : sums_) {
      if (sum.count == 0) break;
      curve.mean.push_back(sum.total / static_cast<double>(sum.count));
      curve.min.push_back(sum.min);
      curve.max.push_back(sum.max);
    }
    if (curve.mean.empty()) return std::nullopt;
    if (replicas_ == 1) curve.min = curve.max = {};
    return curve;
  }

 private:
  struct Sum {
    double total = 0, min = 0, max = 0;
    std::size_t count = 0;
  };
  double EpochMetrics::*quantity_;
  std::vector<Sum> sums_;
  std::size_t replicas_ = 0;
};

}  // namespace

std::vector<std::size_t> shown_epochs(std::size_t last) {
  constexpr std::size_t evenly = 80, by_ratio = 24;
  std::set<std::size_t> epochs;
  for (std::size_t i = 1; i <= std::min(last, evenly); ++i) epochs.insert(i * last / std::min(last, evenly));
  for (std::size_t i = 0; i < by_ratio && last > 0; ++i) {
    const double exponent = static_cast<double>(i) / by_ratio;
    epochs.insert(static_cast<std::size_t>(std::pow(static_cast<double>(last), exponent)));
  }
  return {epochs.begin(), epochs.end()};
}

TrainingCurves training_curves(const RunResults& results, const Group& group, Ledger& ledger) {
  std::size_t longest = 0;
  for (const int id : group.done)
    longest = std::max(longest, results.replicas[static_cast<std::size_t>(id)].epochs);
  TrainingCurves curves;
  curves.epoch = shown_epochs(longest);
  CurveSums loss(&EpochMetrics::loss), validation_loss(&EpochMetrics::validation_loss),
      reconstruction(&EpochMetrics::reconstruction), kl(&EpochMetrics::kl);
  for (const int id : group.done) {
    const std::vector<EpochMetrics> history = ledger.replica(id, false).result.history;
    for (CurveSums* sums : {&loss, &validation_loss, &reconstruction, &kl}) sums->add(history, curves.epoch);
  }
  curves.loss = loss.curve();
  curves.validation_loss = validation_loss.curve();
  curves.reconstruction = reconstruction.curve();
  curves.kl = kl.curve();
  return curves;
}

}  // namespace symscan
