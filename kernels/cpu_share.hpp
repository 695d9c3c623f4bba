#pragma once
#include "kernels/cpu_team.hpp"
#include "kernels/multiply_cpu.hpp"
#include "kernels/network.hpp"

// Which part of a tile operation is whose, when several threads train one replica. Results are shared out,
// never the terms of a sum: each number is made by one thread, as one thread alone makes it, and its bits do
// not depend on the number of threads.

namespace symscan::SYMSCAN_ISA {

/// One thread among those that work on a tile. All of them run the same sequence of operations.
struct CpuShare {
  CpuTeam* team = nullptr;  ///< nullptr: one thread does everything
  int rank = 0, size = 1;
  /// Each thread has samples of its own, the same in every operation of the tile that works on samples one by
  /// one: such operations may follow each other without a meeting. Else the threads meet after each.
  bool own_samples = true;

  /// For a tile of `columns` samples: each thread needs whole register tiles, and equally many.
  void begin_tile(int columns) {
    constexpr int least = lane_padding > 2 * lanes ? lane_padding : 2 * lanes;
    own_samples = size == 1 || columns % (least * size) == 0;
  }

  void meet() const {
    if (size > 1) team->meet();
  }
  /// After an operation on single samples.
  void pass_on() const {
    if (!own_samples) team->meet();
  }

  /// This thread's part of `count` things, in whole units.
  Range of(int count, int unit) const {
    if (size == 1) return {0, count};
    const long units = (static_cast<long>(count) + unit - 1) / unit;
    const auto border = [&](int r) {
      const long at = units * r / size * unit;
      return at < count ? static_cast<int>(at) : count;
    };
    return {border(rank), border(rank + 1)};
  }
  /// Its samples in an operation on single samples.
  Range samples(int columns) const { return of(columns, lane_padding); }
  /// Its results of a product [rows][samples].
  Part product(int rows, int columns) const {
    if (own_samples || few(rows)) return {{0, rows}, samples(columns)};
    return {of(rows, block_rows), {0, columns}};
  }
  /// Rows of a product that do not give every thread a register tile.
  bool few(int rows) const { return rows < block_rows * size; }
};

}  // namespace symscan::SYMSCAN_ISA
