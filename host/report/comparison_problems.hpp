#pragma once
#include "host/report/comparison.hpp"

namespace symscan {

/// Adds the trainings of two datasets with the same loss and beta to the pair, with their facts, and names
/// the problems that one run has alone. `a`, `b`: positions in the runs' datasets. `same_run`: both have the
/// same results.
void add_problems(const RunResults& a_run, int a, const RunResults& b_run, int b, bool same_run,
                  DatasetPair& pair);

/// "beta 0.1", with the loss where the pair has several kinds: "beta 0.1, loss sum"
std::string problem_name(const DatasetPair& pair, const ComparedProblem& problem);

}  // namespace symscan
