#include "host/data/event_table.hpp"

#include <algorithm>
#include <cmath>

#include "host/base/error.hpp"
#include "host/base/text.hpp"
#include "host/data/pdg.hpp"
#include "host/data/selection.hpp"
#include "host/data/table_limits.hpp"
#include "host/data/text_values.hpp"

namespace symscan {

/// What can be taken of a particle.
struct EventFeature {
  const char* name;
  double (*value)(const EventParticle&);
};

namespace {

double transverse_momentum(const EventParticle& p) {
  return std::hypot(p.px, p.py);
}

const EventFeature kEventFeatures[] = {
    {"E", [](const EventParticle& p) { return p.e; }},
    {"px", [](const EventParticle& p) { return p.px; }},
    {"py", [](const EventParticle& p) { return p.py; }},
    {"pz", [](const EventParticle& p) { return p.pz; }},
    {"pt", transverse_momentum},
    {"eta", [](const EventParticle& p) { return std::asinh(p.pz / transverse_momentum(p)); }},
    {"phi", [](const EventParticle& p) { return std::atan2(p.py, p.px); }},
    {"m", [](const EventParticle& p) { return p.m; }},
    {"y", [](const EventParticle& p) { return std::atanh(p.pz / p.e); }},
    {"theta", [](const EventParticle& p) { return std::atan2(transverse_momentum(p), p.pz); }},
};

const EventFeature& find_event_feature(const std::string& name) {
  std::vector<std::string> known;
  for (const EventFeature& feature : kEventFeatures) {
    if (name == feature.name) return feature;
    known.emplace_back(feature.name);
  }
  throw DataError("dataset.features names " + printable(name) + ", which is not known; known are " +
                  join_words(known));
}

/// "(mu-)"; "(g 1)", "(g 2)" where an id is there several times.
std::vector<std::string> names_of_places(const std::vector<int>& ids) {
  std::vector<std::string> names;
  std::map<int, int> seen;
  for (const int id : ids) {
    std::string name = "(" + particle_name(id);
    if (std::count(ids.begin(), ids.end(), id) > 1) name += " " + std::to_string(++seen[id]);
    names.push_back(name + ")");
  }
  return names;
}

void check_event_settings(const FileOptions& options) {
  if (options.features.empty())
    throw DataError("dataset.features is empty; write for example [\"E\", \"px\", \"py\", \"pz\"]");
  if (options.statuses.empty())
    throw DataError("dataset.statuses is empty; write [1] for outgoing particles");
  for (auto it = options.features.begin(); it != options.features.end(); ++it) {
    find_event_feature(*it);
    if (std::find(options.features.begin(), it, *it) != it)
      throw DataError("dataset.features names " + printable(*it) + " twice");
  }
}

bool contains_name(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

EventTable::EventTable(const std::string& name, const FileOptions& options, std::string unit)
    : name_(name), unit_(std::move(unit)), options_(options) {
  check_event_settings(options);
  if (!surveys()) plan();
}

/// The features of all particles are the columns that a file has. Further ones are made where a setting names
/// them: a condition on pt needs no pt among the features.
void EventTable::plan() {
  const std::vector<std::string> places = names_of_places(options_.particles);
  std::vector<std::string> names, further;
  std::vector<Column> columns, further_columns;
  for (std::size_t i = 0; i < places.size(); ++i) {
    for (const std::string& feature : options_.features) {
      names.push_back(feature + places[i]);
      columns.push_back({i, &find_event_feature(feature)});
    }
    for (const EventFeature& feature : kEventFeatures) {
      if (contains_name(options_.features, feature.name)) continue;
      further.push_back(feature.name + places[i]);
      further_columns.push_back({i, &feature});
    }
  }
  std::vector<std::string> all = names;
  all.insert(all.end(), further.begin(), further.end());
  std::vector<bool> used(all.size());
  for (const std::size_t column : columns_of_selection(options_.select, all)) used[column] = true;
  const std::size_t features = names.size();
  for (std::size_t i = 0; i < further.size(); ++i) {
    const bool named = contains_name(options_.columns, further[i]) || options_.group == further[i] ||
                       options_.target == further[i];
    if (!named && !used[features + i]) continue;
    names.push_back(further[i]);
    columns.push_back(further_columns[i]);
  }
  FileOptions no_weights = options_;
  no_weights.weights = "none";  // here, weights are not among the columns
  plan_ = plan_columns(names, name_, no_weights, features);
  check_table_size(name_, 1, plan_.features.size());
  begin_table(table_, plan_);
  for (const std::size_t place : plan_.features) columns_.push_back(columns[place]);
  for (const int id : options_.particles) occurrence_.push_back(wanted_[id]++);
  for (const int id : options_.particles) seen_[id] = 0;
  current_.resize(options_.particles.size());
}

bool EventTable::full() const {
  return surveys() ? survey_.full() : table_.rows >= options_.max_rows;
}

std::string EventTable::named_weight() const {
  return options_.weights == "auto" || options_.weights == "none" ? "" : options_.weights;
}

void EventTable::set_precision(double precision) {
  table_.precision.assign(plan_.names.size(), precision);
}

void EventTable::begin_event() {
  for (auto& [id, count] : seen_) count = 0;
  found_ = 0;
  if (!survey_.full()) survey_.begin_event();
}

void EventTable::add(const EventParticle& particle) {
  if (!survey_.full()) survey_.add(particle.id, particle.status);
  if (std::find(options_.statuses.begin(), options_.statuses.end(), particle.status) !=
      options_.statuses.end())
    take(particle);
}

/// The k-th particle of an id goes to the k-th place that `particles` has for it.
void EventTable::take(const EventParticle& particle) {
  const auto seen = seen_.find(particle.id);
  if (seen == seen_.end()) return;
  const int occurrence = seen->second++;
  for (std::size_t i = 0; i < current_.size(); ++i) {
    if (options_.particles[i] != particle.id || occurrence_[i] != occurrence) continue;
    current_[i] = particle;
    ++found_;
  }
}

void EventTable::end_event(double weight, std::uint64_t number, bool weighted) {
  ++events_;
  if (!survey_.full()) survey_.end_event();
  if (surveys() || found_ < current_.size()) return;
  if (table_.rows % 65536 == 0) check_table_size(name_, table_.rows + 1, columns_.size());
  for (const Column& column : columns_)
    table_.values.push_back(column.feature->value(current_[column.particle]));
  negative_energy_ += std::any_of(current_.begin(), current_.end(), [](const auto& p) { return p.e < 0; });
  for (const auto& [id, count] : seen_)
    if (count > wanted_[id]) ++more_than_wanted_[id];
  ++table_.rows;
  if (weighted && wants_weights()) table_.weights.push_back(weight);
  if (!options_.drop_nonfinite && options_.select.empty()) check_finite(number);
}

/// Here, because the line is known.
void EventTable::check_finite(std::uint64_t number) const {
  const double* row = table_.values.data() + (table_.rows - 1) * columns_.size();
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    if (std::isfinite(row[i])) continue;
    throw DataError(name_ + ": the event of " + unit_ + " " + std::to_string(number) +
                    " is not finite: column " + printable(table_.columns[i]) + " is " +
                    (std::isnan(row[i]) ? "NaN" : "infinite") +
                    "; repair the file or set dataset.on_nonfinite=drop");
  }
}

void EventTable::throw_missing_particles() const {
  const std::string missing = "dataset.particles is missing; ";
  const bool more = survey_.full();
  const std::vector<int>& statuses = options_.statuses;
  const std::vector<int> ids = survey_.together(statuses);
  if (!ids.empty()) {
    throw DataError(missing + "name the " + particles_of_statuses(statuses) + " to take from " + name_ +
                    ", for example dataset.particles=[" + id_list(ids) + "]; its " +
                    particles_of_statuses(statuses) + " are " + survey_.describe_particles(statuses, more));
  }
  const std::string setting = survey_.status_setting({});
  if (setting.empty()) {
    throw DataError(missing + "it lists the PDG ids to take from " + name_ +
                    ", for example dataset.particles=[13,-13] (no event with particles was found)");
  }
  const int status = std::stoi(setting.substr(setting.find('[') + 1));
  throw DataError(missing + name_ + " has no particle of status " + id_list(statuses) +
                  " (dataset.statuses): its particles have status " + survey_.describe_statuses(more) +
                  "; set for example " + setting + " dataset.particles=[" +
                  id_list(survey_.together({status})) + "]");
}

void EventTable::throw_no_rows() const {
  const std::string list = id_list(options_.particles);
  const bool more = events_ > survey_.events();
  const std::string what = particles_of_statuses(options_.statuses);
  std::string sentence = "none of the " + std::to_string(events_) + " events of " + name_ + " has the " +
                         what + " " + list + "; ";
  const std::string there = survey_.describe_particles(options_.statuses, more);
  const std::string statuses = survey_.describe_statuses(more);
  if (!there.empty()) {
    sentence += "their " + what + " are " + there;
  } else if (!statuses.empty()) {
    sentence += "no particle has status " + id_list(options_.statuses) +
                " (dataset.statuses), there are those of status " + statuses;
  } else {
    sentence += "they have no particles";
  }
  const std::string setting = survey_.status_setting(options_.particles);
  if (!setting.empty()) sentence += "; " + setting + " takes them";
  throw DataError(sentence);
}

/// Which of several equal particles is meant is not in the file: the reader of it should know.
void EventTable::note_further_particles() {
  for (const auto& [id, events] : more_than_wanted_) {
    const int wanted = wanted_[id];
    const std::string several = wanted == 1 ? "one" : std::to_string(wanted);
    table_.notes.push_back(std::to_string(events) + " of the " + plural(table_.rows, "event") +
                           " taken from " + name_ + " have more than " + several + " " +
                           particle_with_id(id) + "; the first" + (wanted == 1 ? "" : " " + several) +
                           " in the file " + (wanted == 1 ? "was" : "were") + " taken");
  }
}

Table EventTable::finish() {
  if (surveys()) throw_missing_particles();
  if (table_.rows == 0) throw_no_rows();
  const auto note = [this](std::size_t count, const std::string& rest) {
    if (count > 0) table_.notes.push_back(plural(count, "event") + " of " + name_ + rest);
  };
  if (table_.rows < events_) {
    table_.notes.push_back(std::to_string(events_ - table_.rows) + " of " + std::to_string(events_) +
                           " events of " + name_ + " lack the particles " + id_list(options_.particles) +
                           " and were left out");
  }
  note_further_particles();
  note(cut_, " cut off and left out");
  note(empty_, ": nothing between the tags; left out");
  note(negative_energy_, " with a negative energy");
  return std::move(table_);
}

std::vector<ContentItem> EventTable::contents(const std::vector<ContentItem>& weights) const {
  std::vector<ContentItem> items = survey_.contents(options_.statuses);
  items.insert(items.end(), weights.begin(), weights.end());
  return items;
}

}  // namespace symscan
