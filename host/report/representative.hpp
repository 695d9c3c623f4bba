#pragma once
#include "host/report/report_model.hpp"
#include "host/store/run_results.hpp"
#include "host/store/sample_measures.hpp"

namespace symscan {

/// The done replica of a group with the lowest loss; there is one. Activations are rounded to what a figure
/// resolves, and are those of the first latents alone where there are many.
Representative representative_of(const RunResults& results, const SampleMeasures& measures,
                                 const Group& group, Ledger& ledger);

}  // namespace symscan
