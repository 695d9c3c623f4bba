#pragma once
#include <string>

#include "host/base/error.hpp"

namespace symscan {

/// What the program says of an error, and how it ends.
struct ToldError {
  std::string sentence;
  ExitCode code;
};

/// Of the exception in flight; to be called where it is caught.
ToldError describe_error();

inline constexpr char no_memory_told[] =
    "not enough memory; nothing that is finished is lost: repeat where there is more, or with fewer "
    "--threads "
    "(train: with --resume)";

}  // namespace symscan
