#pragma once
#include "host/base/error.hpp"

namespace symscan {

/// Reads the command line and runs its command. Throws UsageError for what cannot be understood, and what
/// the command throws.
ExitCode run_command_line(int argc, char** argv);

}  // namespace symscan
