#include "host/data/npy_format.hpp"

#include <algorithm>
#include <bit>
#include <cctype>
#include <cmath>
#include <cstring>
#include <limits>

#include "host/base/error.hpp"
#include "host/base/text.hpp"
#include "host/data/table.hpp"
#include "host/data/text_values.hpp"

namespace symscan {
namespace {

constexpr std::uint32_t kLongestHeader = 4u << 20;

/// Reads the Python literals that NumPy writes: strings, integers, booleans, lists and tuples.
class HeaderParser {
 public:
  HeaderParser(const std::string& text, const std::string& name) : text_(text), name_(name) {}

  NpyHeader parse() {
    expect('{');
    while (!accept('}')) {
      const std::string key = string();
      expect(':');
      if (key == "descr") {
        descr();
      } else if (key == "fortran_order") {
        header_.fortran_order = boolean();
      } else if (key == "shape") {
        shape();
      } else {
        fail("has the unknown key " + printable(key));
      }
      if (!accept(',')) {
        expect('}');
        break;
      }
    }
    if (header_.fields.empty() || !have_shape_) fail("lacks descr or shape");
    return std::move(header_);
  }

 private:
  [[noreturn]] void fail(const std::string& what) const {
    throw DataError(name_ + " has a damaged NPY header: it " + what);
  }

  char peek() {
    while (at_ < text_.size() && std::isspace(static_cast<unsigned char>(text_[at_]))) ++at_;
    return at_ < text_.size() ? text_[at_] : '\0';
  }
  bool accept(char wanted) {
    if (peek() != wanted) return false;
    ++at_;
    return true;
  }
  void expect(char wanted) {
    if (!accept(wanted)) fail(std::string("lacks '") + wanted + "' at byte " + std::to_string(at_));
  }

  std::string string() {
    accept('u');  // Python 2 wrote u'...'
    const char quote = peek();
    if (quote != '\'' && quote != '"') fail("lacks a text at byte " + std::to_string(at_));
    const std::size_t end = text_.find(quote, at_ + 1);
    if (end == std::string::npos) fail("ends inside a text");
    std::string value = text_.substr(at_ + 1, end - at_ - 1);
    at_ = end + 1;
    return value;
  }

  bool boolean() {
    peek();
    for (const bool value : {true, false}) {
      const std::string word = value ? "True" : "False";
      if (text_.compare(at_, word.size(), word) == 0) {
        at_ += word.size();
        return value;
      }
    }
    fail("lacks True or False at byte " + std::to_string(at_));
  }

  std::uint64_t integer() {
    peek();
    std::uint64_t value = 0;
    const std::size_t start = at_;
    for (; at_ < text_.size() && std::isdigit(static_cast<unsigned char>(text_[at_])); ++at_) {
      if (value > (std::numeric_limits<std::uint64_t>::max() - 9) / 10)
        fail("holds a number too large to be read");
      value = 10 * value + static_cast<std::uint64_t>(text_[at_] - '0');
    }
    if (at_ == start) fail("lacks a number at byte " + std::to_string(at_));
    accept('L');  // Python 2 wrote 10L
    return value;
  }

  void shape() {
    have_shape_ = true;
    header_.shape.clear();
    expect('(');
    while (!accept(')')) {
      header_.shape.push_back(integer());
      if (header_.shape.size() > 32) fail("has more than 32 dimensions");
      if (!accept(',')) {
        expect(')');
        break;
      }
    }
  }

  ElementType type(const std::string& code) const {
    ElementType element;
    std::size_t at = 0;
    if (!code.empty() && std::strchr("<>|=", code[0])) {
      element.big_endian = code[0] == '>';
      at = 1;
    }
    if (at >= code.size()) fail("has the element type " + printable(code));
    element.kind = code[at++];
    if (code.size() - at > 6 || code.find_first_not_of("0123456789", at) != std::string::npos) {
      element.kind = '?';  // dates carry units: '<M8[ns]'
      return element;
    }
    element.size = at < code.size() ? std::stoul(code.substr(at)) : 1;
    if (element.kind == 'U') element.size *= 4;
    return element;
  }

  void descr() {
    header_.fields.clear();
    header_.record_size = 0;
    if (!accept('[')) {
      const ElementType element = type(string());
      header_.fields.push_back({"", element, 0});
      header_.record_size = element.size;
      return;
    }
    header_.structured = true;
    while (!accept(']')) {
      expect('(');
      const std::string field = string();
      expect(',');
      if (peek() == '[' || peek() == '(')
        fail("nests records in the field " + printable(field) + ", which is not supported");
      const ElementType element = type(string());
      if (element.kind == '?')
        fail("has a field " + printable(field) + " that is not numeric; save it without");
      if (accept(',')) {
        if (peek() != ')') fail("has an array in the field " + printable(field) + ", which is not supported");
      }
      expect(')');
      header_.fields.push_back({field, element, header_.record_size});
      header_.record_size += element.size;
      if (!accept(',')) {
        expect(']');
        break;
      }
    }
  }

  const std::string& text_;
  const std::string& name_;
  NpyHeader header_;
  std::size_t at_ = 0;
  bool have_shape_ = false;
};

double decode_half(std::uint16_t bits) {
  const int exponent = (bits >> 10) & 31;
  const double fraction = bits & 1023;
  double value = exponent == 0    ? std::ldexp(fraction, -24)
                 : exponent == 31 ? (fraction == 0 ? std::numeric_limits<double>::infinity()
                                                   : std::numeric_limits<double>::quiet_NaN())
                                  : std::ldexp(fraction + 1024.0, exponent - 25);
  return (bits >> 15) ? -value : value;
}

}  // namespace

bool ElementType::is_number() const {
  if (kind == 'f') return size == 2 || size == 4 || size == 8;
  if (kind == 'i' || kind == 'u') return size == 1 || size == 2 || size == 4 || size == 8;
  return kind == 'b' && size == 1;
}

double precision_of(const ElementType& type) {
  return type.kind == 'f' && type.size <= 4 ? kFloat32Precision : kFloat64Precision;
}

double decode(const unsigned char* bytes, const ElementType& type) {
  std::uint64_t bits = 0;
  const std::size_t size = std::clamp<std::size_t>(type.size, 1, 8);  // what is_number() lets through
  for (std::size_t i = 0; i < size; ++i) {
    bits |= static_cast<std::uint64_t>(bytes[type.big_endian ? size - 1 - i : i]) << (8 * i);
  }
  if (type.kind == 'f') {
    if (type.size == 8) return std::bit_cast<double>(bits);
    if (type.size == 4) return static_cast<double>(std::bit_cast<float>(static_cast<std::uint32_t>(bits)));
    return decode_half(static_cast<std::uint16_t>(bits));
  }
  if (type.kind != 'i') return static_cast<double>(bits);
  const int unused = static_cast<int>(64 - 8 * size);
  return static_cast<double>(static_cast<std::int64_t>(bits << unused) >> unused);
}

NpyHeader parse_npy_header(const std::string& text, const std::string& name) {
  return HeaderParser(text, name).parse();
}

NpyHeader read_npy_header(ByteSource& source, const std::string& name) {
  unsigned char start[12] = {};
  if (!read_fully(source, reinterpret_cast<char*>(start), 8) || std::memcmp(start, "\x93NUMPY", 6) != 0) {
    throw DataError(name + " is not a NPY file (its first bytes are not \\x93NUMPY)");
  }
  const int version = start[6];
  if (version < 1 || version > 3) {
    throw DataError(name + " has the NPY version " + std::to_string(version) + "; 1 to 3 are supported");
  }
  const std::size_t length_bytes = version == 1 ? 2 : 4;
  std::uint32_t length = 0;
  if (!read_fully(source, reinterpret_cast<char*>(start) + 8, length_bytes))
    throw DataError(name + " ends in its NPY header");
  for (std::size_t i = 0; i < length_bytes; ++i)
    length |= static_cast<std::uint32_t>(start[8 + i]) << (8 * i);
  if (length > kLongestHeader || length > source.size().value_or(kLongestHeader)) {
    throw DataError(name + " has a damaged NPY header: it claims to have " + std::to_string(length) +
                    " bytes");
  }
  std::string text(length, '\0');
  if (!read_fully(source, text.data(), length)) throw DataError(name + " ends in its NPY header");
  // Versions 1 and 2 are Latin-1 text, version 3 is UTF-8 (numpy.lib.format).
  if (version < 3) text = utf8_of_latin1(text);
  NpyHeader header = parse_npy_header(text, name);
  header.data_offset = 8 + length_bytes + length;
  return header;
}

}  // namespace symscan
