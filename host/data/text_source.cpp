// The beginning of a text file tells its encoding, its line ends, and whether it is text at all.
#include "host/data/text_source.hpp"

#include <algorithm>
#include <array>
#include <cstring>

#include "host/base/error.hpp"
#include "host/base/text.hpp"

namespace symscan {
namespace {

constexpr std::size_t kBeginning = 64 << 10;

[[noreturn]] void refuse_encoding(const std::string& name, const std::string& encoding) {
  throw DataError(name + " is " + encoding + " text; save it as UTF-8, for example with iconv -f " +
                  encoding + " -t UTF-8");
}

/// Zero bytes in every second place (or three of four) are letters of two (four) bytes.
void refuse_wide_letters(const std::string& name, std::string_view text) {
  if (text.starts_with(std::string_view("\xFF\xFE\0\0", 4)) ||
      text.starts_with(std::string_view("\0\0\xFE\xFF", 4)))
    refuse_encoding(name, "UTF-32");
  if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF")) refuse_encoding(name, "UTF-16");
  text = text.substr(0, 1024);
  std::array<std::size_t, 4> zeros{};
  for (std::size_t i = 0; i < text.size(); ++i) zeros[i % 4] += text[i] == '\0';
  const std::size_t quarter = text.size() / 4;
  const auto many = [&](std::size_t place) { return quarter > 0 && zeros[place] * 10 >= quarter * 7; };
  const auto few = [&](std::size_t place) { return zeros[place] * 10 <= quarter; };
  if (many(1) && many(2) && (many(3) || many(0))) refuse_encoding(name, "UTF-32");
  if (many(1) && many(3) && few(0) && few(2)) refuse_encoding(name, "UTF-16LE");
  if (many(0) && many(2) && few(1) && few(3)) refuse_encoding(name, "UTF-16BE");
}

/// Other files that carry the ending of a text table.
void refuse_other_files(const std::string& name, std::string_view text) {
  struct Beginning {
    std::string_view bytes;
    const char* what;
  };
  static constexpr Beginning beginnings[] = {
      {"PK\x03\x04", "a zip archive or a workbook (.xlsx, .ods); save the sheet as CSV"},
      {"\xD0\xCF\x11\xE0", "a workbook of old Excel (.xls); save the sheet as CSV"},
      {"\x89HDF\r\n", "an HDF5 file; set dataset.format=hdf5"},
      {"\x93NUMPY", "a NumPy array; set dataset.format=npy"},
      {"\x1F\x8B", "compressed by gzip twice; unpack it once"},
      {std::string_view("]\0\0", 3), "compressed by LZMA in its old form (.lzma); unpack it"},
      {"MATLAB 5.0 MAT-file", "a MATLAB file of version 5; save it with -v7.3, or as CSV with writematrix"},
      {"%PDF", "a PDF document; a table of text is needed"},
      {"SQLite format 3", "an SQLite database; export the table as CSV"},
      {"PAR1", "a Parquet file and no text"},
      {"<!doctype html", "a web page and no table; download the file that the page is about"},
      {"<html", "a web page and no table; download the file that the page is about"},
      {"version https://git-lfs", "the pointer of Git LFS to a file; fetch the file with git lfs pull"}};
  const std::string start = lower_case(std::string(text.substr(0, 32)));
  for (const Beginning& beginning : beginnings) {
    if (text.starts_with(beginning.bytes) ||
        (beginning.bytes.front() == '<' && std::string_view(start).starts_with(beginning.bytes)))
      throw DataError(name + " is " + beginning.what);
  }
}

}  // namespace

TextSource::TextSource(ByteSource& bytes, std::string name) : bytes_(bytes) {
  begin_.resize(std::min<std::uint64_t>(kBeginning, bytes.size().value_or(kBeginning)));
  std::size_t filled = 0;
  while (filled < begin_.size()) {
    const std::size_t got = bytes.read(begin_.data() + filled, begin_.size() - filled);
    if (got == 0) break;
    filled += got;
  }
  begin_.resize(filled);
  refuse_wide_letters(name, begin_);
  refuse_other_files(name, begin_);
  if (begin_.starts_with("\xEF\xBB\xBF")) used_ = 3;
  ends_with_cr_ = begin_.find('\r') != std::string::npos && begin_.find('\n') == std::string::npos;
}

std::size_t TextSource::take(char* buffer, std::size_t size) {
  if (used_ == begin_.size()) return bytes_.read(buffer, size);
  const std::size_t count = std::min(size, begin_.size() - used_);
  std::copy_n(begin_.data() + used_, count, buffer);
  used_ += count;
  if (used_ == begin_.size()) {
    used_ = 0;
    begin_ = {};
  }
  return count;
}

std::size_t TextSource::read(char* buffer, std::size_t size) {
  if (size < 2) return take(buffer, size);  // LineReader asks for more
  std::size_t got = 0;
  if (held_cr_) buffer[got++] = '\r';
  held_cr_ = false;
  const std::size_t more = take(buffer + got, size - got);
  got += more;
  char* const end = buffer + got;
  for (char* at = buffer;
       (at = static_cast<char*>(std::memchr(at, '\r', static_cast<std::size_t>(end - at)))); ++at) {
    if (at + 1 == end) {
      if (more == 0) *at = '\n';  // the end of the file
      held_cr_ = more != 0;
      if (held_cr_) --got;
      break;
    }
    if (at[1] != '\n') *at = '\n';
  }
  // A block of one CR alone: nothing may look like the end.
  return got == 0 && held_cr_ ? read(buffer, size) : got;
}

}  // namespace symscan
