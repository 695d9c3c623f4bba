#include "host/analysis/analysis_table.hpp"

#include <algorithm>
#include <set>

#include "host/analysis/collider_columns.hpp"
#include "host/base/text.hpp"

namespace symscan {
namespace {

using Eigen::Index;

bool contains(const std::vector<std::string>& words, const std::string& word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

bool all_differ(const std::vector<std::string>& columns) {
  return std::set<std::string>(columns.begin(), columns.end()).size() == columns.size();
}

/// "phi is taken as an angle: by its cosine and sine."
std::string note_on_angles(const std::vector<Angle>& angles) {
  constexpr std::size_t most_named = 6;
  std::vector<std::string> names;
  for (const Angle& angle : angles) names.push_back(printable_line(angle.name));
  if (names.size() == 1) return names.front() + " is an angle, seen through its cosine and sine.";
  if (names.size() > most_named) {
    const std::string more = std::to_string(names.size() - most_named) + " more";
    names.resize(most_named);
    names.push_back(more);
  }
  return list_words(names) + " are angles, seen through their cosines and sines.";
}

}  // namespace

AnalysisTable analysis_table(const Eigen::MatrixXd& raw, const std::vector<std::string>& columns,
                             const std::vector<double>& precision, const std::vector<std::string>& angles) {
  check_angles(angles, columns);
  AnalysisTable table;
  NamedRows working{raw, columns, precision};
  const std::vector<std::string> joined = join_angle_pairs(working);
  ColliderChange change = momenta_from_angles(working);
  std::vector<std::optional<double>> periods;
  for (std::size_t d = 0; d < working.columns.size(); ++d) {
    const std::string& column = working.columns[d];
    const bool told = contains(angles, column) || contains(joined, column);
    periods.push_back(angle_period(working, static_cast<Index>(d), told));
  }
  std::vector<Angle> split = split_angles(working, periods);
  table.changed = working.columns != columns;
  if (!table.changed || !all_differ(working.columns)) {  // a new name that the file has for something else
    table.changed = false;
    table.rows = raw;
    table.columns = columns;
    table.precision = precision;
    if (working.columns == columns) table.angles = std::move(split);
    return table;
  }
  table.rows = std::move(working.rows);
  table.columns = std::move(working.columns);
  table.precision = std::move(working.precision);
  table.notes = std::move(change.notes);
  table.angles = std::move(split);
  table.renamed = std::move(change.renamed);
  table.transverse_angles = change.transverse_angles;
  table.rapidities = change.rapidities;
  if (!table.angles.empty()) table.notes.push_back(note_on_angles(table.angles));
  return table;
}

}  // namespace symscan
