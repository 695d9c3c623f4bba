#pragma once
#include <functional>
#include <memory>

#include "host/cli/commands.hpp"
#include "host/library/sweep_input.hpp"
#include "host/mpi/ranks.hpp"

namespace symscan {

/// Joins the processes that an MPI launcher started together with this one; nullptr: there are none. Throws
/// UsageError if they cannot be joined: each would train the whole config.
std::unique_ptr<Ranks> join_ranks();

/// One training by all ranks: `train` runs on rank 0, the others work for it. `choice` becomes that of the
/// rank: its part of the machine's cores and devices, unless the options name them. All ranks return the
/// same exit code; those other than 0 end inside.
ExitCode train_on_ranks(Ranks& ranks, const TrainOptions& options, TrainingChoice& choice,
                        const std::function<ExitCode()>& train);

}  // namespace symscan
