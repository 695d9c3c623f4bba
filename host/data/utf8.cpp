// Names of columns come in several encodings; inside the program, and in what it writes, they are UTF-8.
#include "host/data/utf8.hpp"

#include <cstdio>

namespace symscan {
namespace {

constexpr char32_t kReplacement = 0xFFFD;

bool is_character(char32_t c) {
  return c < 0xD800 || (c > 0xDFFF && c <= 0x10FFFF);
}

/// Length in bytes of the character at the start of `text`, which must not be empty; 0 if there is none.
std::size_t next_character(std::string_view text, char32_t& character) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned first = byte(0);
  character = first;
  if (first < 0x80) return 1;
  const std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4 || text.size() < length) return 0;
  character = first & (0xFFu >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return 0;
    character = (character << 6) | (byte(i) & 0x3F);
  }
  const bool shortest = length == 2 || character >= (length == 3 ? 0x800u : 0x10000u);
  return shortest && is_character(character) ? length : 0;
}

}  // namespace

std::optional<std::string> first_byte_not_utf8(std::string_view text) {
  while (!text.empty()) {
    char32_t character;
    const std::size_t length = next_character(text, character);
    if (length == 0) {
      char name[8];
      std::snprintf(name, sizeof name, "0x%02X", static_cast<unsigned>(static_cast<unsigned char>(text[0])));
      return name;
    }
    text.remove_prefix(length);
  }
  return std::nullopt;
}

void append_utf8(std::string& text, char32_t c) {
  if (!is_character(c)) c = kReplacement;
  if (c < 0x80) {
    text += static_cast<char>(c);
    return;
  }
  const int following = c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
  constexpr unsigned kLead[] = {0, 0xC0, 0xE0, 0xF0};
  text += static_cast<char>(kLead[following] | (c >> (6 * following)));
  for (int i = following - 1; i >= 0; --i) text += static_cast<char>(0x80 | ((c >> (6 * i)) & 0x3F));
}

std::string utf8_of_latin1(std::string_view text) {
  std::string utf8;
  utf8.reserve(text.size());
  for (const char c : text) append_utf8(utf8, static_cast<unsigned char>(c));
  return utf8;
}

std::u32string decode_utf8(std::string_view text) {
  std::u32string characters;
  while (!text.empty()) {
    char32_t character;
    const std::size_t length = next_character(text, character);
    characters += length ? character : kReplacement;
    text.remove_prefix(length ? length : 1);
  }
  return characters;
}

}  // namespace symscan
