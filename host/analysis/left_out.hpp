#pragma once
#include <string>

namespace symscan {

/// A part of an analysis that was not done, since it would have taken too long.
struct LeftOut {
  std::string part;    ///< "finite maps"
  double seconds = 0;  ///< of one core, that it would take, about
};

}  // namespace symscan
