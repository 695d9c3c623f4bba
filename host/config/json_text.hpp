#pragma once
#include <string>

#include "host/base/error.hpp"
#include "host/base/json.hpp"

namespace symscan {

/// A text that is not JSON at all, rather than JSON that is refused.
class JsonSyntaxError : public ConfigError {
 public:
  using ConfigError::ConfigError;
};

/// Strict JSON. Refuses what a lenient reader would silently change: duplicate keys, numbers beyond a double,
/// and documents so deep or large that they cannot be a config. `where` (a file name, say) starts the
/// sentence of every ConfigError, which gives line and column where the syntax breaks
/// (JsonSyntaxError).
Json parse_json_text(const std::string& text, const std::string& where, bool allow_comments);

}  // namespace symscan
