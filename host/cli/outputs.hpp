#pragma once
#include "host/store/run_results.hpp"

namespace symscan {

/// The sentences of find_all(), by dataset, on standard output.
void print_analysis(const Json& analysis);
/// The table of relevances, one line per group, and the studies' sentences, on standard output.
void print_results(const RunResults& results);

}  // namespace symscan
