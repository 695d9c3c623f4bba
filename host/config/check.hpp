#pragma once
#include <string>
#include <vector>

#include "host/base/field.hpp"
#include "host/base/json.hpp"
#include "host/config/fields.hpp"

namespace symscan {

/// One value of a setting in its normal form: integers as integers (also 1e4), numbers as doubles.
/// Throws ConfigError that names the dotted `path`, the value found and what is allowed.
Json check_value(const Field& field, const std::string& path, const Json& value);

/// One value, or a list of values to sweep (a list of lists for list fields). Throws as check_value.
Json check_swept(const Field& field, const std::string& path, const Json& value);

/// A section with every key: defaults filled in, in the order of the table. Throws ConfigError.
Json check_section(const Section& section, const std::string& path, const Json& given);

/// ConfigError of a key that the section at `path` does not have. `of` may narrow the section down.
[[noreturn]] void throw_unknown_key(const std::string& path, const std::string& key,
                                    const std::vector<std::string>& known, const std::string& of = "");

/// "; did you mean 'loss.beta'?" for the key beta, wherever it is written; "" if no section has this key.
std::string did_you_mean_elsewhere(const std::string& key);

/// A value as error messages show it: short, and printable whatever its bytes are.
std::string describe(const Json& value);
std::string in_quotes(const std::string& text);

}  // namespace symscan
