#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>

namespace symscan {

/// Sizes of a ledger, in bytes. Tests make them small.
struct LedgerLimits {
  /// Longer values are stored in several pieces; SQLite's own values end at 10^9.
  std::size_t piece = std::size_t{64} << 20;
  /// A write-ahead log that is longer is emptied, or gets no more checkpoints.
  std::uint64_t log = std::uint64_t{64} << 20;
  /// Larger ledgers are not looked through when they are opened.
  std::uint64_t quick_check = std::uint64_t{256} << 20;
  int busy_milliseconds = 10000;    ///< to wait for another program
  int longest_value = 0;            ///< of SQLite; 0: its own
  std::optional<long> file_system;  ///< instead of the type that statfs gives
};

inline LedgerLimits& ledger_limits() {
  static LedgerLimits limits;
  return limits;
}

}  // namespace symscan
