#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "host/data/file_dataset.hpp"
#include "host/data/table.hpp"

namespace symscan {

// dataset.flatten: from events of many particles to rows of equal length, "pt[1]", "eta[1]", "pt[2]", ...
// Use: plan_flatten() once; flatten_event() and keep_event() for each event; finish_flatten() at the end.

/// How events become rows.
struct FlattenPlan {
  std::size_t particles = 0;         ///< of each event that become columns (N)
  std::size_t features = 0;          ///< values of each particle in the file
  std::vector<std::size_t> used;     ///< numbers of those that become columns
  std::vector<std::string> columns;  ///< [N * used], particle after particle
  /// What remains of dataset.columns for plan_columns(): names of `columns`, or nothing for all of them.
  std::vector<std::string> chosen;
  std::vector<std::size_t> order;  ///< number of pt, or of px and py; empty: as the particles come
  bool mask = false;               ///< events with fewer particles stay
};

/// `features`: what the file says of each particle, at least one; `named`: these names are the file's own,
/// else dataset.columns may give others. `name`: of the file or array. Throws DataError.
FlattenPlan plan_flatten(const std::vector<std::string>& features, bool named, const std::string& name,
                         const FileOptions& options);

/// One event, values[particles][plan.features]. Writes plan.columns.size() values to `out`, zeros for
/// particles that the event lacks. A particle of which all values are zero or NaN is padding. Returns the
/// number of particles that are there, at most N; they come first.
std::size_t flatten_event(const FlattenPlan& plan, const double* values, std::size_t particles, double* out);

/// What is known of the events so far.
struct FlattenCounts {
  std::vector<std::uint32_t> found;  ///< of each event that stays: particles
  std::size_t events = 0, short_events = 0;
  std::size_t most = 0;  ///< particles of an event, at most N
};

/// Whether an event of which `found` particles are there becomes a row.
bool keep_event(const FlattenPlan& plan, FlattenCounts& counts, std::size_t found);

/// Puts the columns real[k] behind the first `features` columns of the table, whose rows are the events that
/// stay, and notes what was left out or padded. Throws DataError if no event has enough particles.
void finish_flatten(Table& table, std::size_t features, const FlattenPlan& plan, const FlattenCounts& counts,
                    const std::string& name);

}  // namespace symscan
