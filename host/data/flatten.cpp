// Events of many particles as rows: which particles, in which order, and what stands for those that lack.
#include "host/data/flatten.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>

#include "host/base/error.hpp"
#include "host/base/text.hpp"
#include "host/data/table_limits.hpp"
#include "host/data/text_values.hpp"

namespace symscan {
namespace {

using Words = std::vector<std::string>;

std::optional<std::size_t> place_in(const Words& names, const std::string& wanted) {
  const auto found = std::find(names.begin(), names.end(), wanted);
  if (found == names.end()) return std::nullopt;
  return static_cast<std::size_t>(found - names.begin());
}

/// The feature called `wanted` (pt, pT), or the only one that ends with it (Jet_pt).
std::optional<std::size_t> feature_called(const Words& features, const std::string& wanted) {
  std::optional<std::size_t> ending;
  std::size_t endings = 0;
  for (std::size_t i = 0; i < features.size(); ++i) {
    const std::string name = lower_case(features[i]);
    if (name == wanted) return i;
    if (!name.ends_with("_" + wanted) && !name.ends_with("." + wanted)) continue;
    ending = i;
    ++endings;
  }
  return endings == 1 ? ending : std::nullopt;
}

std::vector<std::size_t> order_of(const Words& features, const std::string& name) {
  if (const auto pt = feature_called(features, "pt")) return {*pt};
  const auto px = feature_called(features, "px"), py = feature_called(features, "py");
  if (px && py) return {*px, *py};
  throw DataError(name + " has no feature pt, nor px and py, to order particles by; it has " +
                  join_names(features) +
                  ": name them with dataset.columns, or set dataset.flatten_order=file");
}

/// Names and choice of the features from dataset.columns.
void take_names(FlattenPlan& plan, Words& names, bool named, const std::string& name, const Words& wanted) {
  plan.used.resize(names.size());
  std::iota(plan.used.begin(), plan.used.end(), std::size_t{0});
  if (wanted.empty()) return;
  const bool flat = std::any_of(wanted.begin(), wanted.end(),
                                [](const std::string& w) { return w.find('[') != std::string::npos; });
  const bool all_known = std::all_of(wanted.begin(), wanted.end(),
                                     [&](const std::string& w) { return bool(place_in(names, w)); });
  if (all_known) {
    plan.used.clear();
    for (const std::string& word : wanted) plan.used.push_back(*place_in(names, word));
  } else if (flat || named) {
    plan.chosen = wanted;
  } else if (wanted.size() == names.size()) {
    names = wanted;
  } else {
    throw DataError(name + " has " + plural(names.size(), "feature") +
                    " of each particle, and dataset.columns " + "names " + std::to_string(wanted.size()) +
                    "; name them all, or choose columns such as " + printable(names[0] + "[1]"));
  }
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (std::count(names.begin(), names.end(), names[i]) > 1)
      throw DataError("dataset.columns names the column " + printable(names[i]) + " twice");
  }
}

double size_in_order(const FlattenPlan& plan, const double* particle) {
  const double value = plan.order.size() == 1 ? particle[plan.order[0]]
                                              : std::hypot(particle[plan.order[0]], particle[plan.order[1]]);
  return std::isnan(value) ? -HUGE_VAL : value;
}

bool is_padding(const double* particle, std::size_t features) {
  return std::all_of(particle, particle + features, [](double v) { return v == 0 || std::isnan(v); });
}

}  // namespace

FlattenPlan plan_flatten(const Words& features, bool named, const std::string& name,
                         const FileOptions& options) {
  FlattenPlan plan;
  plan.particles = options.flatten;
  plan.features = features.size();
  plan.mask = options.mask_padding;
  Words names = features;
  take_names(plan, names, named, name, options.columns);
  if (options.order_by_pt) plan.order = order_of(names, name);
  check_table_size(name, 0, plan.particles * plan.used.size(), "dataset.flatten");
  for (std::size_t k = 1; k <= plan.particles; ++k) {
    for (const std::size_t place : plan.used)
      plan.columns.push_back(names[place] + "[" + std::to_string(k) + "]");
  }
  return plan;
}

std::size_t flatten_event(const FlattenPlan& plan, const double* values, std::size_t particles, double* out) {
  thread_local std::vector<std::size_t> real;
  real.clear();
  for (std::size_t i = 0; i < particles; ++i) {
    if (plan.order.empty() && real.size() == plan.particles) break;
    if (!is_padding(values + i * plan.features, plan.features)) real.push_back(i);
  }
  if (!plan.order.empty()) {
    std::stable_sort(real.begin(), real.end(), [&](std::size_t a, std::size_t b) {
      return size_in_order(plan, values + a * plan.features) >
             size_in_order(plan, values + b * plan.features);
    });
  }
  const std::size_t found = std::min(real.size(), plan.particles);
  for (std::size_t k = 0; k < found; ++k) {
    for (const std::size_t place : plan.used) *out++ = values[real[k] * plan.features + place];
  }
  std::fill_n(out, (plan.particles - found) * plan.used.size(), 0.0);
  return found;
}

bool keep_event(const FlattenPlan& plan, FlattenCounts& counts, std::size_t found) {
  ++counts.events;
  counts.most = std::max(counts.most, found);
  const bool enough = found >= plan.particles;
  if (!enough) ++counts.short_events;
  if (!enough && !plan.mask) return false;
  counts.found.push_back(static_cast<std::uint32_t>(found));
  return true;
}

void finish_flatten(Table& table, std::size_t features, const FlattenPlan& plan, const FlattenCounts& counts,
                    const std::string& name) {
  if (counts.most == 0) throw DataError(name + " holds no particles: all their values are zero");
  if (counts.most < plan.particles) {
    throw DataError(name + ": no event has " + std::to_string(plan.particles) +
                    " particles; set dataset.flatten=" + std::to_string(counts.most) +
                    ", the most that one has");
  }
  if (counts.short_events == 0) return;
  const std::string start = std::to_string(counts.short_events) + " of " + plural(counts.events, "event") +
                            " of " + name + " have fewer than " + plural(plan.particles, "particle") +
                            " (others are zero)";
  if (!plan.mask) {
    table.notes.push_back(start + " and were left out; dataset.padding=mask keeps them");
    return;
  }
  const std::size_t fewest = *std::min_element(counts.found.begin(), counts.found.end());
  Words masks;
  for (std::size_t k = fewest + 1; k <= plan.particles; ++k)
    masks.push_back("real[" + std::to_string(k) + "]");
  table.notes.push_back(start + "; the columns " + join_names(masks) + " are 1 where a particle is there");
  const std::size_t before = table.features(), after = before + masks.size();
  check_table_size(name, table.rows, after, "dataset.flatten");
  std::vector<double> values(table.rows * after);
  for (std::size_t row = 0; row < table.rows; ++row) {
    const double* from = table.values.data() + row * before;
    double* to = std::copy_n(from, features, values.data() + row * after);
    for (std::size_t k = fewest + 1; k <= plan.particles; ++k) *to++ = counts.found[row] >= k ? 1.0 : 0.0;
    std::copy(from + features, from + before, to);
  }
  table.values = std::move(values);
  const auto at = static_cast<std::ptrdiff_t>(features);
  table.columns.insert(table.columns.begin() + at, masks.begin(), masks.end());
  if (table.precision.size() == before)
    table.precision.insert(table.precision.begin() + at, masks.size(), kFloat64Precision);
}

}  // namespace symscan
