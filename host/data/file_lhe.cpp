// Les Houches event files (hep-ph/0609017), read line by line.
//
// They look like XML and are not: generators leave '<' and '&' in comments, attributes without quotes, '#'
// lines and text after the last tag. So only lines that start with <event ...> and </event> mean anything
// here, in any case.
#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <functional>
#include <map>

#include "host/base/error.hpp"
#include "host/base/text.hpp"
#include "host/data/column_plan.hpp"
#include "host/data/file_dataset.hpp"
#include "host/data/file_readers.hpp"
#include "host/data/pdg.hpp"
#include "host/data/table_limits.hpp"
#include "host/data/text_values.hpp"

namespace symscan {
namespace {

constexpr int kMostParticles = 100000;
constexpr std::size_t kSurveyEvents = 1000;  ///< looked at to say which particles a file has
constexpr double kPrecision = 1e-9;          ///< generators write about ten digits

struct Momentum {
  double px, py, pz, e, m;
};

struct Feature {
  const char* name;
  double (*value)(const Momentum&);
};

double transverse(const Momentum& p) {
  return std::hypot(p.px, p.py);
}

const Feature kFeatures[] = {
    {"E", [](const Momentum& p) { return p.e; }},
    {"px", [](const Momentum& p) { return p.px; }},
    {"py", [](const Momentum& p) { return p.py; }},
    {"pz", [](const Momentum& p) { return p.pz; }},
    {"pt", transverse},
    {"eta", [](const Momentum& p) { return std::asinh(p.pz / transverse(p)); }},
    {"phi", [](const Momentum& p) { return std::atan2(p.py, p.px); }},
    {"m", [](const Momentum& p) { return p.m; }},
    {"y", [](const Momentum& p) { return std::atanh(p.pz / p.e); }},
    {"theta", [](const Momentum& p) { return std::atan2(transverse(p), p.pz); }},
};

const Feature& find_feature(const std::string& name) {
  std::string known;
  for (const Feature& feature : kFeatures) {
    if (name == feature.name) return feature;
    known += std::string(known.empty() ? "" : ", ") + feature.name;
  }
  throw DataError("dataset.features names " + printable(name) + ", which is not known; known are " + known);
}

bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == '\v';
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

std::string_view next_word(std::string_view& rest) {
  rest = trim(rest);
  std::size_t end = 0;
  while (end < rest.size() && !is_space(rest[end])) ++end;
  const std::string_view word = rest.substr(0, end);
  rest.remove_prefix(end);
  return word;
}

bool starts_with_tag(std::string_view line, std::string_view tag) {
  if (line.size() < tag.size()) return false;
  for (std::size_t i = 0; i < tag.size(); ++i) {
    if (std::tolower(static_cast<unsigned char>(line[i])) != tag[i]) return false;
  }
  if (line.size() == tag.size()) return true;
  const char after = line[tag.size()];  // <event> and <event npLO="1">, but not <eventgroup>
  return after == '>' || after == '/' || is_space(after);
}

class LheReader {
 public:
  LheReader(ByteSource& source, const std::string& name, const FileOptions& options)
      : source_(source), lines_(source, name), name_(name), options_(options) {
    if (options.features.empty())
      throw DataError("dataset.features is empty; write for example [\"E\", \"px\", \"py\", \"pz\"]");
    for (const std::string& feature : options.features) features_.push_back(&find_feature(feature));
    if (options.particles.empty()) return;  // read() then says which there are
    std::vector<std::string> names = column_names();
    FileOptions no_weights = options;
    no_weights.weights = "none";  // here, weights are not among the columns
    plan_ = plan_columns(names, name, no_weights);
    check_table_size(name, 1, plan_.features.size());
    begin_table(table_, plan_);
    table_.precision.assign(plan_.names.size(), kPrecision);
    found_.resize(options.particles.size());
    row_.resize(names.size());
  }

  Table read() {
    std::string_view line;
    if (options_.particles.empty()) {
      while (events_ < kSurveyEvents && find_event(line)) read_event(line);
      throw_missing_particles();
    }
    while (table_.rows < options_.max_rows && find_event(line)) read_event(line);
    finish();
    return std::move(table_);
  }

 private:
  std::string line_name() const { return name_ + " line " + std::to_string(lines_.number()); }

  std::vector<std::string> column_names() const {
    std::vector<std::string> names;
    std::map<int, int> seen;
    for (const int id : options_.particles) {
      const auto copies = std::count(options_.particles.begin(), options_.particles.end(), id);
      std::string particle = "(" + particle_name(id);
      if (copies > 1) particle += " " + std::to_string(++seen[id]);
      particle += ")";
      for (const std::string& feature : options_.features) names.push_back(feature + particle);
    }
    return names;
  }

  /// Skips to the next <event>; `rest` is what follows the tag on its line.
  bool find_event(std::string_view& rest) {
    while (pending_ || lines_.next(rest)) {
      if (pending_) rest = pending_line_;
      pending_ = false;
      rest = trim(rest);
      if (!starts_with_tag(rest, "<event")) continue;
      std::size_t end = rest.find('>');
      while (end == std::string_view::npos) {  // attributes may go on over several lines
        if (!lines_.next(rest)) {
          ++incomplete_;
          return false;
        }
        end = rest.find('>');
      }
      rest = trim(rest.substr(end + 1));
      return true;
    }
    return false;
  }

  /// The next line that holds numbers; false if the event ends (or the file does) before.
  bool number_line(std::string_view& line) {
    while (lines_.next(line)) {
      line = trim(line);
      if (line.empty() || line.front() == '#') continue;
      if (starts_with_tag(line, "<event")) {
        pending_ = true;
        pending_line_ = line;
        return false;
      }
      // The last line of a cut-off file may hold half a number.
      return line.front() != '<' && lines_.line_was_complete();
    }
    return false;
  }

  double number(std::string_view& line, const char* what) const {
    const std::string_view word = next_word(line);
    double value;
    if (parse_number(word, value)) return value;
    if (word.empty()) throw DataError(line_name() + " ends before the " + what + " of an event record");
    throw DataError(line_name() + ": the " + what + " is " + printable(word) + ", which is not a number");
  }

  int integer(std::string_view& line, const char* what) const {
    const double value = number(line, what);
    if (!(std::abs(value) <= 2147483647.0) || value != std::trunc(value)) {
      throw DataError(line_name() + ": the " + what + " is not an integer in range");
    }
    return static_cast<int>(value);
  }

  void read_event(std::string_view line) {
    if ((line.empty() || line.front() == '#') && !number_line(line)) {
      ++incomplete_;
      return;
    }
    const int particles = integer(line, "number of particles (NUP)");
    if (particles < 0 || particles > kMostParticles) {
      throw DataError(line_name() + ": an event of " + std::to_string(particles) +
                      " particles (NUP) cannot be right");
    }
    integer(line, "process (IDPRUP)");
    weight_ = number(line, "event weight (XWGTUP)");
    found_count_.clear();
    std::fill(found_.begin(), found_.end(), false);
    for (int i = 0; i < particles; ++i) {
      if (!number_line(line)) {
        ++incomplete_;
        return;
      }
      read_particle(line);
    }
    if (read_tail()) keep_event();
  }

  void read_particle(std::string_view line) {
    const int id = integer(line, "particle id (IDUP)");
    const int status = integer(line, "particle status (ISTUP)");
    for (int i = 0; i < 4; ++i) number(line, "parent or colour index");
    Momentum p{};
    p.px = number(line, "px");
    p.py = number(line, "py");
    p.pz = number(line, "pz");
    p.e = number(line, "energy");
    const double square = p.e * p.e - p.px * p.px - p.py * p.py - p.pz * p.pz;
    p.m = trim(line).empty() ? std::sqrt(std::max(0.0, square)) : number(line, "mass");
    if (status == 1) take(id, p);
  }

  /// The k-th particle of an id goes to the k-th place that `particles` has for it.
  void take(int id, const Momentum& p) {
    const int occurrence = found_count_[id]++;
    int seen = 0;
    for (std::size_t i = 0; i < options_.particles.size(); ++i) {
      if (options_.particles[i] != id || seen++ != occurrence) continue;
      found_[i] = true;
      for (std::size_t k = 0; k < features_.size(); ++k)
        row_[i * features_.size() + k] = features_[k]->value(p);
    }
  }

  /// Up to </event>, looking for the named weight. False if the event is cut off.
  bool read_tail() {
    const bool named = options_.weights != "auto" && options_.weights != "none";
    bool have_weight = !named;
    std::string_view line;
    while (lines_.next(line)) {
      line = trim(line);
      if (starts_with_tag(line, "</event")) {
        if (!have_weight) {
          throw DataError(line_name() + ": the event has no weight " + printable(options_.weights) +
                          " (dataset.weights)");
        }
        return true;
      }
      if (starts_with_tag(line, "<event")) {  // a lost end tag; all particles were there
        pending_ = true;
        pending_line_ = line;
        ++incomplete_;
        return false;
      }
      if (named && (starts_with_tag(line, "<wgt") || starts_with_tag(line, "<weight")))
        have_weight |= named_weight(line);
    }
    ++incomplete_;
    return false;
  }

  bool named_weight(std::string_view line) {
    const std::size_t end = line.find('>');
    if (end == std::string_view::npos) return false;
    const std::string_view tag = line.substr(0, end);
    for (const char quote : {'"', '\''}) {
      if (tag.find(quote + options_.weights + quote) == std::string_view::npos) continue;
      std::string_view text = line.substr(end + 1);
      text = text.substr(0, text.find('<'));
      weight_ = number(text, "weight");
      return true;
    }
    return false;
  }

  void keep_event() {
    ++events_;
    count_particles();
    if (options_.particles.empty()) return;
    if (std::find(found_.begin(), found_.end(), false) != found_.end()) return;
    const std::size_t features = table_.features();
    if (table_.rows % 65536 == 0) check_table_size(name_, table_.rows + 1, features);
    for (const std::size_t place : plan_.features) table_.values.push_back(row_[place]);
    if (options_.weights != "none") table_.weights.push_back(weight_);
    ++table_.rows;
  }

  void count_particles() {
    for (const auto& [id, count] : found_count_) {
      if (events_with_.size() < 64 || events_with_.contains(id)) ++events_with_[id];
    }
  }

  /// Most frequent first; particles before antiparticles.
  std::vector<std::pair<int, std::size_t>> particles_by_frequency() const {
    std::vector<std::pair<int, std::size_t>> counts(events_with_.begin(), events_with_.end());
    std::sort(counts.begin(), counts.end(), [](const auto& a, const auto& b) {
      return a.second != b.second ? a.second > b.second : a.first > b.first;
    });
    return counts;
  }

  /// "e- (11) in 5006 of 10000 events, e+ (-11) in 5006, g (21) in 3000"
  std::string describe_particles() const {
    std::vector<std::string> texts;
    for (const auto& [id, count] : particles_by_frequency()) {
      const std::string number = std::to_string(id);
      const bool named = find_particle(id) != nullptr;
      texts.push_back((named ? particle_name(id) + " (" + number + ")" : number) + " in " +
                      std::to_string(count));
    }
    if (texts.empty()) return "";
    constexpr std::size_t most_named = 12;
    const std::size_t all = texts.size();
    if (all > most_named) texts.resize(most_named);
    texts[0] += (options_.particles.empty() && events_ == kSurveyEvents ? " of the first " : " of ") +
                std::to_string(events_) + " events";
    return join_words(texts) + (all > most_named ? ", ... (" + std::to_string(all) + " in all)" : "");
  }

  [[noreturn]] void throw_missing_particles() const {
    const std::string missing = "dataset.particles is missing; ";
    const auto counts = particles_by_frequency();
    if (counts.empty()) {
      throw DataError(
          missing + "it lists the PDG ids to take from " + name_ +
          ", for example dataset.particles=[13,-13] (no complete event with outgoing particles was found)");
    }
    const int id = counts[0].first;
    std::string ids = std::to_string(id);
    if (events_with_.contains(-id)) ids += "," + std::to_string(-id);
    throw DataError(missing + "name the outgoing particles to take from " + name_ +
                    ", for example dataset.particles=[" + ids + "]; " + "its outgoing particles are " +
                    describe_particles());
  }

  std::string particle_list() const {
    std::string list;
    for (const int id : options_.particles) list += (list.empty() ? "" : ",") + std::to_string(id);
    return list;
  }

  void finish() {
    if (events_ == 0) {
      throw DataError(name_ + (incomplete_ ? " holds no complete event: it is cut off"
                                           : " holds no events: is it an LHE file?"));
    }
    if (table_.rows == 0) {
      throw DataError("none of the " + std::to_string(events_) + " events of " + name_ +
                      " has the outgoing particles " + particle_list() + "; their outgoing particles are " +
                      describe_particles());
    }
    if (table_.rows < events_) {
      table_.notes.push_back(std::to_string(events_ - table_.rows) + " of " + std::to_string(events_) +
                             " events of " + name_ + " lack the particles " + particle_list() +
                             " and were left out");
    }
    if (incomplete_ > 0) {
      table_.notes.push_back(std::to_string(incomplete_) + (incomplete_ == 1 ? " event of " : " events of ") +
                             name_ + " cut off and left out");
    }
    if (source_.cut_off()) table_.notes.push_back(name_ + " is cut off: its gzip stream ends early");
  }

  ByteSource& source_;
  LineReader lines_;
  std::string name_;
  const FileOptions& options_;
  Table table_;
  ColumnPlan plan_;
  std::vector<const Feature*> features_;
  std::vector<double> row_;                 ///< [particles][features] of the event at hand
  std::vector<bool> found_;                 ///< [particles]
  std::map<int, int> found_count_;          ///< outgoing particles of the event at hand, by id
  std::map<int, std::size_t> events_with_;  ///< events that have such an outgoing particle
  double weight_ = 1.0;
  std::size_t events_ = 0, incomplete_ = 0;
  bool pending_ = false;  ///< an <event> line was met where none was expected
  std::string pending_line_;
};

}  // namespace

Table read_lhe(ByteSource& source, const std::string& name, const FileOptions& options) {
  return LheReader(source, name, options).read();
}

}  // namespace symscan
