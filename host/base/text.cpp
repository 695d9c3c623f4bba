#include "host/base/text.hpp"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstdio>
#include <map>
#include <set>

#include "host/base/json.hpp"

namespace symscan {
namespace {

// Longer words are no slips of the finger, and the distance costs the product of the lengths.
constexpr std::size_t kLongestWord = 80;
constexpr char32_t kReplacement = 0xFFFD;

std::string folded(const std::string& word) {
  std::string result = lower_case(word);
  std::replace(result.begin(), result.end(), '-', '_');
  return result;
}

std::string formatted(const char* format, int digits, double value) {
  char text[400];  // the largest double has 309 digits before the point
  std::snprintf(text, sizeof text, format, digits, value);
  return text;
}

/// One character: its code point, and its length in bytes (0: the bytes are not UTF-8).
struct Character {
  char32_t code = kReplacement;
  std::size_t length = 0;
};

bool is_character(char32_t code) {
  return code < 0xD800 || (code > 0xDFFF && code <= 0x10FFFF);
}

Character character_at(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned first = byte(at);
  if (first < 0x80) return {first, 1};
  const std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4 || at + length > text.size()) return {};
  char32_t code = first & (0xFFu >> (length + 1));
  for (std::size_t i = at + 1; i < at + length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return {};
    code = (code << 6) | (byte(i) & 0x3Fu);
  }
  const char32_t least = length == 4 ? 0x10000 : length == 3 ? 0x800 : 0x80;
  return code >= least && is_character(code) ? Character{code, length} : Character{};
}

bool is_control(char32_t code) {
  return code < 0x20 || (code >= 0x7F && code <= 0x9F) || code == 0x2028 || code == 0x2029;
}

}  // namespace

std::string lower_case(std::string text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return text;
}

std::string trimmed(const std::string& text) {
  const std::size_t begin = text.find_first_not_of(" \t\r\n");
  if (begin == std::string::npos) return "";
  return text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1);
}

std::string join_words(const std::vector<std::string>& words, std::string_view separator) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) text += separator;
    text += words[i];
  }
  return text;
}

std::string list_words(const std::vector<std::string>& words, const std::string& conjunction) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) text += i + 1 == words.size() ? " " + conjunction + " " : ", ";
    text += words[i];
  }
  return text;
}

std::string plural(std::uint64_t count, const std::string& word) {
  return std::to_string(count) + " " + word + (count == 1 ? "" : "s");
}

std::vector<std::string> wrapped(const std::string& text, std::size_t width) {
  std::vector<std::string> lines = {""};
  std::size_t characters = 0;
  for (std::size_t at = 0; at < text.size();) {
    if (text[at] == ' ' || text[at] == '\n') {
      if (text[at++] == '\n') {
        lines.emplace_back();
        characters = 0;
      }
      continue;
    }
    const std::string word = text.substr(at, std::min(text.find_first_of(" \n", at), text.size()) - at);
    const std::size_t length = decode_utf8(word).size();
    if (characters > 0 && characters + 1 + length > width) {
      lines.emplace_back();
      characters = 0;
    }
    lines.back() += (characters > 0 ? " " : "") + word;
    characters += (characters > 0 ? 1 : 0) + length;
    at += word.size();
  }
  return lines;
}

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::vector<std::size_t>> cost(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
  for (std::size_t i = 0; i <= a.size(); ++i) {
    for (std::size_t j = 0; j <= b.size(); ++j) {
      if (i == 0 || j == 0) {
        cost[i][j] = i + j;
        continue;
      }
      const std::size_t change = a[i - 1] == b[j - 1] ? 0 : 1;
      cost[i][j] = std::min({cost[i - 1][j] + 1, cost[i][j - 1] + 1, cost[i - 1][j - 1] + change});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        cost[i][j] = std::min(cost[i][j], cost[i - 2][j - 2] + 1);
      }
    }
  }
  return cost[a.size()][b.size()];
}

std::string nearest_word(const std::string& given, const std::vector<std::string>& known) {
  if (given.empty() || given.size() > kLongestWord) return "";
  const std::string word = folded(given);
  std::size_t best = std::max<std::size_t>(1, (given.size() + 1) / 3) + 1;
  std::string nearest;
  for (const std::string& candidate : known) {
    if (candidate.size() > kLongestWord) continue;
    const std::size_t distance = edit_distance(word, folded(candidate));
    // Nothing in common is no likeness, however short the words are.
    if (distance < best && distance < std::max(word.size(), candidate.size())) {
      best = distance;
      nearest = candidate;
    }
  }
  return nearest;
}

std::string did_you_mean(const std::string& given, const std::vector<std::string>& known) {
  const std::string nearest = nearest_word(given, known);
  return nearest.empty() ? "" : "; did you mean '" + nearest + "'?";
}

bool same_word(const std::string& a, const std::string& b) {
  return folded(a) == folded(b);
}

std::string shell_word(const std::string& text) {
  const bool plain = !text.empty() && std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 || c >= 0x80 ||
           std::string_view("/._-+=,:@%").find(static_cast<char>(c)) != std::string_view::npos;
  });
  if (plain) return text;
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

std::string rounded(double value, int digits) {
  return formatted("%.*g", digits, value);
}

std::string decimal_text(double value, int digits) {
  return rounded(value == 0 ? 0 : value, digits);
}

std::string with_decimals(double value, int decimals) {
  return formatted("%.*f", decimals, value);
}

std::string number_text(double value) {
  if (value == std::floor(value) && std::abs(value) < 1e16)
    return std::to_string(static_cast<std::int64_t>(value));
  if (!std::isfinite(value)) return std::isnan(value) ? "NaN" : value > 0 ? "infinity" : "-infinity";
  return Json(value).dump();
}

std::size_t find_non_utf8(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = character_at(text, at).length;
    if (length == 0) return at;
    at += length;
  }
  return std::string::npos;
}

std::optional<std::string> first_byte_not_utf8(std::string_view text) {
  const std::size_t at = find_non_utf8(text);
  if (at == std::string::npos) return std::nullopt;
  char name[8];
  std::snprintf(name, sizeof name, "0x%02X", static_cast<unsigned>(static_cast<unsigned char>(text[at])));
  return name;
}

bool has_control_characters(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const auto [code, length] = character_at(text, at);
    if (length != 0 && is_control(code)) return true;
    at += length == 0 ? 1 : length;
  }
  return false;
}

std::string printable_line(std::string_view text) {
  std::string line;
  for (const char32_t code : decode_utf8(text)) append_utf8(line, is_control(code) ? U'?' : code);
  return line;
}

std::string shortened(const std::string& text, std::size_t bytes) {
  if (text.size() <= bytes) return text;
  std::size_t end = bytes;
  // A character has at most 4 bytes; those after its first start with the bits 10.
  while (end > 0 && bytes - end < 4 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return text.substr(0, end) + "...";
}

std::vector<std::string> distinctly_shortened(const std::vector<std::string>& texts, std::size_t bytes) {
  constexpr std::size_t dots = 3;
  const auto cut = [&](const std::string& text) {
    return text.size() <= bytes ? text : shortened(text, bytes - dots);
  };
  std::map<std::string, std::set<std::string>> meanings;
  for (const std::string& text : texts) meanings[cut(text)].insert(text);
  std::vector<std::string> shown;
  for (const std::string& text : texts) shown.push_back(meanings[cut(text)].size() > 1 ? text : cut(text));
  return shown;
}

void append_utf8(std::string& text, char32_t character) {
  const char32_t c = is_character(character) ? character : kReplacement;
  if (c < 0x80) {
    text += static_cast<char>(c);
    return;
  }
  const int following = c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
  constexpr unsigned kLead[] = {0, 0xC0, 0xE0, 0xF0};
  text += static_cast<char>(kLead[following] | (c >> (6 * following)));
  for (int i = following - 1; i >= 0; --i) text += static_cast<char>(0x80 | ((c >> (6 * i)) & 0x3F));
}

std::string utf8_of_latin1(std::string_view text) {
  std::string utf8;
  utf8.reserve(text.size());
  for (const char c : text) append_utf8(utf8, static_cast<unsigned char>(c));
  return utf8;
}

std::u32string decode_utf8(std::string_view text) {
  std::u32string characters;
  for (std::size_t at = 0; at < text.size();) {
    const auto [code, length] = character_at(text, at);
    characters += code;
    at += length == 0 ? 1 : length;
  }
  return characters;
}

}  // namespace symscan
