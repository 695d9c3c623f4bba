#include "host/report/aggregates.hpp"

#include <algorithm>
#include <map>

#include "host/base/text.hpp"
#include "host/config/fields.hpp"

namespace symscan {
namespace {

/// The groups with one value of a setting.
struct ValueGroups {
  Json value;
  std::vector<int> members;
};

/// By value where all are numbers, else in the order of the sweep.
void sort_values(std::vector<ValueGroups>& values) {
  const auto is_number = [](const ValueGroups& each) { return each.value.is_number(); };
  if (!std::all_of(values.begin(), values.end(), is_number)) return;
  std::stable_sort(values.begin(), values.end(), [](const ValueGroups& a, const ValueGroups& b) {
    return a.value.get<double>() < b.value.get<double>();
  });
}

/// [settings]: each setting's values with their groups.
std::vector<std::vector<ValueGroups>> values_of(const std::vector<std::string>& settings,
                                                const std::vector<Group>& groups,
                                                const std::vector<int>& members) {
  std::vector<std::vector<ValueGroups>> values(settings.size());
  std::vector<std::map<std::string, std::size_t>> known(settings.size());
  for (const int member : members) {
    const ReplicaConfig& config = *groups[static_cast<std::size_t>(member)].config;
    const Json resolved = config.points->config(config.point);
    for (std::size_t s = 0; s < settings.size(); ++s) {
      Json value = value_at(resolved, settings[s]);
      const auto [at, is_new] = known[s].emplace(value.dump(), values[s].size());
      if (is_new) values[s].push_back({std::move(value), {}});
      values[s][at->second].members.push_back(member);
    }
  }
  for (auto& of_setting : values) sort_values(of_setting);
  return values;
}

std::string text_of_value(const Json& value) {
  if (value.is_string()) return value.get<std::string>();
  return value.is_number() ? number_text(value.get<double>()) : value.dump();
}

StudyAggregate aggregate(const std::vector<Group>& groups, const std::vector<int>& members) {
  StudyAggregate line;
  line.active_latents = line.loss = line.reconstruction = line.kl = nothing_finished;
  std::vector<double> active, loss, reconstruction, kl;
  for (const int member : members) {
    const Group& group = groups[static_cast<std::size_t>(member)];
    ++line.groups;
    line.trainings += group.replicas.size();
    line.failed += group.failed.size();
    if (group.done.empty()) continue;
    line.lowest_loss = std::min(line.lowest_loss.value_or(group.lowest_loss), group.lowest_loss);
    active.push_back(group.active_latents.mean);
    loss.push_back(group.loss.mean);
    reconstruction.push_back(group.reconstruction.mean);
    kl.push_back(group.kl.mean);
  }
  if (active.empty()) return line;
  line.active_latents = mean_and_spread(active);
  line.loss = mean_and_spread(loss);
  line.reconstruction = mean_and_spread(reconstruction);
  line.kl = mean_and_spread(kl);
  return line;
}

}  // namespace

std::vector<StudyAggregate> aggregates_of(const RunResults& results, const std::vector<Group>& groups,
                                          const std::vector<int>& members, std::size_t most) {
  std::vector<StudyAggregate> lines;
  const auto values = values_of(results.varying, groups, members);
  for (std::size_t s = 0; s < values.size(); ++s) {
    const std::size_t count = values[s].size(), shown = std::min(count, most);
    if (count < 2) continue;
    for (std::size_t line = 0; line < shown; ++line) {
      const std::size_t first = line * count / shown, end = (line + 1) * count / shown;
      std::vector<int> together;
      for (std::size_t v = first; v < end; ++v)
        together.insert(together.end(), values[s][v].members.begin(), values[s][v].members.end());
      StudyAggregate& added = lines.emplace_back(aggregate(groups, together));
      added.setting = results.varying[s];
      added.value = text_of_value(values[s][first].value);
      if (end - first > 1) added.value += " to " + text_of_value(values[s][end - 1].value);
    }
  }
  return lines;
}

}  // namespace symscan
