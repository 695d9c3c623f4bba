#include "host/data/lhe_markup.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <utility>

#include "host/base/error.hpp"
#include "host/data/event_words.hpp"

namespace symscan {
namespace {

constexpr std::size_t kLongestTag = std::size_t{1} << 16;
constexpr std::size_t kLongestEntity = 10;
constexpr std::size_t kNowhere = std::string_view::npos;

/// Tags whose attributes may go on over several lines. Others end in their line, or are no tags.
constexpr std::array<std::string_view, 10> kLongTags = {
    "event",   "init", "header", "leshouchesevents", "weight",
    "weights", "wgt",  "rwgt",   "initrwgt",         "weightgroup"};

bool is_name_character(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '-' || c == ':' || c == '.';
}

std::size_t find_ignoring_case(std::string_view text, std::string_view lower) {
  const auto equal = [](char a, char b) { return std::tolower(static_cast<unsigned char>(a)) == b; };
  const auto found = std::search(text.begin(), text.end(), lower.begin(), lower.end(), equal);
  return found == text.end() ? kNowhere : static_cast<std::size_t>(found - text.begin());
}

/// '<' for "&lt", "&#60" and "&#x3C"; 0 for what is no entity of XML, or no printable ASCII character.
char character_of_entity(std::string_view entity) {
  constexpr std::array<std::pair<std::string_view, char>, 5> known = {
      {{"&lt", '<'}, {"&gt", '>'}, {"&amp", '&'}, {"&quot", '"'}, {"&apos", '\''}}};
  for (const auto& [name, character] : known)
    if (entity == name) return character;
  if (!entity.starts_with("&#")) return 0;
  entity.remove_prefix(2);
  const bool hexadecimal = entity.starts_with('x');
  if (hexadecimal) entity.remove_prefix(1);
  unsigned code = 0;
  const char* last = entity.data() + entity.size();
  const auto result = std::from_chars(entity.data(), last, code, hexadecimal ? 16 : 10);
  const bool printable_code = code >= 0x20 && code < 0x7f;
  return result.ec == std::errc{} && result.ptr == last && printable_code ? static_cast<char>(code) : '\0';
}

/// Place of the '>' that ends a tag: the first outside quotes, or the first if quotes do not match.
std::size_t end_of_tag(std::string_view text) {
  char quote = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (quote != 0) {
      if (text[i] == quote) quote = 0;
    } else if (text[i] == '>') {
      return i;
    } else if (text[i] == '"' || text[i] == '\'') {
      quote = text[i];
    }
  }
  return text.find('>');
}

}  // namespace

LheMarkup::LheMarkup(ByteSource& source, const std::string& name) : lines_(source, name), name_(name) {}

void LheMarkup::check_first_line() const {
  const std::string_view line = rest_;
  if (line.starts_with("\xFF\xFE") || line.starts_with("\xFE\xFF") ||
      line.substr(0, 4).find('\0') != std::string_view::npos)
    throw DataError(name_ + " is UTF-16 text, as some shells write it; save it as UTF-8");
  if (line.find('\r') != std::string_view::npos)
    throw DataError(name_ +
                    " has lines that end with CR only; convert them to LF, for example with tr '\\r' '\\n'");
}

/// Takes the next line that is not a '#' line. Tags that end something may stand at the end of one.
bool LheMarkup::next_line() {
  while (lines_.next(rest_)) {
    if (lines_.number() == 1) {
      check_first_line();
      if (rest_.starts_with("\xEF\xBB\xBF")) rest_.remove_prefix(3);
    }
    const std::string_view text = without_blanks(rest_);
    if (text.empty()) continue;
    have_line_ = true;
    if (text.front() != '#') return true;
    for (const std::string_view end : {"</event", "</header", "</init"}) {
      const std::size_t place = find_ignoring_case(text, end);
      if (place == kNowhere) continue;
      rest_ = text.substr(place);
      return true;
    }
  }
  have_line_ = false;
  rest_ = {};
  return false;
}

bool LheMarkup::skip_past(std::string_view mark, const char* what) {
  const std::uint64_t begin = lines_.number();
  std::size_t place = rest_.find(mark);
  while (place == kNowhere) {
    if (!lines_.next(rest_)) {
      unclosed_ = std::string("the ") + what + " that begins in line " + std::to_string(begin) +
                  " has no end (" + std::string(mark) + ")";
      rest_ = {};
      have_line_ = false;
      return false;
    }
    place = rest_.find(mark);
  }
  rest_.remove_prefix(place + mark.size());
  return true;
}

/// The tag at the beginning of rest_ goes on to the next '>'; false if another tag or the end comes first.
bool LheMarkup::find_tag_end(std::size_t& end) {
  end = end_of_tag(rest_);
  if (end != kNowhere) {
    long_tag_.clear();
    return true;
  }
  if (std::find(kLongTags.begin(), kLongTags.end(), tag_name_) == kLongTags.end()) return false;
  long_tag_.assign(rest_);
  while (lines_.next(rest_)) {
    end = end_of_tag(rest_);
    const std::size_t other = rest_.find('<');
    if (other < end || long_tag_.size() > kLongestTag) return false;
    long_tag_ += ' ';
    long_tag_ += rest_.substr(0, end);
    if (end == kNowhere) continue;
    return true;
  }
  rest_ = {};
  have_line_ = false;
  return false;
}

/// False: the '<' at the beginning of rest_ begins no tag.
bool LheMarkup::read_tag(Piece& piece) {
  const bool closes = rest_.size() > 1 && rest_[1] == '/';
  const std::size_t begin = closes ? 2 : 1;
  std::size_t end = begin;
  while (end < rest_.size() && is_name_character(rest_[end])) ++end;
  if (end == begin || !std::isalpha(static_cast<unsigned char>(rest_[begin]))) return false;
  if (end < rest_.size() && rest_[end] != '>' && rest_[end] != '/' && !is_event_blank(rest_[end]))
    return false;
  tag_name_.assign(rest_.substr(begin, end - begin));
  std::transform(tag_name_.begin(), tag_name_.end(), tag_name_.begin(),
                 [](char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); });
  const std::string_view whole = rest_;
  piece = {closes ? Kind::close : Kind::open, tag_name_, {}};
  rest_.remove_prefix(end);
  std::size_t close = 0;
  if (!closes || rest_.find('>') != kNowhere) {
    if (!find_tag_end(close)) {
      if (std::find(kLongTags.begin(), kLongTags.end(), tag_name_) == kLongTags.end()) {
        rest_ = whole;
        return false;
      }
      piece.complete = false;
      return true;
    }
    piece.attributes = long_tag_.empty() ? rest_.substr(0, close) : std::string_view(long_tag_);
    rest_.remove_prefix(close + 1);
  } else {
    rest_ = {};  // "</event" and the end of the line
  }
  piece.attributes = without_blanks(piece.attributes);
  if (piece.attributes.ends_with('/')) {
    piece.empty_element = true;
    piece.attributes.remove_suffix(1);
  }
  return true;
}

bool LheMarkup::next(Piece& piece) {
  for (;;) {
    if (!have_line_ || rest_.empty()) {
      if (!next_line()) return false;
    }
    std::size_t from = 0;
    if (rest_.front() == '<') {
      if (rest_.starts_with("<!--")) {
        rest_.remove_prefix(4);
        if (!skip_past("-->", "comment")) return false;
        continue;
      }
      if (rest_.starts_with("<![CDATA[")) {
        if (!skip_past("]]>", "CDATA section")) return false;
        continue;
      }
      if (rest_.starts_with("<?")) {
        if (!skip_past("?>", "declaration")) return false;
        continue;
      }
      if (read_tag(piece)) return true;
      from = 1;  // this '<' is text
    }
    const std::size_t end = rest_.find('<', from);
    piece = {Kind::text, without_blanks(rest_.substr(0, end)), {}};
    piece.complete = end != kNowhere || lines_.line_was_complete();
    rest_ = end == kNowhere ? std::string_view() : rest_.substr(end);
    if (!piece.text.empty()) return true;
  }
}

std::string LheMarkup::without_entities(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::size_t begin = std::min(text.find('&'), text.size());
    out += text.substr(0, begin);
    text.remove_prefix(begin);
    const std::size_t end = text.substr(0, kLongestEntity).find(';');
    const char meant = end == kNowhere ? '\0' : character_of_entity(text.substr(0, end));
    if (meant != '\0') {
      out += meant;
      text.remove_prefix(end + 1);
    } else if (!text.empty()) {
      out += '&';
      text.remove_prefix(1);
    }
  }
  return out;
}

std::string LheMarkup::attribute(std::string_view attributes, std::string_view name) {
  std::string_view rest = attributes;
  while (!rest.empty()) {
    rest = without_blanks(rest);
    std::size_t end = 0;
    while (end < rest.size() && rest[end] != '=' && !is_event_blank(rest[end])) ++end;
    const std::string_view key = rest.substr(0, end);
    rest = without_blanks(rest.substr(end));
    if (key.empty() && (rest.empty() || rest.front() != '=')) break;
    if (rest.empty() || rest.front() != '=') continue;  // a name without a value
    rest = without_blanks(rest.substr(1));
    std::string_view value;
    if (!rest.empty() && (rest.front() == '"' || rest.front() == '\'')) {
      const std::size_t close = rest.find(rest.front(), 1);
      value = rest.substr(1, close == kNowhere ? kNowhere : close - 1);
      rest = close == kNowhere ? std::string_view() : rest.substr(close + 1);
    } else {
      std::string_view after = rest;
      value = next_word(after);
      rest = after;
    }
    if (key.size() == name.size() && find_ignoring_case(key, name) == 0)
      return without_entities(without_blanks(value));
  }
  return "";
}

}  // namespace symscan
