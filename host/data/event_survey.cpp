#include "host/data/event_survey.hpp"

#include <algorithm>
#include <map>

#include "host/base/text.hpp"
#include "host/data/pdg.hpp"

namespace symscan {
namespace {

constexpr std::size_t kMostKinds = 256;   ///< of particles that are remembered of one event
constexpr std::size_t kMostTogether = 8;  ///< particles that are proposed
constexpr std::size_t kMostDescribed = 12;
constexpr std::size_t kMostContents = 40;

bool among(int status, const std::vector<int>& statuses) {
  return std::find(statuses.begin(), statuses.end(), status) != statuses.end();
}

EventSurvey::Counts by_frequency(const std::map<int, std::size_t>& events_of) {
  EventSurvey::Counts counts(events_of.begin(), events_of.end());
  std::sort(counts.begin(), counts.end(), [](const auto& a, const auto& b) {
    return a.second != b.second ? a.second > b.second : a.first > b.first;
  });
  return counts;
}

/// "a in 812 of 1000 events, b in 812, ... (17 in all)"
template <class Name>
std::string described(const EventSurvey::Counts& counts, const std::string& of_events, const Name& name) {
  std::vector<std::string> texts;
  for (const auto& [key, events] : counts) {
    if (texts.size() == kMostDescribed) break;
    texts.push_back(name(key) + " in " + std::to_string(events));
  }
  if (texts.empty()) return "";
  texts[0] += of_events;
  const bool more = counts.size() > texts.size();
  return join_words(texts) + (more ? ", ... (" + std::to_string(counts.size()) + " in all)" : "");
}

}  // namespace

std::string particle_with_id(int id) {
  const std::string number = std::to_string(id);
  return find_particle(id) != nullptr ? particle_name(id) + " (" + number + ")" : number;
}

std::string id_list(const std::vector<int>& ids) {
  std::string list;
  for (const int id : ids) list += (list.empty() ? "" : ",") + std::to_string(id);
  return list;
}

std::string particles_of_statuses(const std::vector<int>& statuses) {
  if (statuses == std::vector<int>{1}) return "outgoing particles";
  return "particles of status " + id_list(statuses);
}

void EventSurvey::begin_event() {
  entries_.resize(ends_.empty() ? 0 : ends_.back());  // without those of an event that did not end
}

void EventSurvey::add(int id, int status) {
  const std::size_t begin = begin_of(ends_.size());
  for (std::size_t i = begin; i < entries_.size(); ++i) {
    if (entries_[i].id != id || entries_[i].status != status) continue;
    ++entries_[i].count;
    return;
  }
  if (entries_.size() - begin < kMostKinds) entries_.push_back({id, status, 1});
}

EventSurvey::Counts EventSurvey::particles(const std::vector<int>& statuses) const {
  std::map<int, std::size_t> events_of, last_event;
  for (std::size_t event = 0; event < events(); ++event) {
    for (std::size_t i = begin_of(event); i < ends_[event]; ++i) {
      if (!among(entries_[i].status, statuses)) continue;
      std::size_t& last = last_event[entries_[i].id];
      if (last != event + 1) ++events_of[entries_[i].id];
      last = event + 1;
    }
  }
  return by_frequency(events_of);
}

EventSurvey::Counts EventSurvey::statuses() const {
  std::map<int, std::size_t> events_of, last_event;
  for (std::size_t event = 0; event < events(); ++event) {
    for (std::size_t i = begin_of(event); i < ends_[event]; ++i) {
      std::size_t& last = last_event[entries_[i].status];
      if (last != event + 1) ++events_of[entries_[i].status];
      last = event + 1;
    }
  }
  return by_frequency(events_of);
}

std::size_t EventSurvey::count_in(std::size_t event, int id, const std::vector<int>& statuses) const {
  std::size_t count = 0;
  for (std::size_t i = begin_of(event); i < ends_[event]; ++i)
    if (entries_[i].id == id && among(entries_[i].status, statuses)) count += entries_[i].count;
  return count;
}

std::size_t EventSurvey::events_with(const std::vector<int>& ids, const std::vector<int>& statuses) const {
  std::size_t found = 0;
  for (std::size_t event = 0; event < events(); ++event) {
    found += std::all_of(ids.begin(), ids.end(), [&](int id) {
      return count_in(event, id, statuses) >=
             static_cast<std::size_t>(std::count(ids.begin(), ids.end(), id));
    });
  }
  return found;
}

std::vector<int> EventSurvey::together(const std::vector<int>& statuses) const {
  std::vector<int> ids;
  const Counts counts = particles(statuses);
  for (const auto& [id, in_events] : counts) {
    if (2 * in_events < events()) break;
    for (;;) {  // as many of this id as half the events have beside the others
      ids.push_back(id);
      if (ids.size() <= kMostTogether && 2 * events_with(ids, statuses) >= events()) continue;
      ids.pop_back();
      break;
    }
    if (ids.size() == kMostTogether) break;
  }
  if (!ids.empty() || counts.empty()) return ids;
  const int most = counts.front().first;
  if (events_with({most, -most}, statuses) * 2 > counts.front().second) return {most, -most};
  return {most};
}

std::string EventSurvey::of_events(bool more) const {
  return (more ? " of the first " : " of ") + std::to_string(events()) + " events";
}

std::string EventSurvey::describe_particles(const std::vector<int>& statuses, bool more) const {
  return described(particles(statuses), of_events(more), particle_with_id);
}

std::string EventSurvey::describe_statuses(bool more) const {
  return described(statuses(), of_events(more), [](int status) { return std::to_string(status); });
}

std::string EventSurvey::status_setting(const std::vector<int>& ids) const {
  std::size_t most = 0;
  int best = 0;
  for (const auto& [status, events] : statuses()) {
    const std::size_t found = ids.empty() ? events : events_with(ids, {status});
    // Incoming particles have negative codes; the larger code is nearer to the end of the event.
    const bool better = found > most || (found == most && status > best);
    if (found == 0 || (most > 0 && (best >= 0) > (status >= 0))) continue;
    if (better || (best < 0 && status >= 0)) {
      most = found;
      best = status;
    }
  }
  return most == 0 ? "" : "dataset.statuses=[" + std::to_string(best) + "]";
}

std::vector<ContentItem> EventSurvey::contents(const std::vector<int>& statuses) const {
  std::vector<ContentItem> items;
  const auto in_events = [&](std::size_t count) { return "in " + std::to_string(count) + of_events(full()); };
  const std::string status_word =
      statuses == std::vector<int>{1} ? "" : "dataset.statuses=[" + id_list(statuses) + "]";
  const auto settings = [&](const std::vector<int>& ids) {
    std::vector<std::string> words = {"dataset.particles=[" + id_list(ids) + "]"};
    if (!status_word.empty()) words.push_back(status_word);
    return words;
  };
  const std::vector<int> set = together(statuses);
  if (set.size() > 1) {
    std::vector<std::string> names;
    for (const int id : set) names.push_back(particle_with_id(id));
    items.push_back({list_words(names), "together " + in_events(events_with(set, statuses)), settings(set)});
  }
  for (const auto& [id, count] : particles(statuses)) {
    if (items.size() == kMostContents) break;
    items.push_back({particle_with_id(id), in_events(count), settings({id})});
  }
  for (const auto& [status, count] : this->statuses()) {
    if (among(status, statuses) || items.size() >= kMostContents + kMostDescribed) continue;
    const std::vector<int> ids = together({status});
    items.push_back(
        {"status " + std::to_string(status),
         in_events(count) + ": " + describe_particles({status}, full()),
         {"dataset.statuses=[" + std::to_string(status) + "]", "dataset.particles=[" + id_list(ids) + "]"}});
  }
  return items;
}

}  // namespace symscan
