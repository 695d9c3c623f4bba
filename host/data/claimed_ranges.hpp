#pragma once
#include <cstdint>
#include <iterator>
#include <map>

namespace symscan {

/// Ranges that may not overlap, in any order: those that follow each other are kept as one.
class ClaimedRanges {
 public:
  /// False if [begin, end) overlaps a range that was added before.
  bool add(std::uint64_t begin, std::uint64_t end) {
    if (begin >= end) return true;
    auto next = ends_.lower_bound(begin);
    const auto before = next == ends_.begin() ? ends_.end() : std::prev(next);
    if (next != ends_.end() && next->first < end) return false;
    if (before != ends_.end() && before->second > begin) return false;
    if (next != ends_.end() && next->first == end) {
      end = next->second;
      next = ends_.erase(next);
    }
    if (before != ends_.end() && before->second == begin) {
      before->second = end;
    } else {
      ends_.emplace_hint(next, begin, end);
    }
    return true;
  }

 private:
  std::map<std::uint64_t, std::uint64_t> ends_;  ///< by their begins
};

}  // namespace symscan
