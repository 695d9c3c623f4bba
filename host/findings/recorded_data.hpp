#pragma once
#include "host/findings/group_analysis.hpp"

namespace symscan {

/// Throws UsageError if options.data is given and the run has not exactly one dataset that is a file.
void check_given_data(const RunResults& results, const FindingsOptions& options);

/// The rows of a dataset, made or read again: from options.data, else from the file that the ledger names,
/// which options.tell is told before it is opened. Only regular files are opened. Rows whose fingerprint is
/// not the recorded one are not used: with options.data that is a DataError; else the sample in the ledger
/// takes their place, with a note.
DatasetPoints recorded_points(const DatasetRecord& record, const FindingsOptions& options);

}  // namespace symscan
