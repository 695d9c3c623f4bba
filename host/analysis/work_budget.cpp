#include "host/analysis/work_budget.hpp"

#include <algorithm>
#include <utility>

namespace symscan {
namespace {

constexpr double kOperationsPerSecond = 1e9;

}  // namespace

WorkBudget::WorkBudget(double seconds, double expected, Watch watch)
    : most_(seconds * kOperationsPerSecond), expected_(expected), watch_(std::move(watch)) {}

bool WorkBudget::affords(const std::string& part, double operations, double share) {
  if (has(operations / share)) {
    spend(part, operations);
    return true;
  }
  leave_out(part, operations);
  return false;
}

void WorkBudget::leave_out(const std::string& part, double operations) {
  const auto same = [&](const LeftOut& other) { return other.part == part; };
  auto at = std::find_if(left_out_.begin(), left_out_.end(), same);
  if (at == left_out_.end()) at = left_out_.insert(at, {part, 0});
  at->seconds += operations / kOperationsPerSecond;
}

void WorkBudget::spend(const std::string& part, double operations) {
  const double before = spent_;
  spent_ += operations;
  // What takes longer than expected comes nearer and nearer to the end.
  constexpr double nearly = 0.9;
  const auto share = [&](double done) {
    if (!(expected_ > 0)) return 0.0;
    return done < nearly * expected_ ? done / expected_ : 1 - nearly * (1 - nearly) * expected_ / done;
  };
  if (watch_) watch_({part, share(before), share(spent_), operations / kOperationsPerSecond});
}

double WorkBudget::spent_seconds() const {
  return spent_ / kOperationsPerSecond;
}

}  // namespace symscan
