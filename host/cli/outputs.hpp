#pragma once
#include <cstdio>
#include <string>

#include "host/findings/model.hpp"
#include "host/store/run_results.hpp"

namespace symscan {

/// Throws UsageError if there is a file of this name, unless it may be replaced. To be called before anything
/// takes long.
void refuse_existing(const std::string& file, bool overwrite);
/// The sentences of the findings, by dataset, on standard output.
void print_findings(const Findings& findings);
/// What each of the first datasets obeys, in three lines at most, on standard output; see Answer.
void print_in_short(const Findings& findings);
/// Why replicas failed, a line for each of the first ones.
void print_failures(const RunResults& results, std::FILE* where);
/// The table of relevances, one line per group, and the studies' sentences, on standard output.
void print_results(const RunResults& results);

}  // namespace symscan
