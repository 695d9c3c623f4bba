#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace symscan {

// What the text formats share: numbers as people and Fortran write them, and foreign bytes in messages.

/// A line for the command line or a config: dataset.columns=["x","y"].
std::string columns_setting(const std::vector<std::string>& names);

/// A number as CSV files and Fortran programs write it: 1.5, +2, -.5E+02, 1.0D+02, 0.12345-100, nan, inf.
/// False if it is none.
bool parse_number(std::string_view text, double& value);

/// Bytes of a foreign file, safe to print: quoted, at most 40 characters, no control characters.
std::string printable(std::string_view text);

/// "a, b, c", at most `limit` of them, then ", ... (17 in all)".
std::string join_names(const std::vector<std::string>& names, std::size_t limit = 12);

}  // namespace symscan
