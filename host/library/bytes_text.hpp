#pragma once
#include <string>

namespace symscan {

/// "312 KB"
std::string bytes_text(double bytes);

}  // namespace symscan
