#pragma once
#include "host/base/json.hpp"

namespace symscan {

/// JSON Schema (draft 2020-12) of the config, made from the same tables that the checks use.
Json config_schema();

}  // namespace symscan
