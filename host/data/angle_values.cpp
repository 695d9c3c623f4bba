#include "host/data/angle_values.hpp"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <numbers>
#include <set>

#include "host/base/error.hpp"
#include "host/base/text.hpp"

namespace symscan {
namespace {

constexpr double kTurn = 2 * std::numbers::pi, kDegrees = 360;
constexpr double kNearEnd = 0.02;  ///< of the period
constexpr double kManyTurns = 4;   ///< of radians, above which values within one turn of degrees are degrees
constexpr double kBeyond = 1e-3;   ///< of the period: rounded to few digits

const std::set<std::string> kAngleWords = {
    "phi", "dphi", "deltaphi",  "varphi", "psi",       "theta",   "angle",   "azimuth", "phase",
    "lon", "long", "longitude", "yaw",    "direction", "heading", "bearing", "winddir", "dir"};

/// The words of a name in lower case: "Jet_dPhi(2)" -> "jet", "dphi".
std::vector<std::string> words_of(const std::string& name) {
  std::vector<std::string> words(1);
  for (const char character : lower_case(name)) {
    if (std::isalpha(static_cast<unsigned char>(character)) != 0)
      words.back() += character;
    else if (!words.back().empty())
      words.emplace_back();
  }
  return words;
}

bool reaches(double low, double high, double from, double period) {
  return std::abs(low - from) <= kNearEnd * period && std::abs(high - from - period) <= kNearEnd * period &&
         low >= from - kBeyond * period && high <= from + (1 + kBeyond) * period;
}

bool has(const std::vector<std::string>& columns, const std::string& name) {
  return std::find(columns.begin(), columns.end(), name) != columns.end();
}

/// [D] Radians per unit of the columns that are angles; 0 for others.
std::vector<double> radians_per_unit(const Table& table, const std::vector<std::string>& angles) {
  const std::size_t features = table.features();
  std::vector<double> units(features);
  for (std::size_t d = 0; d < features && table.rows > 0; ++d) {
    const bool told = has(angles, table.columns[d]);
    if (!told && !is_angle_name(table.columns[d])) continue;
    double low = table.values[d], high = low;
    for (std::size_t row = 0; row < table.rows; ++row) {
      low = std::min(low, table.values[row * features + d]);
      high = std::max(high, table.values[row * features + d]);
    }
    if (const auto period = told ? std::optional(period_of(low, high)) : full_period(low, high))
      units[d] = kTurn / *period;
  }
  return units;
}

}  // namespace

std::string cosine_of(const std::string& angle) {
  return "cos(" + angle + ")";
}

std::string sine_of(const std::string& angle) {
  return "sin(" + angle + ")";
}

bool is_angle_name(const std::string& column) {
  const std::vector<std::string> words = words_of(column);
  const auto any = [&](const std::set<std::string>& these) {
    return std::any_of(words.begin(), words.end(), [&](const auto& word) { return these.contains(word); });
  };
  return any(kAngleWords) && !any({"cos", "sin", "tan"});
}

std::optional<double> full_period(double low, double high) {
  for (const double period : {kTurn, kDegrees})
    for (const double from : {-period / 2, 0.0})
      if (reaches(low, high, from, period)) return period;
  return std::nullopt;
}

double period_of(double low, double high) {
  if (const auto full = full_period(low, high)) return *full;
  const double slack = kBeyond * kDegrees;
  const bool one_turn_of_degrees = (low >= -kDegrees / 2 - slack && high <= kDegrees / 2 + slack) ||
                                   (low >= -slack && high <= kDegrees + slack);
  return high - low > kManyTurns * kTurn && one_turn_of_degrees ? kDegrees : kTurn;
}

void check_angles(const std::vector<std::string>& angles, const std::vector<std::string>& columns) {
  for (const std::string& angle : angles) {
    if (has(columns, angle) || (has(columns, cosine_of(angle)) && has(columns, sine_of(angle)))) continue;
    throw DataError("dataset.angles names '" + shortened(printable_line(angle), 60) +
                    "', which is no column" + did_you_mean(angle, columns));
  }
}

void encode_angles(Table& table, const std::vector<std::string>& angles) {
  check_angles(angles, table.columns);
  const std::vector<double> units = radians_per_unit(table, angles);
  const std::size_t features = table.features();
  std::vector<std::string> columns;
  std::vector<double> precisions, values;
  for (std::size_t d = 0; d < features; ++d) {
    const std::string& name = table.columns[d];
    const double precision = table.precision.empty() ? kFloat64Precision : table.precision[d];
    const bool angle = units[d] > 0;
    if (angle && (has(table.columns, cosine_of(name)) || has(table.columns, sine_of(name))))
      throw DataError("dataset.angle_encoding is pair, but there is a column " +
                      printable_line(cosine_of(name)) + " or its sine already");
    if (angle) columns.push_back(cosine_of(name));
    columns.push_back(angle ? sine_of(name) : name);
    // Of an angle of up to a turn, the rounding moves both by that of a few radians.
    precisions.insert(precisions.end(), angle ? 2 : 1, angle ? kTurn * precision : precision);
  }
  values.reserve(table.rows * columns.size());
  for (std::size_t i = 0; i < table.values.size(); ++i) {
    const double unit = units[i % features], value = table.values[i];
    if (unit > 0) values.push_back(std::cos(unit * value));
    values.push_back(unit > 0 ? std::sin(unit * value) : value);
  }
  table.columns = std::move(columns);
  table.values = std::move(values);
  table.precision = std::move(precisions);
}

}  // namespace symscan
