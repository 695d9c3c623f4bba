#pragma once
#include <string>
#include <vector>

#include "host/config/config.hpp"

namespace symscan {

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

}  // namespace symscan
