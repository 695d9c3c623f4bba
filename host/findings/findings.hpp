#pragma once
#include "host/findings/analysis_parts.hpp"
#include "host/findings/model.hpp"
#include "host/findings/options.hpp"
#include "host/store/dataset_rows.hpp"
#include "host/store/run_results.hpp"

namespace symscan {

/// What a run says about its data. Depends on nothing but the run, its data and the options: two calls give
/// the same. `loaded`: the rows of each dataset where the caller has them; else each dataset is loaded here.
/// `known`: what was measured on models before; the findings do not depend on it. Throws DataError for
/// candidates that no dataset has.
Findings analyse(const RunResults& results, Ledger& ledger, const FindingsOptions& options = {},
                 const std::vector<DatasetRows>& loaded = {}, const KnownModels& known = {});

/// A shard of what an analysis with these options measures on models: every n-th of them.
AnalysisPart measure_models(const RunResults& results, Ledger& ledger, const FindingsOptions& options,
                            const Shard& shard);

/// What rows say without any training. `record`: its columns, label and settings ("acceptance", "angles").
/// Throws DataError for candidates or vector fields that do not suit the columns.
Findings analyse_rows(const DatasetRecord& record, const DatasetRows& rows,
                      const FindingsOptions& options = {});

}  // namespace symscan
