#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "host/base/error.hpp"
#include "host/data/text_values.hpp"

// Lines of event files: words between blanks, of which most are numbers.

namespace symscan {

inline bool is_event_blank(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == '\v';
}

inline std::string_view without_blanks(std::string_view text) {
  while (!text.empty() && is_event_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_event_blank(text.back())) text.remove_suffix(1);
  return text;
}

/// Cuts the next word off `rest`; empty at the end.
inline std::string_view next_word(std::string_view& rest) {
  std::size_t begin = 0;
  while (begin < rest.size() && is_event_blank(rest[begin])) ++begin;
  std::size_t end = begin;
  while (end < rest.size() && !is_event_blank(rest[end])) ++end;
  const std::string_view word = rest.substr(begin, end - begin);
  rest.remove_prefix(end);
  return word;
}

/// The number of words of `text`.
inline std::size_t count_words(std::string_view text) {
  std::size_t count = 0;
  while (!next_word(text).empty()) ++count;
  return count;
}

/// The next word as a number; what is none is refused. `place` makes the name of the line, "run.lhe line 17",
/// and is called only for a message.
template <class Place>
double number_word(std::string_view& rest, const char* what, const Place& place) {
  const std::string_view word = next_word(rest);
  double value = 0;
  if (parse_number(word, value)) return value;
  if (word.empty()) throw DataError(place() + " ends before the " + what + " of an event record");
  throw DataError(place() + ": the " + what + " is " + printable(word) + ", which is not a number");
}

/// The same for integers that fit into 32 bits, as those of PDG ids do.
template <class Place>
int integer_word(std::string_view& rest, const char* what, const Place& place) {
  const std::string_view before = rest;
  const double value = number_word(rest, what, place);
  const auto whole = static_cast<std::int64_t>(value >= -2147483647.0 && value <= 2147483647.0 ? value : 0);
  if (static_cast<double>(whole) != value) {
    std::string_view text = before;
    throw DataError(place() + ": the " + what + " is " + printable(next_word(text)) +
                    ", which is not an integer in range (at most 2147483647)");
  }
  return static_cast<int>(whole);
}

}  // namespace symscan
