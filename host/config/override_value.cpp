#include "host/config/override_value.hpp"

#include <optional>

#include "host/base/error.hpp"
#include "host/base/text.hpp"
#include "host/config/check.hpp"
#include "host/config/fields.hpp"
#include "host/config/json_text.hpp"

namespace symscan {
namespace {

constexpr std::size_t deepest_list = 3;

// An entry of a list: a number or a quoted text where it is written as one, else the word itself.
Json entry_of(const std::string& word, const OverrideForm& form) {
  if (word.empty() || (form.words && word[0] != '"')) return word;
  try {
    Json value = parse_json_text(word, "", false);
    if (value.is_string() || value.is_number()) return value;
  } catch (const ConfigError&) {
  }
  return word;
}

/// Reads [x, y] and [[x], [x, y]], where quotes around the entries may be missing.
class BareList {
 public:
  BareList(const std::string& text, const OverrideForm& form) : text_(text), form_(form) {}

  std::optional<Json> read() {
    Json list = Json::array();
    skip_blanks();
    if (!read_list(list, 1)) return std::nullopt;
    skip_blanks();
    return at_ == text_.size() ? std::optional(list) : std::nullopt;
  }

 private:
  bool read_list(Json& list, std::size_t depth) {
    if (depth > deepest_list || peek() != '[') return false;
    do {
      ++at_;
      skip_blanks();
      Json entry = Json::array();
      if (peek() == '[') {
        if (!read_list(entry, depth + 1)) return false;
      } else if (!read_word(entry)) {
        return false;
      }
      list.push_back(std::move(entry));
      skip_blanks();
    } while (peek() == ',');
    if (peek() != ']') return false;
    ++at_;
    return true;
  }

  bool read_word(Json& entry) {
    const std::size_t begin = at_;
    if (peek() == '"') {
      for (++at_; at_ < text_.size() && text_[at_] != '"'; ++at_) at_ += text_[at_] == '\\' ? 1 : 0;
      ++at_;
    }
    at_ = std::min(text_.find_first_of(",[]", std::min(at_, text_.size())), text_.size());
    const std::string word = trimmed(text_.substr(begin, at_ - begin));
    entry = entry_of(word, form_);
    const bool broken = !word.empty() && word[0] == '"' && entry == word;
    return !word.empty() && !broken;
  }

  void skip_blanks() { at_ = std::min(text_.find_first_not_of(" \t\r\n", at_), text_.size()); }
  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }

  const std::string& text_;
  const OverrideForm& form_;
  std::size_t at_ = 0;
};

Json split_at_commas(const std::string& path, const std::string& text, const OverrideForm& form) {
  Json list = Json::array();
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    const std::string word = trimmed(text.substr(begin, end - begin));
    if (word.empty()) {
      throw ConfigError("the value of " + path + " has an empty entry: " + in_quotes(text) +
                        "; write one value between two commas");
    }
    list.push_back(entry_of(word, form));
    begin = end + 1;
  }
  return list;
}

void turn_integers_into_texts(Json& value) {
  if (value.is_number_integer()) value = value.dump();
  if (!value.is_array()) return;
  for (Json& entry : value) turn_integers_into_texts(entry);
}

Json fit(Json value, const std::string& text, const OverrideForm& form) {
  // The text keeps what a number would lose, such as the zeros of 1.50.
  if (form.digits && value.is_number()) value = trimmed(text);
  if (form.digits) turn_integers_into_texts(value);
  if (form.list && !value.is_array() && !value.is_null() && !value.is_object()) value = Json::array({value});
  return value;
}

std::string quoting_hint(const std::string& path, char first, const OverrideForm& form) {
  const char* example = first == '{' ? "={\"key\":1}" : form.words ? "=[\"x\",\"y\"]" : "=[1,2]";
  return "; the shell takes quotes away, so put the whole setting in single quotes, as in '" + path +
         example + "'";
}

}  // namespace

OverrideForm override_form(const Field& field, bool of_file) {
  const bool text = field.type == FieldType::text;
  OverrideForm form;
  form.list = is_list_field(field);
  form.words = text || field.type == FieldType::text_list;
  form.digits = of_file && (text ? field.choices.empty() : form.words);
  return form;
}

Json override_value(const std::string& path, const std::string& text, const OverrideForm& form) {
  const std::string shown = in_quotes(path);
  try {
    return fit(parse_json_text(text, "the value of " + shown, false), text, form);
  } catch (const JsonSyntaxError& error) {
    const char first = text.empty() ? '\0' : text[0];
    const bool bare = (first == '[' && (form.words || form.list)) || (first == '"' && form.list);
    if (bare) {
      const std::string bracketed = first == '[' ? text : "[" + text + "]";
      if (auto list = BareList(bracketed, form).read()) return *list;
    }
    // A broken list or object is a slip of the pen; anything else is a text that needs no quotes.
    if (first == '[' || first == '{' || first == '"') {
      throw ConfigError(error.what() + quoting_hint(printable_line(shortened(path, 60)), first, form));
    }
    if (form.list && !text.empty()) return split_at_commas(shown, text, form);
    return text;
  }
}

}  // namespace symscan
