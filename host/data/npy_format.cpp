#include "host/data/npy_format.hpp"

#include <algorithm>
#include <bit>
#include <cctype>
#include <cmath>
#include <cstring>
#include <limits>

#include "host/base/error.hpp"
#include "host/base/text.hpp"
#include "host/data/array_table.hpp"
#include "host/data/text_values.hpp"

namespace symscan {
namespace {

constexpr std::uint32_t kLongestHeader = 4u << 20;
constexpr std::size_t kMostFields = 65536, kLargestRecord = std::size_t{1} << 32;
constexpr int kDeepestRecord = 16;

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
        have_shape_ = true;
        header_.shape = shape();
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
    std::string value;
    for (++at_; at_ < text_.size() && text_[at_] != quote; ++at_) {
      if (text_[at_] == '\\') {
        escape(value);
      } else {
        value += text_[at_];
      }
    }
    if (at_ >= text_.size()) fail("ends inside a text");
    ++at_;
    return value;
  }

  /// Undoes an escape of Python: \\ \' \" \n \r \t, \xE9, \u00E9, \U000000E9. Ends at its last character.
  void escape(std::string& value) {
    const char code = at_ + 1 < text_.size() ? text_[at_ + 1] : '\0';
    const std::size_t plain = std::string_view("\\'\"nrt").find(code);
    if (code != '\0' && plain != std::string_view::npos) {
      value += "\\'\"\n\r\t"[plain];
      ++at_;
      return;
    }
    const std::size_t digits = code == 'x' ? 2 : code == 'u' ? 4 : code == 'U' ? 8 : 0;
    const std::string number = text_.substr(std::min(at_ + 2, text_.size()), digits);
    const bool hexadecimal = number.find_first_not_of("0123456789abcdefABCDEF") == std::string::npos;
    if (digits == 0 || number.size() < digits || !hexadecimal)
      fail("has an unknown escape in a text at byte " + std::to_string(at_));
    const unsigned long c = std::stoul(number, nullptr, 16);
    if (c > 0x10FFFF) fail("has an unknown escape in a text at byte " + std::to_string(at_));
    append_utf8(value, static_cast<char32_t>(c));
    at_ += 1 + digits;
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

  std::vector<std::uint64_t> shape() {
    std::vector<std::uint64_t> sizes;
    expect('(');
    while (!accept(')')) {
      sizes.push_back(integer());
      if (sizes.size() > 32) fail("has more than 32 dimensions");
      if (!accept(',')) {
        expect(')');
        break;
      }
    }
    return sizes;
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
    const std::size_t digits = std::min(code.find_first_not_of("0123456789", at), code.size()) - at;
    const bool dated = element.kind == 'M' || element.kind == 'm';  // with units: '<M8[ns]'
    if (digits > 6 || (at + digits < code.size() && !dated)) fail("has the element type " + printable(code));
    element.size = digits > 0 ? std::stoul(code.substr(at, digits)) : element.kind == 'O' ? 8 : 1;
    if (element.kind == 'U') element.size *= 4;
    return element;
  }

  /// A type, with the fields of a record by their full names; `record_size` is that of one element.
  struct Element {
    std::vector<NpyField> fields;  ///< names without the name of the field that holds them
    std::size_t size = 0;
  };

  void descr() {
    header_.structured = peek() == '[';
    Element whole = element(0);
    header_.fields = std::move(whole.fields);
    header_.record_size = whole.size;
  }

  Element element(int depth) {
    if (depth > kDeepestRecord) fail("nests records too deeply");
    Element whole;
    if (!accept('[')) {
      const ElementType plain = type(string());
      whole.fields.push_back({"", plain, 0});
      whole.size = plain.size;
      return whole;
    }
    while (!accept(']')) {
      add_field(whole, depth);
      if (!accept(',')) {
        expect(']');
        break;
      }
    }
    return whole;
  }

  /// ('name', type) or ('name', type, (2, 3)); with a title: (('title', 'name'), type).
  void add_field(Element& record, int depth) {
    expect('(');
    std::string name;
    if (accept('(')) {
      string();
      expect(',');
      name = string();
      expect(')');
    } else {
      name = string();
    }
    expect(',');
    const bool plain = peek() != '[';
    const Element part = element(depth + 1);
    std::vector<std::uint64_t> sizes;
    if (accept(',') && peek() == '(') sizes = shape();
    accept(',');
    expect(')');
    std::uint64_t count = 1;
    for (const std::uint64_t size : sizes) {
      count = size <= kMostFields ? count * size : kMostFields + 1;
      if (count > kMostFields) fail("has more than 65536 values in the field " + printable(name));
    }
    // What NumPy puts between fields to align them has no name.
    const bool padding = name.empty() && plain && part.fields[0].type.kind == 'V';
    for (std::uint64_t i = 0; i < count && !padding; ++i) {
      for (const NpyField& field : part.fields) {
        const std::string inner = plain || field.name.empty() ? field.name : "." + field.name;
        record.fields.push_back({name + index_text(sizes, i) + inner, field.type,
                                 record.size + static_cast<std::size_t>(i) * part.size + field.offset});
      }
      if (record.fields.size() > kMostFields) fail("has more than 65536 fields");
    }
    record.size += static_cast<std::size_t>(count) * part.size;
    if (record.size > kLargestRecord) fail("has records of more than 4 GiB");
  }

  /// "[2]" or "[1,3]", from 1: the place of value `number` in an array of these sizes.
  static std::string index_text(const std::vector<std::uint64_t>& sizes, std::uint64_t number) {
    std::string text;
    for (std::size_t i = sizes.size(); i-- > 0; number /= sizes[i])
      text = std::to_string(number % sizes[i] + 1) + (text.empty() ? "" : ",") + text;
    return text.empty() ? "" : "[" + text + "]";
  }

  const std::string& text_;
  const std::string& name_;
  NpyHeader header_;
  std::size_t at_ = 0;
  bool have_shape_ = false;
};

std::uint64_t bits_of(const unsigned char* bytes, std::size_t size, bool big_endian) {
  std::uint64_t bits = 0;
  for (std::size_t i = 0; i < size; ++i)
    bits |= static_cast<std::uint64_t>(bytes[big_endian ? size - 1 - i : i]) << (8 * i);
  return bits;
}

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

std::string ElementType::trouble() const {
  if (is_number()) return "";
  switch (kind) {
    case 'f':
      return "long double numbers (" + std::to_string(8 * size) + " bits)";
    case 'c':
      return "complex numbers";
    case 'U':
    case 'S':
    case 'a':
      return "text";
    case 'M':
      return "dates";
    case 'm':
      return "spans of time (of the kind of dates)";
    case 'O':
      return "Python objects (a pickle, which is never read)";
    case 'V':
      return "raw bytes (" + std::to_string(size) + " for each value; bfloat16 is saved so)";
    default:
      return "values of an unknown type";
  }
}

bool ElementType::is_text() const {
  return std::string_view("USaMm").find(kind) != std::string_view::npos;
}

double precision_of(const ElementType& type) {
  return type.kind == 'f' && type.size <= 4 ? kFloat32Precision : kFloat64Precision;
}

double decode(const unsigned char* bytes, const ElementType& type) {
  if (type.kind == 'f' && type.size == 8 &&
      !type.big_endian) {  // the most frequent one, as little-endian machines have it
    double value = 0;
    std::memcpy(&value, bytes, sizeof value);
    return value;
  }
  const std::size_t size = std::clamp<std::size_t>(type.size, 1, 8);  // what is_number() lets through
  const std::uint64_t bits = bits_of(bytes, size, type.big_endian);
  if (type.kind == 'f') {
    if (type.size == 8) return std::bit_cast<double>(bits);
    if (type.size == 4) return static_cast<double>(std::bit_cast<float>(static_cast<std::uint32_t>(bits)));
    return decode_half(static_cast<std::uint16_t>(bits));
  }
  if (type.kind != 'i') return static_cast<double>(bits);
  const int unused = static_cast<int>(64 - 8 * size);
  return static_cast<double>(static_cast<std::int64_t>(bits << unused) >> unused);
}

bool is_rounded(const unsigned char* bytes, const ElementType& type) {
  return type.may_round() && is_rounded_integer(bits_of(bytes, 8, type.big_endian), type.kind == 'i');
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
