#pragma once
#include "host/cli/commands.hpp"
#include "host/config/config.hpp"
#include "host/library/loaded_data.hpp"

namespace symscan {

/// The sweep that the command line of `train` describes: a config or a built-in dataset, --data, settings.
SweepConfig read_sweep(const TrainOptions& options);

/// Loads datasets as their configs say and, unless quiet, tells about them on standard error.
LoadingHooks loading_hooks(bool quiet);

}  // namespace symscan
