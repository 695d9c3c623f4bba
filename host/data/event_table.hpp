#pragma once
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "host/data/column_plan.hpp"
#include "host/data/contents.hpp"
#include "host/data/event_survey.hpp"
#include "host/data/file_dataset.hpp"
#include "host/data/table.hpp"

namespace symscan {

/// One entry of an event record; GeV.
struct EventParticle {
  int id = 0, status = 0;
  double px = 0, py = 0, pz = 0, e = 0, m = 0;
};

struct EventFeature;

/// Makes a table of events, whatever their format: takes the particles that dataset.particles and
/// dataset.statuses name, in the order of the file, and leaves out events that lack one of them. The reader
/// of a format calls begin_event(), add() and end_event() or drop_event(), and finish() at the end.
///
/// Without dataset.particles it only looks at the first events: finish() then throws a sentence that names
/// the particles there, and contents() describes them.
class EventTable {
 public:
  /// `unit`: what messages count, "line" or "event". Throws DataError for settings that cannot be met.
  EventTable(const std::string& name, const FileOptions& options, std::string unit = "line");

  /// Enough events have been read.
  bool full() const;
  bool surveys() const { return options_.particles.empty(); }
  /// Whether weights are looked at, and which: named_weight() is empty for the format's own.
  bool wants_weights() const { return options_.weights != "none"; }
  std::string named_weight() const;

  void begin_event();
  void add(const EventParticle& particle);
  /// `number`: line or event, for messages. A weight is kept if wants_weights() and `weighted`.
  void end_event(double weight, std::uint64_t number, bool weighted = true);
  /// An event that is cut off, or without a record.
  void drop_cut_event() { ++cut_; }
  void drop_empty_event() { ++empty_; }

  std::size_t events() const { return events_; }  ///< complete ones
  std::size_t cut_events() const { return cut_; }
  std::vector<std::string>& notes() { return table_.notes; }
  /// Relative rounding of the values, as Table::precision; float64 unless it is set.
  void set_precision(double precision);

  /// The table. Throws DataError if it has no rows, or without dataset.particles. At least one event has been
  /// read.
  Table finish();
  /// Particles of the events, then these weights ("id: description").
  std::vector<ContentItem> contents(const std::vector<ContentItem>& weights) const;

 private:
  void plan();
  void take(const EventParticle& particle);
  void note_further_particles();
  void check_finite(std::uint64_t number) const;
  [[noreturn]] void throw_missing_particles() const;
  [[noreturn]] void throw_no_rows() const;

  std::string name_, unit_;
  const FileOptions& options_;
  Table table_;
  ColumnPlan plan_;
  /// One column of the file, as plan_columns() counts them.
  struct Column {
    std::size_t particle;  ///< place in dataset.particles
    const EventFeature* feature;
  };
  std::vector<Column> columns_;  ///< of the table
  std::vector<int> occurrence_;  ///< [particles] which of the equal ids each place takes, from 0
  std::map<int, int> wanted_;    ///< how often each id is in dataset.particles
  std::map<int, std::size_t> more_than_wanted_;  ///< rows whose events have further ones of an id
  std::map<int, int> seen_;  ///< particles of the event at hand, by id; only ids that are looked for
  std::vector<EventParticle> current_;  ///< [particles] of the event at hand
  std::size_t found_ = 0;               ///< places that are filled
  std::size_t events_ = 0, cut_ = 0, empty_ = 0, negative_energy_ = 0;
  EventSurvey survey_;
};

/// The options of a survey: no particle is chosen, so that all are counted.
inline FileOptions without_particles(FileOptions options) {
  options.particles.clear();
  return options;
}

}  // namespace symscan
