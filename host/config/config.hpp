#pragma once
#include <string>
#include <vector>

#include "host/base/json.hpp"
#include "host/config/replica.hpp"

namespace symscan {

struct SweepConfig {
  std::string name;
  Json resolved;  ///< every key with its default; lists kept: this is config.json of the run directory
  std::vector<ReplicaConfig> replicas;
};

/// Checks, fills in defaults and expands the sweep. `overrides` are "path=value" texts of the command line
/// (value: JSON, else text; lists need no quotes and lists of one no brackets). Relative data paths are left
/// as they are. Throws ConfigError.
SweepConfig parse_config(const Json& document, const std::vector<std::string>& overrides = {});

/// Reads a JSON file (// comments allowed, at most 16 MiB) and parses it. A relative dataset.path in the file
/// is taken from the file's own folder if there is such a file, else from the working directory; one given as
/// an override is always taken from the working directory. Throws ConfigError naming file, line and column.
SweepConfig load_config(const std::string& path, const std::vector<std::string>& overrides = {});

/// JSON Schema (draft 2020-12) of the config, made from the same tables that the checks use.
Json config_schema();

/// Short text that tells a dataset from the others of a sweep: the kind and the settings that differ from
/// their defaults, e.g. "circle" or "annulus (width 0.2)"; for a file the file name without its endings.
std::string dataset_label(const Json& dataset);

/// Labels of the datasets of one sweep, in their order: dataset_label, and where two datasets share that, as
/// much of the path and as many settings as tell them apart, e.g. "a/data", "b/data" or "data (columns x)".
/// Different datasets have different labels, equal ones the same.
std::vector<std::string> dataset_labels(const std::vector<Json>& datasets);

/// Dotted paths of the settings that take more than one value over the sweep, in the order of the tables,
/// e.g.
/// {"model.latent_dim", "loss.beta"}. Settings of the datasets and seeds are left out. Reads sweep.resolved
/// only.
std::vector<std::string> varying_settings(const SweepConfig& sweep);

/// Values of a replica at dotted paths, e.g. "hidden [64, 32], latent_dim 4, beta 0.1"; "" for no paths.
/// Settings that the replica does not have are left out.
std::string settings_text(const ReplicaConfig& replica, const std::vector<std::string>& paths);

/// The dotted paths whose values differ between two resolved configs, e.g. {"loss.beta", "train.epochs"}.
std::vector<std::string> differing_keys(const Json& left, const Json& right);

std::string to_string(Activation);
std::string to_string(LossKind);
std::string to_string(Optimizer);
std::string to_string(Schedule);
std::string to_string(Precision);
std::string to_string(RelevanceMeasure);
std::string to_string(Preprocess);

}  // namespace symscan
