#pragma once
#include <cstddef>
#include <string>

namespace symscan {

/// Position of the first byte that is not UTF-8 text (RFC 3629: no surrogates, nothing overlong), or npos.
std::size_t find_non_utf8(const std::string& text);

/// Whether UTF-8 text holds control characters (U+0000-1F, U+007F-9F) or line separators (U+2028, U+2029).
bool has_control_characters(const std::string& text);

/// The text as it may be printed: bytes that are not UTF-8 become U+FFFD, control characters '?'.
std::string printable_line(const std::string& text);

/// At most `bytes` bytes of UTF-8 text, cut between characters and then followed by "...".
std::string shortened(const std::string& text, std::size_t bytes);

/// Without the blanks at both ends.
std::string trimmed(const std::string& text);

}  // namespace symscan
