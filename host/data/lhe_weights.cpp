#include "host/data/lhe_weights.hpp"

#include <algorithm>

#include "host/base/error.hpp"
#include "host/data/event_words.hpp"

namespace symscan {
namespace {

constexpr std::size_t kMostWeights = 100000;  ///< ids that are remembered
constexpr std::size_t kLongestDeclaration = 200;

}  // namespace

void LheWeights::declare(const std::string& id, std::uint64_t line) {
  if (declared_.size() >= kMostWeights)
    throw DataError(line_name(line) + ": more than " + std::to_string(kMostWeights) + " event weights");
  declared_.push_back({id, ""});
}

void LheWeights::forget_declarations() {
  declared_.clear();
  resolved_ = events_follow_ = false;
}

void LheWeights::describe(std::string_view text) {
  if (declared_.empty()) return;
  std::string& all = declared_.back().text;
  const std::string_view words = without_blanks(text);
  if (all.size() + words.size() > kLongestDeclaration) return;
  all += (all.empty() ? "" : " ") + std::string(words);
}

/// From the wanted name to an id: ids come first, then the texts of declarations.
void LheWeights::resolve(std::uint64_t line) {
  resolved_ = true;
  id_ = wanted_;
  const auto place_of = [this](auto member) {
    const auto found = std::find_if(declared_.begin(), declared_.end(),
                                    [&](const Declared& weight) { return weight.*member == wanted_; });
    return static_cast<std::size_t>(found - declared_.begin());
  };
  wanted_place_ = place_of(&Declared::id);
  if (wanted_place_ < declared_.size()) return;
  wanted_place_ = place_of(&Declared::text);
  if (wanted_place_ == declared_.size()) return;
  const std::string& id = declared_[wanted_place_].id;
  for (std::size_t i = wanted_place_ + 1; i < declared_.size(); ++i) {
    if (declared_[i].text != wanted_) continue;
    throw DataError(line_name(line) + ": several weights are called " + printable(wanted_) +
                    "; choose one by its id, dataset.weights=" + id +
                    " or dataset.weights=" + declared_[i].id);
  }
  id_ = id;
}

void LheWeights::begin_event() {
  events_follow_ = true;
  if (!in_events_.empty() || lists_) first_event_ = false;
  place_ = Place::nowhere;
  found_ = false;
  in_list_ = 0;
}

void LheWeights::begin_weight(const std::string& id, std::uint64_t line) {
  if (!wanted_.empty() && !resolved_) resolve(line);
  if (first_event_ && in_events_.size() < kMostWeights) in_events_.push_back(id);
  place_ = !wanted_.empty() && id == id_ ? Place::wanted_weight : Place::other_weight;
  in_weight_ = 0;
}

void LheWeights::begin_list() {
  lists_ = true;
  place_ = Place::list;
}

void LheWeights::take(double value, std::uint64_t line) {
  if (found_ && value != value_)
    throw DataError(line_name(line) + ": the event has two weights " + printable(wanted_) +
                    " (dataset.weights)");
  found_ = true;
  value_ = value;
}

void LheWeights::text(std::string_view text, std::uint64_t line) {
  if (wanted_.empty()) return;
  if (!resolved_) resolve(line);
  const auto place = [&] { return line_name(line); };
  if (place_ == Place::wanted_weight) {
    while (!without_blanks(text).empty()) {
      if (in_weight_++ > 0)
        throw DataError(place() + ": the weight " + printable(wanted_) + " has two values");
      take(number_word(text, "weight", place), line);
    }
  }
  if (place_ != Place::list) return;
  for (std::string_view rest = text; !without_blanks(rest).empty(); ++in_list_) {
    if (in_list_ == wanted_place_ && wanted_place_ < declared_.size()) {
      take(number_word(rest, "weight", place), line);
    } else {
      next_word(rest);
    }
  }
}

void LheWeights::end() {
  place_ = Place::nowhere;
}

std::string LheWeights::known_names() const {
  if (!in_events_.empty() && !lists_) return "the first event has " + join_names(in_events_);
  std::vector<std::string> names;
  for (const Declared& weight : declared_) names.push_back(weight.id);
  return names.empty() ? "no weights but XWGTUP were found, which dataset.weights=auto takes"
                       : "the file declares " + join_names(names);
}

double LheWeights::value(std::uint64_t line) {
  if (in_list_ > 0 && in_list_ != declared_.size()) {
    throw DataError(line_name(line) + ": the event has a list of " + std::to_string(in_list_) +
                    " weights, and the file declares " + std::to_string(declared_.size()) +
                    " (<initrwgt>); set dataset.weights=auto to take XWGTUP");
  }
  if (!found_) {
    throw DataError(line_name(line) + ": the event has no weight " + printable(wanted_) +
                    " (dataset.weights); " + known_names());
  }
  return value_;
}

std::vector<ContentItem> LheWeights::contents() const {
  std::vector<ContentItem> items;
  const auto add = [&](const std::string& id, const std::string& text) {
    const std::string shown = printable(text);
    items.push_back({"weight " + printable(id).substr(1, printable(id).size() - 2),
                     "event weight" + (text.empty() ? "" : ", " + shown.substr(1, shown.size() - 2)),
                     {"dataset.weights=" + id}});
  };
  for (const std::string& id : in_events_) {
    const auto declared = std::find_if(declared_.begin(), declared_.end(),
                                       [&](const Declared& weight) { return weight.id == id; });
    add(id, declared == declared_.end() ? "" : declared->text);
  }
  if (lists_ && in_events_.empty())
    for (const Declared& weight : declared_) add(weight.id, weight.text);
  return items;
}

}  // namespace symscan
