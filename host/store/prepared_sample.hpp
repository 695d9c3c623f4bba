#pragma once
#include <vector>

#include "host/store/dataset_record.hpp"

namespace symscan {

/// [columns] what a constant column holds, raw units: its offset, or, where nothing was taken off, the mean
/// of the rows kept with the run. 0 for other columns.
std::vector<double> constant_values(const DatasetRecord& record);

/// [n][columns] rows in raw units as the networks see them: prepared units, and a constant column is the same
/// in every row.
std::vector<float> prepared_rows(const DatasetRecord& record, const std::vector<double>& rows);

/// [n][columns] the rows kept with the run, prepared.
std::vector<float> prepared_sample(const DatasetRecord& record);

}  // namespace symscan
