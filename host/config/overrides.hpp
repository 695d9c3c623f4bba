#pragma once
#include <string>

#include "host/base/json.hpp"

namespace symscan {

/// Sets one "path=value" of the command line in a document that is not yet checked. The value is JSON, else
/// what OverrideForm allows, else text. "dataset.n" sets n of every dataset of a list, "dataset.0.n" that of
/// one. Throws ConfigError.
void apply_override(Json& document, const std::string& text);

}  // namespace symscan
