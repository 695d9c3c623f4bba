#include "host/config/json_text.hpp"

#include <algorithm>
#include <vector>

#include "host/base/error.hpp"
#include "host/base/text.hpp"
#include "host/config/check.hpp"

namespace symscan {
namespace {

constexpr std::size_t deepest = 32;
constexpr std::size_t longest_reason = 160;  // bytes: it quotes what was read last, however long that is
constexpr std::size_t most_keys = 200;       // per object: looking a key up takes time linear in their number
constexpr std::size_t most_values = 4'000'000;  // 16 MiB of text could otherwise take gigabytes

/// Builds the document value by value, and checks what nlohmann's own builder lets through.
class DocumentBuilder : public nlohmann::json_sax<Json> {
 public:
  DocumentBuilder(const std::string& text, const std::string& where) : text_(text), where_(where) {}
  Json take() { return std::move(document_); }

  bool null() override { return add(nullptr); }
  bool boolean(bool value) override { return add(value); }
  bool number_integer(std::int64_t value) override { return add(value); }
  bool number_unsigned(std::uint64_t value) override { return add(value); }
  bool number_float(double value, const std::string&) override { return add(value); }
  bool string(std::string& value) override { return add(std::move(value)); }
  bool binary(Json::binary_t&) override { return fail("binary data is not JSON"); }
  bool start_object(std::size_t) override { return open(Json::object()); }
  bool start_array(std::size_t) override { return open(Json::array()); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }

  bool key(std::string& name) override {
    const Json& object = *open_.back();
    if (object.contains(name))
      return fail("the key " + in_quotes(path_to(name)) + " appears twice; keep one of them");
    if (object.size() >= most_keys) {
      return fail("an object has more than " + std::to_string(most_keys) + " keys; this is not a config");
    }
    key_ = std::move(name);
    return true;
  }

  bool parse_error(std::size_t position, const std::string&, const Json::exception& error) override {
    const std::size_t end = std::min(text_.size(), position == 0 ? 0 : position - 1);
    const auto line = 1 + std::count(text_.begin(), text_.begin() + static_cast<std::ptrdiff_t>(end), '\n');
    const std::size_t start = end == 0 ? std::string::npos : text_.rfind('\n', end - 1);
    const std::size_t column = start == std::string::npos ? end + 1 : end - start;
    throw JsonSyntaxError(where_ + ", line " + std::to_string(line) + ", column " + std::to_string(column) +
                          ": not valid JSON: " + reason(error.what()) + comma_hint(end));
  }

 private:
  [[noreturn]] bool fail(const std::string& what) const { throw ConfigError(where_ + ": " + what); }

  bool add(Json value) {
    if (++values_ > most_values)
      fail("more than " + std::to_string(most_values) + " values; this is not a config");
    place(std::move(value));
    return true;
  }

  bool open(Json container) {
    if (open_.size() >= deepest) fail("nested deeper than " + std::to_string(deepest) + " levels");
    if (++values_ > most_values)
      fail("more than " + std::to_string(most_values) + " values; this is not a config");
    // Pointers stay valid: a container takes no new entry while one of its entries is open.
    Json* placed = place(std::move(container));
    open_.push_back(placed);
    names_.push_back(key_);
    return true;
  }

  bool close() {
    open_.pop_back();
    names_.pop_back();
    return true;
  }

  Json* place(Json value) {
    if (open_.empty()) return &(document_ = std::move(value));
    Json& parent = *open_.back();
    if (parent.is_object()) return &(parent[key_] = std::move(value));
    key_ = std::to_string(parent.size());
    parent.push_back(std::move(value));
    return &parent.back();
  }

  std::string path_to(const std::string& key) const {
    std::string path;
    for (std::size_t i = 1; i < names_.size(); ++i) path = join_path(path, names_[i]);
    return join_path(path, key);
  }

  // nlohmann's sentence without its own numbering, e.g. "unexpected ']'; expected '}'".
  static std::string reason(const std::string& what) {
    const std::size_t overflow = what.find("number overflow");
    if (overflow != std::string::npos) return "a number too large for double precision";
    const std::size_t dash = what.find(" - "), bracket = what.find("] ");
    const std::size_t begin = dash != std::string::npos      ? dash + 3
                              : bracket != std::string::npos ? bracket + 2
                                                             : 0;
    return printable_line(shortened(what.substr(begin), longest_reason));
  }

  std::string comma_hint(std::size_t end) const {
    if (end >= text_.size() || (text_[end] != ']' && text_[end] != '}')) return "";
    const std::size_t before = end == 0 ? std::string::npos : text_.find_last_not_of(" \t\r\n", end - 1);
    if (before == std::string::npos || text_[before] != ',') return "";
    return "; remove the comma before it";
  }

  const std::string& text_;
  std::string where_;
  Json document_;
  std::vector<Json*> open_;         // containers that are not yet closed, outermost first
  std::vector<std::string> names_;  // the key of each
  std::string key_;                 // of the entry being read
  std::size_t values_ = 0;
};

}  // namespace

Json parse_json_text(const std::string& text, const std::string& where, bool allow_comments) {
  DocumentBuilder builder(text, where);
  Json::sax_parse(text, &builder, Json::input_format_t::json, true, allow_comments);
  return builder.take();
}

}  // namespace symscan
