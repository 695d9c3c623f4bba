#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace symscan {

/// The first byte that does not belong to valid UTF-8, as "0xE9"; nothing if all is well.
std::optional<std::string> first_byte_not_utf8(std::string_view text);

/// Appends one character; what is no character (surrogates, beyond U+10FFFF) becomes U+FFFD.
void append_utf8(std::string& text, char32_t character);

/// Latin-1, in which every byte is a character, as UTF-8.
std::string utf8_of_latin1(std::string_view text);

/// Characters of UTF-8 text; bytes that are none become U+FFFD.
std::u32string decode_utf8(std::string_view text);

}  // namespace symscan
