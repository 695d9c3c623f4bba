#pragma once
#include <cstddef>
#include <string>
#include <vector>

#include "host/config/replica.hpp"
#include "host/data/preprocess.hpp"

namespace symscan {

/// What the ledger keeps of a dataset, so that reports and decoders need not load it again.
struct DatasetRecord {
  Json settings;
  Preprocess preprocess = Preprocess::standardize;
  std::string fingerprint;
  std::string label;
  std::string folder;  ///< from which a relative path of a file was read
  std::size_t rows = 0;
  double effective_rows = 0;  ///< (sum of event weights)^2 / sum of their squares
  std::vector<std::string> columns, notes;
  std::vector<double> offset, scale, eigenvalues;
  std::vector<bool> constant;
  std::vector<double>
      sample;  ///< [n][columns], raw units: evenly spaced rows, at most sample_rows and sample_values
  static constexpr std::size_t sample_rows = 1500,
                               sample_values = 60000;  ///< fewer rows if there are many columns
};

/// `data`: the table after preprocessing with config.preprocess.
DatasetRecord make_record(const ReplicaConfig& config, const std::string& label, const Table& table,
                          const PreparedData& data);

/// Whether the table is the one that was recorded.
bool is_recorded_table(const DatasetRecord& record, const Table& table);

/// record.settings, with the path of the file for a process in any folder: as given if there is such a file
/// here.
Json settings_from_here(const DatasetRecord& record);

}  // namespace symscan
