#pragma once
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>
namespace symscan {
inline std::string rounded(double value, int digits = 3) { char t[40]; std::snprintf(t, sizeof t, "%.*g", digits, value); return t; }
inline std::string with_decimals(double value, int digits) { char t[40]; std::snprintf(t, sizeof t, "%.*f", digits, value); return t; }
inline std::string join_words(const std::vector<std::string>& words, std::string_view separator = ", ") { std::string t; for (auto& w : words) t += (t.empty() ? "" : std::string(separator)) + w; return t; }
inline std::string plural(std::uint64_t c, const std::string& w) { return std::to_string(c) + " " + w + (c == 1 ? "" : "s"); }
}
