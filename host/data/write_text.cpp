// Text files: CSV, plain or gzip-compressed.
#include <zlib.h>

#include <algorithm>
#include <charconv>
#include <new>

#include "host/data/write_formats.hpp"

namespace symscan {
namespace {

/// The shortest decimals that give back this float64: the table and the file read again are then equal to the
/// last bit, although float32 values get more digits than float32 needs.
void append(std::string& text, double value) {
  char digits[32];
  text.append(digits, std::to_chars(digits, digits + sizeof digits, value).ptr);
}

std::string csv_name(const std::string& name) {
  if (name.find_first_of(",;\"\t #") == std::string::npos) return name;
  std::string plain = name;
  std::replace(plain.begin(), plain.end(), '"', '\'');
  return '"' + plain + '"';
}

}  // namespace

TextOutput::TextOutput(const std::filesystem::path& path, bool compressed) : file_(path) {
  if (!compressed) return;
  stream_.reset(new z_stream{});
  constexpr int gzip_header = 16, memory_level = 8;
  if (deflateInit2(stream_.get(), Z_DEFAULT_COMPRESSION, Z_DEFLATED, MAX_WBITS + gzip_header, memory_level,
                   Z_DEFAULT_STRATEGY) != Z_OK)
    throw std::bad_alloc();
}

void TextOutput::EndDeflate::operator()(z_stream_s* stream) const {
  deflateEnd(stream);
  delete stream;
}

void TextOutput::compress(std::string_view text, bool last) {
  char block[1 << 16];
  stream_->next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream_->avail_in = static_cast<uInt>(text.size());
  do {
    stream_->next_out = reinterpret_cast<Bytef*>(block);
    stream_->avail_out = sizeof block;
    deflate(stream_.get(), last ? Z_FINISH : Z_NO_FLUSH);
    file_.write({block, sizeof block - stream_->avail_out});
  } while (stream_->avail_out == 0);
}

void TextOutput::write(std::string_view text) {
  if (!stream_) return file_.write(text);
  constexpr std::size_t most = 1u << 30;  // the library counts in 32 bits
  for (; !text.empty(); text.remove_prefix(std::min(most, text.size())))
    compress(text.substr(0, most), false);
}

void TextOutput::close() {
  if (stream_) compress({}, true);
  file_.close();
}

void write_csv(const Table& table, const std::filesystem::path& path, bool compressed) {
  TextOutput out(path, compressed);
  std::string text;
  for (const std::string& column : written_columns(table))
    text += (text.empty() ? "" : ",") + csv_name(column);
  text += '\n';
  const auto special = special_columns(table);
  const std::size_t features = table.features();
  for (std::size_t row = 0; row < table.rows; ++row) {
    for (std::size_t i = 0; i < features; ++i) {
      if (i > 0) text += ',';
      append(text, table.values[row * features + i]);
    }
    for (const auto& column : special) {
      text += ',';
      append(text, (*column.second)[row]);
    }
    text += '\n';
    if (text.size() > (1u << 20)) {
      out.write(text);
      text.clear();
    }
  }
  out.write(text);
  out.close();
}

}  // namespace symscan
