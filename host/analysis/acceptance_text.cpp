#include "host/analysis/acceptance_text.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>
#include <utility>

#include "host/analysis/particle_columns.hpp"
#include "host/base/error.hpp"
#include "host/base/text.hpp"

namespace symscan {
namespace {

using Eigen::Index;
using Kind = LimitedQuantity::Kind;

const std::string kBlanks = " \t\r\n";

std::string in_quotes(const std::string& text) {
  return "'" + printable_line(shortened(text, 60)) + "'";
}

bool is_blank(char character) {
  return kBlanks.find(character) != std::string::npos;
}

/// The parts between the words "and" that stand outside brackets.
std::vector<std::string> split_at_and(const std::string& text) {
  std::vector<std::string> parts;
  std::size_t begin = 0;
  int depth = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '(') ++depth;
    if (text[i] == ')') --depth;
    const bool word = depth == 0 && text.compare(i, 3, "and") == 0 && (i == 0 || is_blank(text[i - 1])) &&
                      (i + 3 == text.size() || is_blank(text[i + 3]));
    if (!word) continue;
    parts.push_back(trimmed(text.substr(begin, i - begin)));
    begin = i + 3;
  }
  parts.push_back(trimmed(text.substr(begin)));
  return parts;
}

std::optional<double> number_in(const std::string& text) {
  double value = 0;
  const char* end = text.data() + text.size();
  const auto [read, error] = std::from_chars(text.data(), end, value);
  if (text.empty() || error != std::errc() || read != end || !std::isfinite(value)) return std::nullopt;
  return value;
}

/// Reads the conditions of one text.
class AcceptanceReader {
 public:
  AcceptanceReader(const std::string& text, const std::vector<std::string>& columns)
      : text_(text), columns_(columns), particles_(find_particles(columns)) {}

  std::vector<Condition> read() const {
    std::vector<Condition> conditions;
    for (const std::string& part : split_at_and(text_)) {
      const std::vector<Condition> more = conditions_of(part);
      conditions.insert(conditions.end(), more.begin(), more.end());
    }
    return conditions;
  }

 private:
  [[noreturn]] void refuse(const std::string& why) const {
    throw DataError(acceptance_in_quotes(text_) + " " + why);
  }

  std::vector<Condition> conditions_of(const std::string& part) const {
    const std::size_t at = part.find_last_of("<>");
    if (at == std::string::npos)
      refuse("holds " + in_quotes(part) + ", which is no condition such as abs(eta) < 2.4 or x > 0");
    const bool or_equal = at + 1 < part.size() && part[at + 1] == '=';
    const std::string right = trimmed(part.substr(at + (or_equal ? 2 : 1)));
    const std::optional<double> limit = number_in(right);
    if (!limit) refuse("compares with " + in_quotes(right) + ", which is no number");
    Condition condition;
    condition.below = part[at] == '<';
    condition.limit = *limit;
    std::string left = trimmed(part.substr(0, at));
    condition.absolute = !column_called(left) && left.starts_with("abs(") && left.ends_with(')');
    if (condition.absolute) left = trimmed(left.substr(4, left.size() - 5));
    if (condition.absolute && !(*limit > 0))
      refuse("limits an absolute value by " + number_text(*limit) + "; such a limit is positive");
    std::vector<Condition> conditions;
    for (const LimitedQuantity& quantity : quantities_of(left)) {
      condition.quantity = quantity;
      conditions.push_back(condition);
    }
    return conditions;
  }

  std::vector<LimitedQuantity> quantities_of(const std::string& name) const {
    if (const auto column = column_called(name)) return {{Kind::column, {*column, 0, 0}}};
    const std::size_t open = name.find('(');
    const bool of_one = open != std::string::npos && name.ends_with(')');
    std::vector<LimitedQuantity> found;
    std::string lacking;
    for (const ParticleColumns& particle : particles_) {
      if (of_one && name.substr(open + 1, name.size() - open - 2) != particle.name) continue;
      if (const auto quantity = quantity_of(particle, of_one ? name.substr(0, open) : name))
        found.push_back(*quantity);
      else
        lacking = particle.name;
    }
    if (!found.empty() && !lacking.empty())
      refuse("names " + in_quotes(name) + ", which the particle " + in_quotes(lacking) + " does not have");
    if (found.empty() && particles_.empty()) found = columns_of_all(name);
    if (found.empty())
      refuse("names " + in_quotes(name) +
             ", which is neither a column nor pt or eta of particles with px, py and pz" +
             did_you_mean(name, columns_));
    return found;
  }

  static std::optional<LimitedQuantity> quantity_of(const ParticleColumns& particle,
                                                    const std::string& name) {
    if (name == "phi") return std::nullopt;
    if (particle.has(name)) return LimitedQuantity{Kind::column, {particle.at.at(name), 0, 0}};
    const bool across = particle.has("px") && particle.has("py");
    if (name == "pt" && across)
      return LimitedQuantity{Kind::pt, {particle.at.at("px"), particle.at.at("py"), 0}};
    if (name == "eta" && across && particle.has("pz"))
      return LimitedQuantity{Kind::eta, {particle.at.at("px"), particle.at.at("py"), particle.at.at("pz")}};
    return std::nullopt;
  }

  /// Of particles without momenta: the columns "eta(mu-)", "eta_1" and "mu_eta" of eta.
  std::vector<LimitedQuantity> columns_of_all(const std::string& name) const {
    std::vector<LimitedQuantity> found;
    if (name != "pt" && name != "eta") return found;
    for (std::size_t c = 0; c < columns_.size(); ++c) {
      const std::string& column = columns_[c];
      if (column.starts_with(name + "(") || column.starts_with(name + "_") || column.ends_with("_" + name))
        found.push_back({Kind::column, {static_cast<Index>(c), 0, 0}});
    }
    return found;
  }

  std::optional<Index> column_called(const std::string& name) const {
    const auto found = std::find(columns_.begin(), columns_.end(), name);
    if (found == columns_.end()) return std::nullopt;
    return static_cast<Index>(found - columns_.begin());
  }

  const std::string& text_;
  const std::vector<std::string>& columns_;
  const std::vector<ParticleColumns> particles_;
};

}  // namespace

std::string acceptance_in_quotes(const std::string& text) {
  return "acceptance " + in_quotes(text);
}

std::vector<Condition> parse_acceptance(const std::string& text, const std::vector<std::string>& columns) {
  return AcceptanceReader(text, columns).read();
}

}  // namespace symscan
