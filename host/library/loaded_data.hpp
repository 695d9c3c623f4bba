#pragma once
#include <functional>
#include <vector>

#include "host/store/dataset_rows.hpp"
#include "host/store/run_results.hpp"

namespace symscan {

/// The datasets of a sweep, each loaded and prepared once: for training, for the ledger and for the analysis.
struct LoadedData {
  std::vector<PreparedData> prepared;
  std::vector<DatasetRecord> records;
  std::vector<DatasetRows> rows;
};

/// How load_data() gets its tables, and whom it tells.
struct LoadingHooks {
  /// The table of a replica's dataset. Throws DataError.
  std::function<Table(const ReplicaConfig&)> load;
  std::function<void(const DatasetRecord&)> loaded = [](const DatasetRecord&) {};
};

/// Throws DataError too where dataset.acceptance does not fit the table.
LoadedData load_data(const DatasetIndex& index, const LoadingHooks& hooks);

}  // namespace symscan
