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

/// Prepares a table and adds it to `loaded`. Throws DataError where it cannot be used, or where
/// dataset.acceptance or dataset.angles of the config do not fit it.
void add_dataset(const ReplicaConfig& config, const std::string& label, const Table& table,
                 LoadedData& loaded);

/// Throws DataError too where dataset.acceptance does not fit the table.
LoadedData load_data(const DatasetIndex& index, const LoadingHooks& hooks);

}  // namespace symscan
