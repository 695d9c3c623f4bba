#pragma once
#include <functional>
#include <string>
#include <vector>

#include "host/data/table.hpp"
#include "host/store/run_results.hpp"

namespace symscan {

/// Which events a trained model is to look at.
struct ModelInput {
  std::string data;  ///< file or pattern; empty: the dataset of the training, made or read again
  std::vector<std::string> settings;  ///< "dataset.KEY=VALUE", in place of those of the training
};

/// The events of `input` with the columns that the model of `replica` was trained on, in their order;
/// weights, trajectories and target come along. Files are read as those of the training were, whatever the
/// order of their columns; further columns are left out, which a note of the table says. Throws DataError
/// where a column is missing or the training's data cannot be had again, ConfigError for settings.
Table events_for(const RunResults& results, int replica, const ModelInput& input);

/// Rows of latents z1 ... zL from a file: its columns of these names, or all of them if there are L. Throws
/// DataError.
Table latents_from(const std::string& file, std::size_t latents, const std::vector<std::string>& settings);

}  // namespace symscan
