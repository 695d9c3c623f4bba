#pragma once
#include "host/findings/model.hpp"
#include "host/findings/options.hpp"
#include "host/store/dataset_rows.hpp"
#include "host/store/run_results.hpp"

namespace symscan {

/// What a run says about its data. Depends on nothing but the run, its data and the options: two calls give
/// the same. `loaded`: the rows of each dataset where the caller has them; else each dataset is loaded here.
/// Throws DataError for candidates that no dataset has.
Findings analyse(const RunResults& results, Ledger& ledger, const FindingsOptions& options = {},
                 const std::vector<DatasetRows>& loaded = {});

/// What rows say without any training. `record`: its columns, label and settings ("acceptance", "angles").
/// Throws DataError for candidates or vector fields that do not suit the columns.
Findings analyse_rows(const DatasetRecord& record, const DatasetRows& rows,
                      const FindingsOptions& options = {});

}  // namespace symscan
