#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Words, numbers and UTF-8 as sentences show them.
namespace symscan {

// Words

/// ASCII letters in lower case; other bytes stay.
std::string lower_case(std::string text);

/// Without the blanks at both ends.
std::string trimmed(const std::string& text);

/// "a, b, c"
std::string join_words(const std::vector<std::string>& words, std::string_view separator = ", ");

/// "a", "a and b", "a, b and c"; "or" may take the place of "and".
std::string list_words(const std::vector<std::string>& words, const std::string& conjunction = "and");

/// "1 row", "3 rows": for words with a plural in s.
std::string plural(std::uint64_t count, const std::string& word);

/// Lines of at most `width` characters, broken at blanks; a longer word has a line of its own. Line breaks of
/// the text stay.
std::vector<std::string> wrapped(const std::string& text, std::size_t width);

// Misspelt words

/// Insertions, deletions, substitutions and swaps of neighbours count one each (optimal string alignment).
std::size_t edit_distance(std::string_view a, std::string_view b);

/// The known word that `given` most likely misspells, or "" if none is near; case and - for _ count nothing.
std::string nearest_word(const std::string& given, const std::vector<std::string>& known);

/// "; did you mean 'word'?", or "" if no known word is near.
std::string did_you_mean(const std::string& given, const std::vector<std::string>& known);

/// Whether two words differ in nothing but case and - for _.
bool same_word(const std::string& a, const std::string& b);

/// As one types it into a shell: in single quotes where it needs them.
std::string shell_word(const std::string& text);

// Numbers

/// At most `digits` significant digits, as few as needed (%g): "0.25", "1.5e+10".
std::string rounded(double value, int digits = 3);

/// The same in formulas, where digits count: 10 of them, and no -0.
std::string decimal_text(double value, int digits = 10);

/// So many digits after the point: "12.0".
std::string with_decimals(double value, int decimals);

/// 0.1, 64, 1e-08: the shortest text that gives back the number; "NaN", "infinity", "-infinity".
std::string number_text(double value);

// UTF-8

/// Position of the first byte that is not UTF-8 text (RFC 3629: no surrogates, nothing overlong), or npos.
std::size_t find_non_utf8(std::string_view text);

/// That byte as "0xE9"; nothing if all is well.
std::optional<std::string> first_byte_not_utf8(std::string_view text);

/// Whether UTF-8 text holds control characters (U+0000-1F, U+007F-9F) or line separators (U+2028, U+2029).
bool has_control_characters(std::string_view text);

/// The text as it may be printed: bytes that are not UTF-8 become U+FFFD, control characters '?'.
std::string printable_line(std::string_view text);

/// At most `bytes` bytes of UTF-8 text, cut between characters and then followed by "...".
std::string shortened(const std::string& text, std::size_t bytes);

/// Texts for a column of `bytes` bytes (at least 4): those that are longer shortened, unless that would make
/// two different ones alike, which then stay whole.
std::vector<std::string> distinctly_shortened(const std::vector<std::string>& texts, std::size_t bytes);

/// Appends one character; what is no character (surrogates, beyond U+10FFFF) becomes U+FFFD.
void append_utf8(std::string& text, char32_t character);

/// Latin-1, in which every byte is a character, as UTF-8.
std::string utf8_of_latin1(std::string_view text);

/// Characters of UTF-8 text; bytes that are none become U+FFFD.
std::u32string decode_utf8(std::string_view text);

}  // namespace symscan
