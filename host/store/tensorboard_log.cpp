#include "host/store/tensorboard_log.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>

#include "host/config/labels.hpp"
#include "host/config/names.hpp"
#include "host/store/appended_file.hpp"
#include "host/store/event_files.hpp"
#include "host/store/tensorboard_records.hpp"

namespace symscan {
namespace {

/// Seconds since 1970.
double wall_time_now() {
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

void add_finite(ScalarValues& values, const std::string& tag, double value) {
  if (std::isfinite(value)) values.emplace_back(tag, value);
}

void add_latents(ScalarValues& values, const std::string& group, const std::vector<double>& of_latents) {
  for (std::size_t j = 0; j < of_latents.size(); ++j)
    add_finite(values, group + "/z" + std::to_string(j + 1), of_latents[j]);
}

ScalarValues values_of_epoch(const EpochMetrics& metrics, const TrackedRelevance* tracked) {
  ScalarValues values;
  add_finite(values, "loss", metrics.loss);
  add_finite(values, "reconstruction", metrics.reconstruction);
  add_finite(values, "kl", metrics.kl);
  add_finite(values, "validation_loss", metrics.validation_loss);
  if (tracked != nullptr) add_latents(values, "relevance", tracked->measures[RelevanceMeasure::kl]);
  return values;
}

}  // namespace

TensorboardLog::TensorboardLog(const std::filesystem::path& run, const SweepConfig& sweep,
                               std::vector<std::string> labels)
    : run_(run),
      labels_(std::move(labels)),
      varying_(varying_settings(sweep)),
      written_(sweep.replicas.size()),
      files_(sweep.replicas.size()) {}

std::string TensorboardLog::settings_of(const ReplicaConfig& config) const {
  std::vector<std::string> paths = {"model.latent_dim", "loss.beta"};
  for (const std::string& path : varying_)
    if (std::find(paths.begin(), paths.end(), path) == paths.end()) paths.push_back(path);
  return labels_[static_cast<std::size_t>(config.id)] + ": " + settings_text(config, paths) + ", seed " +
         std::to_string(config.seed) + "; relevance by " + to_string(config.relevance.measure);
}

void TensorboardLog::begin() {
  remove_event_files(run_);
}

void TensorboardLog::add(const ReplicaConfig& config, const EpochRecords& records) {
  const auto id = static_cast<std::size_t>(config.id);
  const double now = wall_time_now();
  std::string& waiting = records_[config.id];
  if (files_[id].empty() && waiting.empty())
    waiting = version_record(now) + text_record(now, 0, "settings", settings_of(config));
  const EpochRecords fresh = {records.epochs, records.tracked, std::max(records.since, written_[id])};
  for_each_epoch(fresh, [&](std::size_t epoch, const EpochMetrics& metrics, const TrackedRelevance* tracked) {
    const ScalarValues values = values_of_epoch(metrics, tracked);
    if (!values.empty()) waiting += scalars_record(now, static_cast<std::int64_t>(epoch), values);
  });
  written_[id] = std::max(written_[id], records.epochs.size());
}

void TensorboardLog::finish(const ReplicaConfig& config, const ReplicaResult& result) {
  add(config, {result.history, result.tracked});
  const auto epochs = static_cast<std::int64_t>(result.history.size());
  ScalarValues values;
  add_latents(values, "final_relevance", result.measures[config.relevance.measure]);
  std::string& waiting = records_[config.id];
  if (!values.empty()) waiting += scalars_record(wall_time_now(), epochs, values);
  if (result.failed) waiting += text_record(wall_time_now(), epochs, "failure", result.message);
}

void TensorboardLog::flush() {
  for (const auto& [id, records] : records_) {
    std::filesystem::path& file = files_[static_cast<std::size_t>(id)];
    if (records.empty()) continue;
    if (file.empty())
      file = create_event_file(run_, id, static_cast<long long>(wall_time_now()), records);
    else
      append_to_file(file, records);
  }
  records_.clear();
}

}  // namespace symscan
