#include "host/config/idle_settings.hpp"

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "host/base/error.hpp"
#include "host/config/check.hpp"
#include "host/config/fields.hpp"
#include "host/config/labels.hpp"

namespace symscan {
namespace {

std::vector<std::string> settings_for_steps() {
  return {"batch_size",
          "optimizer",
          "learning_rate",
          "warmup_steps",
          "schedule",
          "validation_fraction",
          "early_stopping.patience",
          "early_stopping.min_delta",
          "adam_beta1",
          "adam_beta2",
          "epsilon",
          "weight_decay",
          "momentum"};
}

Json without_idle(const ReplicaConfig& replica) {
  Json config = replica.points->config(replica.point);
  for (const IdleSetting& idle : idle_settings(replica)) {
    Json* value = &config;
    for (const std::string& part : split_path(idle.path)) value = &(*value)[part];
    *value = nullptr;
  }
  return config;
}

[[noreturn]] void refuse_pair(const ReplicaConfig& left, const ReplicaConfig& right) {
  const Json of_left = left.resolved(), of_right = right.resolved();
  for (const IdleSetting& idle : idle_settings(left)) {
    const Json one = value_at(of_left, idle.path), other = value_at(of_right, idle.path);
    if (one == other) continue;
    throw ConfigError(
        idle.path + " has no effect " + idle.why + ", so its values " + describe(one) + " and " +
        describe(other) +
        " would train identical replicas; give it one value, or zip it with the settings that it "
        "depends on");
  }
  throw ConfigError("the sweep holds the same settings twice (dataset " + dataset_label(right.dataset) +
                    "); list each dataset once");
}

}  // namespace

bool may_be_idle(const std::string& path) {
  return path == "model.activation" || (path.starts_with("train.") && path != "train.epochs");
}

std::vector<IdleSetting> idle_settings(const ReplicaConfig& replica) {
  const TrainConfig& train = replica.train;
  std::vector<IdleSetting> idle;
  if (replica.model.hidden.empty()) idle.push_back({"model.activation", "without hidden layers"});
  if (replica.loss.beta == 0) idle.push_back({"train.beta_warmup_epochs", "with loss.beta 0"});
  if (!train.automatic()) {
    for (const char* key : {"max_steps", "tolerance"}) {
      idle.push_back({std::string("train.") + key, "with a fixed length of the training"});
    }
  }
  if (train.epochs == 0) {
    for (const std::string& key : settings_for_steps()) {
      const bool stops = key.starts_with("early_stopping.");
      if (!stops || train.early_stopping) idle.push_back({"train." + key, "with train.epochs 0"});
    }
    return idle;
  }
  const std::string optimizer = "with the optimizer " + to_string(train.optimizer);
  if (train.optimizer == Optimizer::sgd) {
    for (const char* key : {"adam_beta1", "adam_beta2", "epsilon"}) {
      idle.push_back({std::string("train.") + key, optimizer});
    }
  } else {
    idle.push_back({"train.momentum", optimizer});
  }
  if (train.optimizer != Optimizer::adamw) idle.push_back({"train.weight_decay", optimizer});
  // The earliest stop after the first epoch, which always improves, is `patience` epochs later.
  if (train.early_stopping && train.epochs > 0 && train.early_stopping->patience >= train.epochs - 1) {
    idle.push_back({"train.early_stopping.patience", "from " + std::to_string(std::max(1, train.epochs - 1)) +
                                                         " on with train.epochs " +
                                                         std::to_string(train.epochs)});
  }
  return idle;
}

void refuse_identical_points(const std::vector<ReplicaConfig>& replicas, std::size_t seeds) {
  std::unordered_multimap<std::size_t, std::size_t> points;
  for (std::size_t i = 0; i < replicas.size(); i += seeds) {
    const Json effective = without_idle(replicas[i]);
    const std::size_t hash = std::hash<std::string>()(effective.dump());
    const auto [begin, end] = points.equal_range(hash);
    for (auto same = begin; same != end; ++same) {
      if (without_idle(replicas[same->second]) == effective) refuse_pair(replicas[same->second], replicas[i]);
    }
    points.emplace(hash, i);
  }
}

std::vector<std::string> notes_on_idle_settings(const SweepConfig& sweep, const Json& defaults) {
  std::vector<std::string> notes;
  for (const IdleSetting& idle : idle_settings(sweep.replicas.front())) {
    if (value_at(sweep.resolved, idle.path) == value_at(defaults, idle.path)) continue;
    int looked_at = -1;  // seeds make no difference
    const bool in_all = std::all_of(sweep.replicas.begin(), sweep.replicas.end(), [&](const auto& replica) {
      if (std::exchange(looked_at, replica.group) == replica.group) return true;
      const std::vector<IdleSetting> settings = idle_settings(replica);
      return std::any_of(settings.begin(), settings.end(),
                         [&](const IdleSetting& setting) { return setting.path == idle.path; });
    });
    if (in_all) notes.push_back(idle.path + " has no effect " + idle.why);
  }
  return notes;
}

}  // namespace symscan
