#pragma once
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "host/data/contents.hpp"

namespace symscan {

/// Which particles the first events of a file have: for messages, and for what `symscan inspect` says.
class EventSurvey {
 public:
  static constexpr std::size_t most_events = 1000;

  bool full() const { return events() >= most_events; }
  std::size_t events() const { return ends_.size(); }

  void begin_event();
  void add(int id, int status);
  void end_event() { ends_.push_back(entries_.size()); }

  using Counts = std::vector<std::pair<int, std::size_t>>;
  /// Ids of the particles of these statuses, and in how many events they are: most frequent first, then
  /// particles before antiparticles.
  Counts particles(const std::vector<int>& statuses) const;
  /// Status codes and in how many events they are: most frequent first.
  Counts statuses() const;
  /// The ids, each as often as it occurs, of the largest set found that at least half the events have;
  /// without one the most frequent particle. At most eight.
  std::vector<int> together(const std::vector<int>& statuses) const;
  /// Events that have all these particles (an id may be there several times) with these statuses.
  std::size_t events_with(const std::vector<int>& ids, const std::vector<int>& statuses) const;

  /// "mu- (13) in 812 of 1000 events, mu+ (-13) in 812"; `more`: the file has more events.
  std::string describe_particles(const std::vector<int>& statuses, bool more) const;
  /// "0 in 40 of 40 events, -1 in 40"
  std::string describe_statuses(bool more) const;
  /// The status with which these particles are in most events, as a setting; empty if there is none.
  std::string status_setting(const std::vector<int>& ids) const;

  /// Which particles there are and which occur together, with the settings that take them.
  std::vector<ContentItem> contents(const std::vector<int>& statuses) const;

 private:
  struct Entry {
    int id, status;
    std::size_t count;
  };
  std::string of_events(bool more) const;
  std::size_t begin_of(std::size_t event) const { return event == 0 ? 0 : ends_[event - 1]; }
  std::size_t count_in(std::size_t event, int id, const std::vector<int>& statuses) const;

  std::vector<Entry> entries_;     ///< of all events, one after another
  std::vector<std::size_t> ends_;  ///< [events] where the entries of each end
};

/// "mu- (13)", or "1000022" without a name.
std::string particle_with_id(int id);
/// "13,-13"
std::string id_list(const std::vector<int>& ids);
/// "outgoing particles", or "particles of status 2,22".
std::string particles_of_statuses(const std::vector<int>& statuses);

}  // namespace symscan
