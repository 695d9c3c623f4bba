#include "host/data/column_plan.hpp"

#include <algorithm>
#include <map>

#include "host/base/error.hpp"
#include "host/base/text.hpp"
#include "host/data/selection.hpp"
#include "host/data/table_limits.hpp"
#include "host/data/text_values.hpp"

namespace symscan {

std::vector<std::string> numbered_columns(std::size_t count) {
  std::vector<std::string> names(count);
  for (std::size_t i = 0; i < count; ++i) names[i] = "c" + std::to_string(i);
  return names;
}

void begin_table(Table& table, const ColumnPlan& plan) {
  table.columns = plan.names;
  table.select_columns = plan.select_columns;
  table.notes.insert(table.notes.end(), plan.notes.begin(), plan.notes.end());
}

ColumnPlan plan_columns(const std::vector<std::string>& names, const std::string& name,
                        const FileOptions& options, std::size_t most_features) {
  std::map<std::string, std::size_t> places;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (const auto byte = first_byte_not_utf8(names[i])) {
      throw DataError(name + " has a column name that is not UTF-8 (byte " + *byte + " in column " +
                      std::to_string(i + 1) + "); write the names in UTF-8");
    }
    const auto [place, fresh] = places.emplace(names[i], i);
    if (!fresh) {
      throw DataError(name + " has two columns called " + printable(names[i]) + " (columns " +
                      std::to_string(place->second + 1) + " and " + std::to_string(i + 1) + "); rename one");
    }
  }
  const auto place_of = [&](const std::string& wanted, const char* setting) {
    auto found = places.find(wanted);
    if (found == places.end()) found = places.find("c" + wanted);
    if (found != places.end()) return found->second;
    throw DataError(name + " has no column " + printable(wanted) + " (dataset." + setting + "); it has " +
                    join_names(names));
  };

  ColumnPlan plan;
  if (options.weights != "auto" && options.weights != "none")
    plan.weight = place_of(options.weights, "weights");
  std::vector<std::size_t> special;
  if (!options.group.empty()) special.push_back(place_of(options.group, "group"));
  if (!options.target.empty()) special.push_back(place_of(options.target, "target"));
  const auto is_special = [&](std::size_t place) {
    return std::find(special.begin(), special.end(), place) != special.end();
  };
  if (special.size() == 2 && special[0] == special[1])
    throw DataError("dataset.group and dataset.target both name the column " + printable(options.target));
  for (const std::string& wanted : options.columns) {
    const std::size_t place = place_of(wanted, "columns");
    if (std::find(plan.features.begin(), plan.features.end(), place) != plan.features.end()) {
      throw DataError("dataset.columns names the column " + printable(wanted) + " twice");
    }
    if (is_special(place))
      throw DataError("dataset.columns names the column " + printable(wanted) +
                      ", which dataset.group or dataset.target takes; name it once");
    plan.features.push_back(place);
  }
  if (options.columns.empty()) {
    for (std::size_t i = 0; i < std::min(names.size(), most_features); ++i) {
      if (plan.weight != i && !is_special(i)) plan.features.push_back(i);
    }
  }
  if (plan.features.empty()) throw DataError(name + " has no column left to use as a feature");
  plan.features.insert(plan.features.end(), special.begin(), special.end());
  for (const std::size_t place : columns_of_selection(options.select, names)) {
    if (std::find(plan.features.begin(), plan.features.end(), place) != plan.features.end()) continue;
    plan.features.push_back(place);
    ++plan.select_columns;
  }
  for (const std::size_t place : plan.features) {
    plan.names.push_back(names[place]);
    if (options.weights == "auto" && lower_case(names[place]) == "weight") {
      plan.notes.push_back(
          "the column " + printable(names[place]) + " of " + name +
          " is used as a feature; set dataset.weights to its name to use it as event weights");
    }
  }
  check_table_size(name, 0, plan.features.size());
  return plan;
}

}  // namespace symscan
