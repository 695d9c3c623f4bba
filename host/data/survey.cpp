// What a table holds, column by column.
#include "host/data/survey.hpp"

#include <xxhash.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <map>
#include <unordered_map>

#include "host/base/text.hpp"
#include "host/data/angle_values.hpp"
#include "host/data/table_notes.hpp"
#include "host/data/text_values.hpp"

namespace symscan {
namespace {

/// Digest of values with -0 and 0 alike.
class ValuesDigest {
 public:
  ValuesDigest() : state_(XXH3_createState()) { XXH3_128bits_reset(state_); }
  ValuesDigest(const ValuesDigest&) = delete;
  ValuesDigest& operator=(const ValuesDigest&) = delete;
  ~ValuesDigest() { XXH3_freeState(state_); }
  void add(double value) {
    value += 0.0;
    XXH3_128bits_update(state_, &value, sizeof value);
  }
  std::pair<std::uint64_t, std::uint64_t> digest() const {
    const XXH128_hash_t hash = XXH3_128bits_digest(state_);
    return {hash.high64, hash.low64};
  }

 private:
  XXH3_state_t* state_;
};

std::size_t count_duplicates(const Table& table) {
  std::vector<std::pair<std::uint64_t, std::uint64_t>> rows;
  rows.reserve(table.rows);
  for (std::size_t row = 0; row < table.rows; ++row) {
    const XXH128_hash_t hash =
        XXH3_128bits(table.values.data() + row * table.features(), table.features() * sizeof(double));
    rows.emplace_back(hash.high64, hash.low64);
  }
  std::sort(rows.begin(), rows.end());
  const auto different = std::unique(rows.begin(), rows.end()) - rows.begin();
  return table.rows - static_cast<std::size_t>(different);
}

std::size_t count_incomplete(const Table& table) {
  std::size_t count = 0;
  for (std::size_t row = 0; row < table.rows; ++row) {
    const double* x = table.values.data() + row * table.features();
    count += std::any_of(x, x + table.features(), [](double v) { return !std::isfinite(v); });
  }
  return count;
}

/// Range, mean, deviation and type of the finite values.
ColumnSurvey numbers_of(const Table& table, std::size_t column) {
  ColumnSurvey survey;
  survey.name = table.columns[column];
  bool integers = true, bits = true;
  std::size_t count = 0;
  double sum = 0, squares = 0, first = 0;
  for (std::size_t row = 0; row < table.rows; ++row) {
    const double x = table.values[row * table.features() + column];
    if (!std::isfinite(x)) continue;
    if (count++ == 0) first = survey.low = survey.high = x;
    survey.low = std::min(survey.low, x);
    survey.high = std::max(survey.high, x);
    integers = integers && x == std::trunc(x);
    bits = bits && (x == 0 || x == 1);
    sum += x - first;
    squares += (x - first) * (x - first);
  }
  survey.missing = table.rows - count;
  if (count == 0) return survey;
  const double n = static_cast<double>(count), mean = sum / n;
  survey.mean = first + mean;
  survey.deviation = std::sqrt(std::max(0.0, squares / n - mean * mean));
  const bool single = !table.precision.empty() && table.precision[column] >= kFloat32Precision;
  survey.type = bits ? "0 or 1" : integers ? "integer" : single ? "float32" : "number";
  return survey;
}

/// A unit in the name: "pt [GeV]", "angle (deg)", "energy_MeV".
std::string unit_in_name(const std::string& name) {
  static const std::vector<std::string> units = {"GeV", "MeV", "TeV", "keV", "eV", "rad", "deg", "mm", "cm",
                                                 "km",  "m",   "s",   "ms",  "ns", "ps",  "Hz",  "K",  "kg"};
  std::string word;
  if (!name.empty() && (name.back() == ']' || name.back() == ')')) {
    const std::size_t open = name.find_last_of("[(");
    if (open != std::string::npos) word = name.substr(open + 1, name.size() - open - 2);
  } else if (const std::size_t bar = name.rfind('_'); bar != std::string::npos) {
    word = name.substr(bar + 1);
    if (word.size() < 2) word.clear();  // x_m, x_s are more often indices
  }
  for (const std::string& unit : units)
    if (lower_case(word) == lower_case(unit)) return unit;
  return "";
}

void add_remarks(ColumnSurvey& survey, const Table& table, std::size_t column,
                 const std::optional<Sentinel>& sentinel) {
  const auto say = [&](const std::string& remark) { survey.remarks.push_back(remark); };
  if (survey.missing == table.rows) {
    survey.useless = true;
    return say("no value at all");
  }
  if (survey.low == survey.high) {
    say("constant");  // which may say much: the energy of a beam
  } else if (counts_rows(table, column)) {
    survey.useless = true;
    say("counts the rows");
  }
  if (sentinel)
    say(number_text(sentinel->value) + " in " + plural(sentinel->rows, "row") + ": missing values?");
  const auto period = full_period(survey.low, survey.high);
  if (period && is_angle_name(survey.name)) say(*period > 7 ? "an angle in degrees" : "an angle in radians");
  if (const std::string unit = unit_in_name(survey.name); !unit.empty()) say(unit);
}

/// Columns with the values of an earlier one.
void find_copies(const Table& table, std::vector<ColumnSurvey>& columns) {
  std::map<std::pair<std::uint64_t, std::uint64_t>, std::size_t> seen;
  for (std::size_t column = 0; column < columns.size(); ++column) {
    ValuesDigest digest;
    for (std::size_t row = 0; row < table.rows; ++row)
      digest.add(table.values[row * table.features() + column]);
    const auto [first, fresh] = seen.emplace(digest.digest(), column);
    if (fresh || columns[column].useless) continue;
    columns[column].remarks.insert(columns[column].remarks.begin(),
                                   "equal to " + columns[first->second].name);
  }
}

}  // namespace

TableSurvey survey_table(const Table& table) {
  TableSurvey survey;
  survey.rows = table.rows;
  survey.notes = table.notes;
  survey.incomplete = count_incomplete(table);
  survey.duplicates = count_duplicates(table);
  const auto sentinels = find_sentinels(table);
  for (std::size_t column = 0; column < table.features(); ++column) {
    survey.columns.push_back(numbers_of(table, column));
    add_remarks(survey.columns.back(), table, column, sentinels[column]);
  }
  find_copies(table, survey.columns);
  return survey;
}

}  // namespace symscan
