#pragma once
#include <string>

#include "host/base/json.hpp"

namespace symscan {

/// Strict JSON. Refuses what a lenient reader would silently change: duplicate keys, numbers beyond a double,
/// and documents so deep or large that they cannot be a config. `where` (a file name, say) starts the
/// sentence of every ConfigError, which gives line and column where the syntax breaks.
Json parse_json_text(const std::string& text, const std::string& where, bool allow_comments);

}  // namespace symscan
