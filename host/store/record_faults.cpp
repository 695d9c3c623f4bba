#include "host/store/record_faults.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "host/base/text.hpp"
#include "host/config/names.hpp"
#include "host/data/table_limits.hpp"
#include "host/train/replica_plan.hpp"

namespace symscan {
namespace {

constexpr std::size_t most_columns = 65536;  // check_table_size()
constexpr std::size_t most_rows = std::size_t{1} << 33;
constexpr std::size_t most_with_eigenvalues = 4096;  // features, see prepare()

/// No larger than `largest`, and numbers.
bool all_within(const std::vector<double>& values, double largest) {
  return std::all_of(values.begin(), values.end(), [&](double value) { return std::abs(value) <= largest; });
}

/// Of the covariance of what a network is trained on.
constexpr double largest_eigenvalue = 4 * most_with_eigenvalues * largest_input * largest_input;

std::string wrong_length(const std::string& what, std::size_t found, std::size_t wanted) {
  return what + " has " + std::to_string(found) + (found == 1 ? " entry" : " entries") + ", not " +
         std::to_string(wanted);
}

/// Lists with one entry per column.
std::string fault_of_columns(const DatasetRecord& record) {
  const std::size_t features = record.columns.size();
  if (features == 0) return "it has no columns";
  if (features > most_columns) return "it has " + std::to_string(features) + " columns";
  const std::pair<const char*, std::size_t> lengths[] = {
      {"the list of offsets", record.offset.size()},
      {"the list of scales", record.scale.size()},
      {"the list of constant columns", record.constant.size()}};
  for (const auto& [what, length] : lengths)
    if (length != features) return wrong_length(what, length, features);
  const std::size_t values = record.eigenvalues.size();
  if (values != features && (values != 0 || features <= most_with_eigenvalues))
    return wrong_length("the list of eigenvalues", values, features);
  if (std::any_of(record.columns.begin(), record.columns.end(),
                  [](const std::string& column) { return has_control_characters(column); }))
    return "the name of a column has control characters";
  if (!all_within(record.offset, largest_value) || !all_within(record.scale, largest_value))
    return "an offset or scale is beyond " + rounded(largest_value);
  if (!all_within(record.eigenvalues, largest_eigenvalue))
    return "an eigenvalue is beyond " + rounded(largest_eigenvalue);
  if (std::any_of(record.scale.begin(), record.scale.end(), [](double scale) { return !(scale > 0); }))
    return "a scale is not positive";
  return "";
}

std::string fault_of_rows(const DatasetRecord& record) {
  const std::size_t features = record.columns.size();
  if (record.rows < 2 || record.rows > most_rows) return "it has " + std::to_string(record.rows) + " rows";
  const auto rows = static_cast<double>(record.rows);
  if (!(record.effective_rows > 0 && record.effective_rows <= rows * (1 + 1e-9)))
    return "it has " + rounded(record.effective_rows) + " effective rows of " + std::to_string(record.rows);
  const std::size_t kept = record.sample.size() / features;
  if (record.sample.empty() || record.sample.size() % features != 0 || kept > record.rows)
    return "the sample of its rows has " + std::to_string(record.sample.size()) + " values of " +
           plural(features, "column");
  if (!all_within(record.sample, largest_value))
    return "a value of the sample of its rows is beyond " + rounded(largest_value);
  return "";
}

std::string fault_of_measures(const LatentMeasures& measures, const ReplicaConfig& config, bool of_decoder,
                              const std::string& of) {
  constexpr double largest = std::numeric_limits<float>::max();  // means of float32 numbers
  const auto latents = static_cast<std::size_t>(config.model.latent_dim);
  for (const MeasureTraits& traits : relevance_measures) {
    if (!traits.of_encoder && !of_decoder) continue;
    const std::vector<double>& values = measures[traits.measure];
    const std::string name = to_string(traits.measure) + of;
    if (values.size() != latents) return wrong_length(name, values.size(), latents) + " as its model";
    for (const double value : values)
      if (!(std::abs(value) <= largest)) return name + " has the value " + rounded(value);
  }
  return "";
}

std::string fault_of_history(const ReplicaResult& result, const ReplicaConfig& config, std::size_t rows) {
  const std::size_t most = training_epochs(config.train, rows), epochs = result.history.size();
  const bool may_end_early = config.train.automatic() || config.train.early_stopping || result.failed;
  if (epochs > most || (epochs < most && !may_end_early) || (epochs == 0 && most > 0 && !result.failed))
    return "its history has " + plural(epochs, "epoch") + " of " + std::to_string(most);
  for (const EpochMetrics& epoch : result.history)
    if (!all_within({epoch.loss, epoch.reconstruction, epoch.kl}, largest_value))
      return "a loss of its history is beyond " + rounded(largest_value);
  std::size_t before = 0;
  for (const TrackedRelevance& tracked : result.tracked) {
    if (tracked.epoch <= before || tracked.epoch > epochs)
      return "its relevances during training are of epoch " + std::to_string(tracked.epoch) +
             " after epoch " + std::to_string(before) + " of " + std::to_string(epochs);
    before = tracked.epoch;
    if (auto fault =
            fault_of_measures(tracked.measures, config, false, " at epoch " + std::to_string(tracked.epoch));
        !fault.empty())
      return fault;
  }
  return "";
}

/// The loss is the sum of its parts, but for rounding.
std::string fault_of_loss(const ReplicaResult& result, double beta) {
  if (!all_within({result.loss, result.reconstruction, result.kl}, largest_value))
    return "its loss is beyond " + rounded(largest_value);
  const double size = std::abs(result.reconstruction) + std::abs(beta * result.kl);
  if (std::abs(result.loss - (result.reconstruction + beta * result.kl)) > 1e-9 * size)
    return "its loss is not the sum of its reconstruction and KL";
  return "";
}

}  // namespace

std::string fault_of(const DatasetRecord& record, const ReplicaConfig& config) {
  if (!same_settings(record.settings, config.dataset)) return "its settings are not those of the config";
  if (record.preprocess != config.preprocess)
    return "it is preprocessed by " + to_string(record.preprocess) + ", not by " +
           to_string(config.preprocess) + " as the config says";
  if (record.fingerprint.empty()) return "it has no fingerprint";
  if (auto fault = fault_of_columns(record); !fault.empty()) return fault;
  return fault_of_rows(record);
}

std::string fault_of(const ReplicaRecord& record, const ReplicaConfig& config, const DatasetRecord& data) {
  const ReplicaResult& result = record.result;
  if (record.status == ReplicaRecord::Status::done) {
    if (auto fault = fault_of_loss(result, config.loss.beta); !fault.empty()) return fault;
    if (auto fault = fault_of_measures(result.measures, config, true, ""); !fault.empty()) return fault;
  }
  if (record.status == ReplicaRecord::Status::done || record.status == ReplicaRecord::Status::failed)
    return fault_of_history(result, config, data.rows);
  return "";
}

std::string fault_of_parameters(const std::vector<float>& parameters, const ReplicaConfig& config,
                                std::size_t features) {
  const std::uint64_t wanted = count_parameters(config.model, features);
  if (parameters.size() != wanted)
    return "there are " + std::to_string(parameters.size()) + " of them, and its network has " +
           std::to_string(wanted);
  if (!std::all_of(parameters.begin(), parameters.end(), [](float value) { return std::isfinite(value); }))
    return "one of them is not finite";
  return "";
}

bool same_settings(const Json& recorded, const Json& now) {
  if (!recorded.is_object() || !now.is_object()) return recorded == now;
  return std::all_of(recorded.items().begin(), recorded.items().end(), [&](const auto& entry) {
    const auto found = now.find(entry.key());
    return found != now.end() && same_settings(entry.value(), *found);
  });
}

}  // namespace symscan
