#pragma once
#include <functional>
#include <vector>

#include "host/cli/commands.hpp"
#include "host/config/sweep.hpp"
#include "host/data/preprocess.hpp"
#include "host/store/ledger.hpp"
#include "host/store/run_results.hpp"

namespace symscan {

/// The sweep that the command line of `train` describes: a config or a built-in dataset, --data, settings.
SweepConfig read_sweep(const TrainOptions& options);

/// The datasets of a sweep, ready for training, and what the ledger keeps of them.
struct LoadedData {
  std::vector<PreparedData> prepared;
  std::vector<DatasetRecord> records;
};
/// Calls `between` before each dataset: it may throw what makes reading on needless.
LoadedData load_data(const DatasetIndex& index, bool quiet, const std::function<void()>& between);

}  // namespace symscan
