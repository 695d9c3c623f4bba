#pragma once
#include <nlohmann/json.hpp>

namespace symscan {

/// Keys keep the order in which they were written, so that resolved configs read like the user's own.
using Json = nlohmann::ordered_json;

}  // namespace symscan
