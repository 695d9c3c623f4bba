#include "host/data/hepmc_weights.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

#include "host/base/error.hpp"
#include "host/data/text_values.hpp"

namespace symscan {
namespace {

/// "0" -> 0; nothing for other texts.
std::optional<std::size_t> place_in_list(const std::string& text) {
  std::size_t place = 0;
  const auto result = std::from_chars(text.data(), text.data() + text.size(), place);
  if (result.ec != std::errc{} || result.ptr != text.data() + text.size()) return std::nullopt;
  return place;
}

}  // namespace

void HepmcWeights::set_names(std::string_view escaped) {
  names_.assign(1, "");
  for (std::size_t i = 0; i < escaped.size(); ++i) {
    if (escaped[i] != '\\' || i + 1 == escaped.size()) {
      names_.back() += escaped[i];
    } else if (escaped[++i] == '|') {
      names_.emplace_back();
    } else {
      names_.back() += escaped[i];
    }
  }
  if (names_.back().empty()) names_.pop_back();  // a mark after the last name
}

void HepmcWeights::set_quoted_names(std::string_view text) {
  names_.clear();
  for (;;) {
    const std::size_t begin = text.find('"');
    const std::size_t end = begin == std::string_view::npos ? begin : text.find('"', begin + 1);
    if (end == std::string_view::npos) return;
    names_.emplace_back(text.substr(begin + 1, end - begin - 1));
    text.remove_prefix(end + 1);
  }
}

void HepmcWeights::throw_missing(std::uint64_t line) const {
  std::string there = "; it has " + (values_.empty() ? std::string("none") : std::to_string(values_.size()));
  if (!names_.empty()) there += ": " + join_names(names_);
  throw DataError(file_ + ": the event that begins in line " + std::to_string(line) + " has no weight " +
                  (wanted_ == "auto" ? "and others have (dataset.weights); set dataset.weights=none"
                                     : printable(wanted_) + " (dataset.weights)" + there));
}

double HepmcWeights::value(std::uint64_t line) {
  most_ = std::max(most_, values_.size());
  if (wanted_ == "none") return 1.0;
  std::size_t place = 0;
  if (wanted_ != "auto") {
    const auto named = std::find(names_.begin(), names_.end(), wanted_);
    if (named == names_.end()) {
      const std::optional<std::size_t> number = place_in_list(wanted_);
      if (!number) throw_missing(line);
      place = *number;
    } else if (names_.size() != values_.size()) {
      throw DataError(file_ + ": the event that begins in line " + std::to_string(line) + " has " +
                      std::to_string(values_.size()) + " weights and the file " +
                      std::to_string(names_.size()) +
                      " names of weights; choose one by its place, for example dataset.weights=0");
    } else if (std::find(named + 1, names_.end(), wanted_) != names_.end()) {
      throw DataError(
          file_ + " has two weights called " + printable(wanted_) +
          "; choose one by its place, for example dataset.weights=" + std::to_string(named - names_.begin()));
    } else {
      place = static_cast<std::size_t>(named - names_.begin());
    }
  }
  if (weighted_ == Weighted::unknown)
    weighted_ = wanted_ == "auto" && values_.empty() ? Weighted::no : Weighted::yes;
  if (weighted_ == Weighted::no && values_.empty()) return 1.0;
  if (weighted_ == Weighted::no || place >= values_.size()) throw_missing(line);
  return values_[place];
}

std::vector<ContentItem> HepmcWeights::contents() const {
  std::vector<ContentItem> items;
  constexpr std::size_t most_shown = 1000;
  for (std::size_t i = 0; i < std::min(most_, most_shown); ++i) {
    const bool named = names_.size() == most_ && std::count(names_.begin(), names_.end(), names_[i]) == 1;
    const std::string shown = named ? printable(names_[i]) : "";
    items.push_back({"weight " + (named ? shown.substr(1, shown.size() - 2) : std::to_string(i)),
                     "event weight " + std::to_string(i) + (i == 0 ? ", taken by dataset.weights=auto" : ""),
                     {"dataset.weights=" + (named ? names_[i] : std::to_string(i))}});
  }
  return items;
}

}  // namespace symscan
