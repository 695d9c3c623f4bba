// All trainings of a dataset count, whatever the analysis looks at.
#include "host/report/training_counts.hpp"

#include <gtest/gtest.h>

#include "tests/host/report/example_results.hpp"

namespace symscan {
namespace {

/// Four replicas that have converged, in two groups.
RunResults converged_run() {
  RunResults results = test::results_with({"seeds=[1,2]", "loss.beta=[0.1,0.3]"}, {2, 2, 2, 2});
  for (ReplicaRecord& replica : results.replicas) replica.result.convergence.converged = true;
  return results;
}

TrainingCounts counts_of(const RunResults& results) {
  return training_counts(results, make_groups(results), 0);
}

TEST(ReportConvergence, IsOfAllTrainings) {
  RunResults results = converged_run();
  EXPECT_EQ(have_converged(counts_of(results)), true);
  EXPECT_EQ(convergence_text(counts_of(results)), "all 4 trainings");
  results.replicas[1].result.convergence.converged = false;  // not the best of its group
  EXPECT_EQ(have_converged(counts_of(results)), false);
  EXPECT_EQ(convergence_text(counts_of(results)), "1 of 4 trainings has not");
  results.replicas[2].result.convergence.converged = false;
  EXPECT_EQ(convergence_text(counts_of(results)), "2 of 4 trainings have not");
}

TEST(ReportConvergence, CountsWhatFailedOrHasNotEnded) {
  RunResults results = converged_run();
  results.replicas[0].status = ReplicaRecord::Status::failed;
  EXPECT_EQ(have_converged(counts_of(results)), true);
  EXPECT_EQ(convergence_text(counts_of(results)), "all 3 that finished; 1 failed");
  results.replicas[1].status = ReplicaRecord::Status::pending;
  results.replicas[2].result.convergence.converged = false;
  EXPECT_EQ(convergence_text(counts_of(results)), "1 of 2 that finished has not; 1 failed");
  for (ReplicaRecord& replica : results.replicas) replica.status = ReplicaRecord::Status::failed;
  EXPECT_EQ(have_converged(counts_of(results)), std::nullopt);
  EXPECT_EQ(convergence_text(counts_of(results)), "no training has finished; 4 failed");
}

TEST(ReportConvergence, NeedsEnoughSteps) {
  RunResults results = converged_run();
  for (ReplicaRecord& replica : results.replicas) replica.epochs = 1;
  EXPECT_EQ(have_converged(counts_of(results)), false);
  EXPECT_EQ(convergence_text(counts_of(results)), "4 of 4 trainings have not");
}

}  // namespace
}  // namespace symscan
