// Text to functions and fields: Expression::parse, parse_field and parse_fields.
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <map>
#include <optional>
#include <utility>

#include "host/base/error.hpp"
#include "host/data/expression.hpp"
#include "host/data/expression_words.hpp"

namespace symscan {
namespace {

constexpr std::size_t kMostCharacters = 2000;
constexpr int kMostNested = 50;
constexpr std::size_t kColumnsListed = 12;

std::string listed(const std::vector<std::string>& columns) {
  std::string list;
  for (std::size_t i = 0; i < std::min(columns.size(), kColumnsListed); ++i)
    list += (i > 0 ? ", " : "") + columns[i];
  return columns.size() > kColumnsListed ? list + ", ..." : list;
}

}  // namespace

/// Recursive descent. Every part is a function or, with `fields`, a sum of functions times derivations.
class ExpressionParser {
 public:
  using Operation = Expression::Operation;
  struct Part {
    Expression function;              ///< where `field` is empty
    std::map<int, Expression> field;  ///< by column
    std::size_t start = 0;
    bool condition = false;  ///< its values are 0 and 1
    bool is_field() const { return !field.empty(); }
  };

  enum class Kind { function, field, condition };
  ExpressionParser(const std::string& text, const std::vector<std::string>& columns, Kind kind)
      : text_(text), columns_(columns), fields_(kind == Kind::field), conditions_(kind == Kind::condition) {
    if (text.size() > kMostCharacters)
      throw DataError("a formula has " + std::to_string(text.size()) + " characters, more than the " +
                      std::to_string(kMostCharacters) + " that are read");
  }

  Part all() {
    skip_spaces();
    if (at_ >= text_.size()) throw DataError("a formula is empty");
    Part part = whole();
    if (at_ < text_.size()) fail("'" + character() + "' is not expected", at_);
    return part;
  }
  [[noreturn]] static void fail(const std::string& what, std::size_t at) {
    throw DataError(what + " at character " + std::to_string(at + 1));
  }

 private:
  /// What stands in parentheses, or all.
  Part whole() { return conditions_ ? alternatives() : sum(); }

  Part alternatives() {
    Part left = conjunction();
    for (std::size_t place = at_; accept("||", "or"); place = at_)
      left = joined_conditions(std::move(left), conjunction(), Operation::either, place);
    return left;
  }

  Part conjunction() {
    Part left = comparison();
    for (std::size_t place = at_; accept("&&", "and"); place = at_)
      left = joined_conditions(std::move(left), comparison(), Operation::both, place);
    return left;
  }

  Part comparison() {
    skip_spaces();
    if (const std::size_t place = at_; text_.compare(at_, 2, "!=") != 0 && accept("!", "not")) {
      if (++nested_ > kMostNested)
        fail("more than " + std::to_string(kMostNested) + " levels are nested", at_);
      Part part = comparison();
      --nested_;
      if (!part.condition) fail("a condition is missing after the '!'", place);
      part.function.steps_.push_back({Operation::inverse, 0, 0});
      return part;
    }
    Part left = sum();
    skip_spaces();
    const std::size_t place = at_;
    const auto operation = comparison_sign();
    if (!operation) return left;
    const Part right = sum();
    if (left.condition || right.condition) fail("a comparison compares numbers, not conditions", place);
    skip_spaces();
    const std::size_t next = at_;
    if (comparison_sign()) fail("write a < x && x < b: a second comparison stands", next);
    left.function = joined(std::move(left.function), right.function, *operation);
    left.condition = true;
    return left;
  }

  std::optional<Operation> comparison_sign() {
    using Sign = std::pair<const char*, Operation>;
    for (const auto& [sign, operation] :
         {Sign{"<=", Operation::less_equal}, Sign{">=", Operation::greater_equal},
          Sign{"==", Operation::equal}, Sign{"!=", Operation::unequal}, Sign{"<", Operation::less},
          Sign{">", Operation::greater}}) {
      if (text_.compare(at_, std::strlen(sign), sign) != 0) continue;
      at_ += std::strlen(sign);
      return operation;
    }
    if (at_ < text_.size() && text_[at_] == '=') fail("equal is written ==, not =,", at_);
    return std::nullopt;
  }

  /// Takes the sign or the word, if it stands there and no column is called so.
  bool accept(const char* sign, const std::string& word) {
    skip_spaces();
    if (text_.compare(at_, std::strlen(sign), sign) == 0) {
      at_ += std::strlen(sign);
      return true;
    }
    const std::size_t end = at_ + word.size();
    if (text_.compare(at_, word.size(), word) != 0 || (end < text_.size() && is_name(text_[end])))
      return false;
    if (column_at(at_) >= 0) return false;
    at_ = end;
    return true;
  }

  static Part joined_conditions(Part left, const Part& right, Operation operation, std::size_t place) {
    if (!left.condition || !right.condition)
      fail("both sides of && and || must be conditions such as x > 0; one is a number", place);
    left.function = joined(std::move(left.function), right.function, operation);
    return left;
  }

  Part sum() {
    if (++nested_ > kMostNested) fail("more than " + std::to_string(kMostNested) + " levels are nested", at_);
    Part left = product();
    for (;;) {
      const char sign = peek();
      if (sign != '+' && sign != '-') break;
      ++at_;
      const Part right = product();
      left = added(std::move(left), right, sign == '-');
    }
    --nested_;
    return left;
  }

  Part product() {
    Part left = signed_power();
    for (;;) {
      const char sign = peek();
      if (sign != '*' && sign != '/') return left;
      const std::size_t place = at_++;
      Part right = signed_power();
      left = sign == '*' ? multiplied(std::move(left), std::move(right), place)
                         : divided(std::move(left), right);
    }
  }

  Part signed_power() {
    const char sign = peek();
    if (sign != '+' && sign != '-') return power();
    if (++nested_ > kMostNested) fail("more than " + std::to_string(kMostNested) + " levels are nested", at_);
    const std::size_t start = at_++;
    Part part = signed_power();
    --nested_;
    part.start = start;
    need_numbers(part, part);
    if (sign == '+') return part;
    if (!part.is_field()) part.function = negated(std::move(part.function));
    for (auto& entry : part.field) entry.second = negated(std::move(entry.second));
    return part;
  }

  Part power() {
    Part base = primary();
    if (peek() != '^') return base;
    const std::size_t place = at_++;
    const Part exponent = signed_power();
    need_numbers(base, exponent);
    if (base.is_field() || exponent.is_field()) fail("a power cannot contain d/dNAME", place);
    base.function = joined(std::move(base.function), exponent.function, Operation::power);
    return base;
  }

  Part primary() {
    const char next = peek();
    const std::size_t start = at_;
    if (next == '\0') fail("a number or a column is missing", at_);
    Part part;
    part.start = start;
    if (next == '(') {
      ++at_;
      part = whole();
      close(start);
      part.start = start;
      return part;
    }
    if (fields_ && derivation(part)) return part;
    if (const int column = column_at(at_); column >= 0) {
      at_ += columns_[static_cast<std::size_t>(column)].size();
      part.function.steps_.push_back({Operation::column, 0, column});
      return part;
    }
    if (const std::size_t length = number_length(text_, at_); length > 0) return number(length);
    return function();
  }

  Part number(std::size_t length) {
    Part part;
    part.start = at_;
    const double value = std::strtod(text_.substr(at_, length).c_str(), nullptr);
    if (!std::isfinite(value)) fail("a number is too large", at_);
    part.function.steps_.push_back({Operation::number, value, 0});
    at_ += length;
    return part;
  }

  Part function() {
    const std::size_t start = at_;
    std::size_t end = at_;
    while (end < text_.size() && is_name(text_[end])) ++end;
    if (end == start) fail("'" + character() + "' is not expected", start);
    const std::string name = text_.substr(start, end - start);
    const int index = Expression::function_named(name);
    if (index < 0)
      throw DataError("unknown name '" + name + "' at character " + std::to_string(start + 1) +
                      "; the columns are " + listed(columns_));
    at_ = end;
    if (peek() != '(') fail(name + " wants its argument in parentheses", start);
    const std::size_t open = at_++;
    Part part = sum();
    close(open);
    need_numbers(part, part);
    if (part.is_field()) fail("the argument of " + name + " cannot contain d/dNAME", start);
    part.function.steps_.push_back({Operation::function, 0, index});
    part.start = start;
    return part;
  }

  /// d/dNAME
  bool derivation(Part& part) {
    if (text_.compare(at_, 3, "d/d") != 0) return false;
    const int column = column_at(at_ + 3, true);
    if (column < 0) {
      if (column_at(at_) >= 0) return false;
      throw DataError("no column is named after the d/d at character " + std::to_string(at_ + 1) +
                      "; the columns are " + listed(columns_));
    }
    at_ += 3 + columns_[static_cast<std::size_t>(column)].size();
    part.field[column].steps_.push_back({Operation::number, 1, 0});
    return true;
  }

  void close(std::size_t open) {
    if (peek() != ')')
      fail("the parenthesis at character " + std::to_string(open + 1) + " is not closed", at_);
    ++at_;
  }

  /// The longest column name at a place; -1: none. A name ends where no further letter or digit follows.
  int column_at(std::size_t place, bool numbers = false) const {
    int best = -1;
    std::size_t longest = 0;
    for (std::size_t c = 0; c < columns_.size(); ++c) {
      const std::string& name = columns_[c];
      if (name.size() <= longest || text_.compare(place, name.size(), name) != 0) continue;
      const std::size_t end = place + name.size();
      if (is_name(name.back()) && end < text_.size() && is_name(text_[end])) continue;
      if (!numbers && number_length(name, 0) == name.size()) continue;
      if (Expression::function_named(name) >= 0 && end < text_.size() && text_[end] == '(') continue;
      best = static_cast<int>(c);
      longest = name.size();
    }
    return best;
  }
  static Expression joined(Expression left, const Expression& right, Operation operation) {
    left.steps_.insert(left.steps_.end(), right.steps_.begin(), right.steps_.end());
    left.steps_.push_back({operation, 0, 0});
    return left;
  }
  static Expression negated(Expression part) {
    if (part.steps_.size() == 1 && part.steps_[0].operation == Operation::number) {
      part.steps_[0].number = -part.steps_[0].number;
    } else {
      part.steps_.push_back({Operation::negate, 0, 0});
    }
    return part;
  }
  static bool is_number(const Expression& part, double value) {
    return part.steps_.size() == 1 && part.steps_[0].operation == Operation::number &&
           part.steps_[0].number == value;
  }
  static Expression scaled(Expression function, const Expression& velocity) {
    if (is_number(velocity, 1)) return function;
    if (is_number(velocity, -1)) return negated(std::move(function));
    return joined(std::move(function), velocity, Operation::multiply);
  }

  static void need_numbers(const Part& left, const Part& right) {
    if (left.condition || right.condition)
      fail("a number is needed, not the condition", left.condition ? left.start : right.start);
  }

  Part added(Part left, const Part& right, bool subtract) const {
    need_numbers(left, right);
    if (left.is_field() != right.is_field())
      fail("a term without d/dNAME begins", left.is_field() ? right.start : left.start);
    if (!left.is_field()) {
      left.function =
          joined(std::move(left.function), right.function, subtract ? Operation::subtract : Operation::add);
      return left;
    }
    for (const auto& [column, velocity] : right.field) {
      const auto place = left.field.find(column);
      if (place == left.field.end()) {
        left.field[column] = subtract ? negated(velocity) : velocity;
      } else {
        place->second =
            joined(std::move(place->second), velocity, subtract ? Operation::subtract : Operation::add);
      }
    }
    return left;
  }

  static Part multiplied(Part left, Part right, std::size_t place) {
    need_numbers(left, right);
    if (left.is_field() && right.is_field()) fail("a term has more than one d/dNAME, joined by the *", place);
    if (!left.is_field() && !right.is_field()) {
      left.function = joined(std::move(left.function), right.function, Operation::multiply);
      return left;
    }
    Part& field = left.is_field() ? left : right;
    const Expression& factor = left.is_field() ? right.function : left.function;
    const std::size_t start = left.start;
    for (auto& entry : field.field) entry.second = scaled(factor, entry.second);
    field.start = start;
    return std::move(field);
  }

  static Part divided(Part left, const Part& right) {
    need_numbers(left, right);
    if (right.is_field()) fail("nothing can be divided by d/dNAME", right.start);
    if (!left.is_field()) left.function = joined(std::move(left.function), right.function, Operation::divide);
    for (auto& entry : left.field)
      entry.second = joined(std::move(entry.second), right.function, Operation::divide);
    return left;
  }

  void skip_spaces() {
    while (at_ < text_.size() && is_formula_space(text_[at_])) ++at_;
  }
  char peek() {
    skip_spaces();
    return at_ < text_.size() ? text_[at_] : '\0';
  }
  std::string character() const {
    std::size_t end = at_ + 1;
    while (end < text_.size() && (static_cast<unsigned char>(text_[end]) & 0xC0) == 0x80) ++end;
    return text_.substr(at_, end - at_);
  }

  const std::string& text_;
  const std::vector<std::string>& columns_;
  bool fields_, conditions_;
  std::size_t at_ = 0;
  int nested_ = 0;
};

Expression Expression::parse(const std::string& text, const std::vector<std::string>& columns) {
  return ExpressionParser(text, columns, ExpressionParser::Kind::function).all().function;
}

Expression Expression::parse_condition(const std::string& text, const std::vector<std::string>& columns) {
  ExpressionParser::Part part = ExpressionParser(text, columns, ExpressionParser::Kind::condition).all();
  if (!part.condition) throw DataError("it is a number, not a condition; write for example x > 0");
  return std::move(part.function);
}

FieldText parse_field(const std::string& text, const std::vector<std::string>& columns) {
  ExpressionParser::Part part = ExpressionParser(text, columns, ExpressionParser::Kind::field).all();
  if (!part.is_field()) ExpressionParser::fail("a term without d/dNAME begins", part.start);
  FieldText field;
  field.text = text.substr(std::min(text.find_first_not_of(" \t\r\n"), text.size()));
  for (auto& [column, velocity] : part.field) field.components.push_back({column, std::move(velocity)});
  return field;
}

}  // namespace symscan
