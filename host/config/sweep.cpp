#include "host/config/sweep.hpp"

#include <algorithm>
#include <memory>
#include <set>

#include "host/base/error.hpp"
#include "host/base/text.hpp"
#include "host/config/check.hpp"
#include "host/config/fields.hpp"
#include "host/config/idle_settings.hpp"
#include "host/config/seeds.hpp"

namespace symscan {
namespace {

/// Settings that advance together, and the values that they take: one setting, or those of a zip.
struct Axis {
  std::vector<std::string> paths;
  std::vector<std::vector<Json>> points;  ///< [points][paths]
};

Json::json_pointer pointer_to(const std::string& path) {
  Json::json_pointer pointer;
  for (const std::string& part : split_path(path)) pointer /= part;
  return pointer;
}

std::string dotted(const Json::json_pointer& pointer) {
  std::string path = pointer.to_string().substr(1);
  std::replace(path.begin(), path.end(), '/', '.');
  return path;
}

void append_axes(const Section& section, const std::string& path, const Json& values,
                 std::vector<Axis>& axes) {
  for (const Field& field : section.fields) {
    const Json& value = values.at(field.name);
    if (!is_swept(field, value)) continue;
    Axis axis = {{join_path(path, field.name)}, {}};
    for (const Json& one : value) axis.points.push_back({one});
    axes.push_back(std::move(axis));
  }
  for (const Section& child : section.sections) {
    const Json& inner = values.at(child.name);
    if (inner.is_object()) append_axes(child, join_path(path, child.name), inner, axes);
  }
}

// Outermost first; `config` holds one dataset.
std::vector<Axis> axes_of(const Json& config) {
  std::vector<Axis> axes;
  const Json& dataset = config.at("dataset");
  append_axes(dataset_section(dataset.at("kind").get<std::string>()), "dataset", dataset, axes);
  append_axes(config_root(), "", config, axes);
  return axes;
}

std::vector<Axis>::iterator find_axis(std::vector<Axis>& axes, const std::string& path) {
  const auto found =
      std::find_if(axes.begin(), axes.end(), [&](const Axis& axis) { return axis.paths.front() == path; });
  if (found == axes.end()) {
    throw ConfigError("zip names " + in_quotes(path) +
                      ", which is not a list of values to sweep; give it one, or take it "
                      "out of zip");
  }
  return found;
}

[[noreturn]] void refuse_lengths(const std::string& left, std::size_t left_size, const std::string& right,
                                 std::size_t right_size) {
  throw ConfigError("zip needs lists of equal length, but " + left + " has " + std::to_string(left_size) +
                    " values and " + right + " has " + std::to_string(right_size));
}

// Replaces the axes that one zip names by one axis; `datasets` and `position` matter if it names "dataset"
// itself.
void merge_zip(std::vector<Axis>& axes, const Json& zip, std::size_t datasets, std::size_t position) {
  Axis merged;
  std::size_t place = axes.size(), length = 0;
  bool zips_datasets = false;
  for (const Json& entry : zip) {
    const auto path = entry.get<std::string>();
    const bool is_dataset = path == "dataset";
    if (is_dataset && datasets == 0) find_axis(axes, path);
    const auto axis = is_dataset ? axes.end() : find_axis(axes, path);
    const std::size_t size = is_dataset ? datasets : axis->points.size();
    if (length != 0 && size != length) refuse_lengths(zip.front().get<std::string>(), length, path, size);
    length = size;
    zips_datasets = zips_datasets || is_dataset;
    if (is_dataset) continue;
    place = std::min(place, static_cast<std::size_t>(axis - axes.begin()));
    merged.paths.push_back(path);
    merged.points.resize(length);
    for (std::size_t i = 0; i < length; ++i) merged.points[i].push_back(axis->points[i][0]);
  }
  // Removing an axis behind `place` leaves the place of the first of them where it is.
  for (const std::string& path : merged.paths) axes.erase(find_axis(axes, path));
  if (zips_datasets) merged.points = {merged.points.at(position)};
  axes.insert(axes.begin() + static_cast<std::ptrdiff_t>(place), std::move(merged));
}

void refuse_repeats(const std::vector<Axis>& axes) {
  for (const Axis& axis : axes) {
    std::set<std::string> seen;
    for (const auto& point : axis.points) {
      std::string text;
      for (const Json& value : point) text += (text.empty() ? "" : ", ") + value.dump();
      if (!seen.insert(text).second) {
        throw ConfigError(join_words(axis.paths) + " takes the value " + text +
                          " twice; list each value once");
      }
    }
  }
}

SweepPoints plan_dataset(const Json& resolved, const Json& dataset, std::size_t position) {
  SweepPoints plan{resolved, {}};
  plan.base["dataset"] = dataset;
  std::vector<Axis> axes = axes_of(plan.base);
  const Json& datasets = resolved.at("dataset");
  for (const Json& zip : resolved.value("zip", Json::array())) {
    merge_zip(axes, zip, datasets.is_array() ? datasets.size() : 0, position);
  }
  refuse_repeats(axes);
  plan.base.erase("seeds");
  plan.base.erase("zip");
  for (Axis& axis : axes) {
    SweepPoints::Axis& planned = plan.axes.emplace_back();
    for (std::size_t i = 0; i < axis.paths.size(); ++i) {
      planned.targets.push_back(pointer_to(axis.paths[i]));
      plan.base[planned.targets.back()] = axis.points[0][i];  // the lists go, so that copies are small
    }
    planned.points = std::move(axis.points);
  }
  return plan;
}

/// Product of the axes; most_replicas + 1 if more.
std::size_t count_points(const SweepPoints& plan) {
  std::size_t points = 1;
  for (const SweepPoints::Axis& axis : plan.axes)
    points = std::min(points * axis.points.size(), most_replicas + 1);
  return points;
}

/// Adds the replicas of one dataset. Those that follow each other share the dataset where it is the same.
void append_replicas(const std::shared_ptr<const SweepPoints>& plan, const Json& seeds,
                     std::vector<ReplicaConfig>& replicas) {
  const std::size_t points = count_points(*plan);
  for (std::size_t point = 0; point < points; ++point) {
    ReplicaConfig replica = read_replica(plan->config(point));
    if (point > 0 && *replica.dataset == *replicas.back().dataset) replica.dataset = replicas.back().dataset;
    replica.points = plan;
    replica.point = point;
    replica.group = static_cast<int>(replicas.size() / seeds.size());
    for (const Json& seed : seeds) {
      replica.id = static_cast<int>(replicas.size());
      replica.seed = seed.get<std::uint64_t>();
      replicas.push_back(replica);
    }
  }
}

// Values of one list differ, so that points can only be alike across datasets, in zips, and where a setting
// may be idle. Comparing a million points takes seconds.
bool may_repeat_points(const std::vector<std::shared_ptr<const SweepPoints>>& plans) {
  if (plans.size() > 1) return true;
  const auto& axes = plans.front()->axes;
  return std::any_of(axes.begin(), axes.end(), [](const SweepPoints::Axis& axis) {
    return axis.points.size() > 1 && (axis.targets.size() > 1 || may_be_idle(dotted(axis.targets.front())));
  });
}

}  // namespace

std::vector<ReplicaConfig> expand_sweep(const Json& resolved, std::size_t most) {
  const Json seeds = seed_list(resolved);
  const Json& given = resolved.at("dataset");
  const Json datasets = given.is_array() ? given : Json::array({given});
  std::vector<std::shared_ptr<const SweepPoints>> plans;
  std::size_t count = 0;
  for (std::size_t d = 0; d < datasets.size(); ++d) {
    plans.push_back(std::make_shared<const SweepPoints>(plan_dataset(resolved, datasets[d], d)));
    count += count_points(*plans.back()) * seeds.size();
    if (count > most) {
      throw ConfigError("the sweep has more than " + std::to_string(most) +
                        " replicas; shorten its lists or split it into several configs");
    }
  }
  std::vector<ReplicaConfig> replicas;
  replicas.reserve(count);
  for (const auto& plan : plans) append_replicas(plan, seeds, replicas);
  if (may_repeat_points(plans)) refuse_identical_points(replicas, seeds.size());
  return replicas;
}

Json check_zip(const Json& given) {
  const char* form =
      "zip must be a list of lists of keys, such as [[\"model.latent_dim\", \"loss.beta\"]], not ";
  if (!given.is_array()) throw ConfigError(form + describe(given));
  const std::vector<std::string> known = setting_paths();
  std::set<std::string> seen;
  for (const Json& group : given) {
    if (!group.is_array()) throw ConfigError(form + std::string("a list of ") + describe(group));
    if (group.size() < 2) throw ConfigError("zip needs at least two keys in each of its lists");
    for (const Json& path : group) {
      if (!path.is_string())
        throw ConfigError("zip must hold keys such as \"loss.beta\", not " + describe(path));
      const auto text = path.get<std::string>();
      if (text == "seeds" || text == "seed" || text == "name" || text == "zip") {
        throw ConfigError("zip cannot name '" + text +
                          "'; seeds always run innermost, over all other settings");
      }
      const bool in_dataset = split_path(text)[0] == "dataset" && split_path(text).size() <= 2;
      if (!in_dataset && std::find(known.begin(), known.end(), text) == known.end()) {
        throw ConfigError("unknown key " + in_quotes(text) + " in zip" + did_you_mean(text, known));
      }
      if (!seen.insert(text).second) throw ConfigError("zip names " + in_quotes(text) + " twice");
    }
  }
  return given;
}

}  // namespace symscan
