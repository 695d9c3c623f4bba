// Compressed files are read as the plain ones, whatever the compression, whole, joined or cut off.
#include <bzlib.h>
#include <lzma.h>
#include <zlib.h>
#include <zstd.h>

#include <functional>

#include "host/base/error.hpp"
#include "host/data/byte_source.hpp"
#include "tests/host/data/data_files.hpp"

namespace symscan {
namespace {

std::string gzip(const std::string& text) {
  z_stream stream = {};
  EXPECT_EQ(deflateInit2(&stream, 6, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY), Z_OK);
  std::string out(deflateBound(&stream, text.size()) + 64, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<unsigned>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<unsigned>(out.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

std::string bzip2(const std::string& text) {
  std::string out(text.size() * 2 + 1000, '\0');
  auto size = static_cast<unsigned>(out.size());
  EXPECT_EQ(BZ2_bzBuffToBuffCompress(out.data(), &size, const_cast<char*>(text.data()),
                                     static_cast<unsigned>(text.size()), 1, 0, 0),
            BZ_OK);
  out.resize(size);
  return out;
}

std::string xz(const std::string& text) {
  std::string out(lzma_stream_buffer_bound(text.size()), '\0');
  std::size_t size = 0;
  EXPECT_EQ(lzma_easy_buffer_encode(1, LZMA_CHECK_CRC64, nullptr,
                                    reinterpret_cast<const std::uint8_t*>(text.data()), text.size(),
                                    reinterpret_cast<std::uint8_t*>(out.data()), &size, out.size()),
            LZMA_OK);
  out.resize(size);
  return out;
}

std::string zstd(const std::string& text) {
  std::string out(ZSTD_compressBound(text.size()), '\0');
  out.resize(ZSTD_compress(out.data(), out.size(), text.data(), text.size(), 3));
  return out;
}

struct Compression {
  const char* name;
  std::string (*compress)(const std::string&);
};
constexpr Compression kinds[] = {{"gz", gzip}, {"bz2", bzip2}, {"xz", xz}, {"zst", zstd}};

/// Longer than all buffers.
std::string long_text() {
  std::string text = "x,y\n";
  for (int i = 0; i < 60000; ++i)
    text += std::to_string(i * 7919 % 10007) + "," + std::to_string(i % 17) + "\n";
  return text;
}

std::string read_all(const std::string& path, bool* cut_off = nullptr) {
  const auto source = open_file(path);
  std::string text, block(7777, '\0');
  while (const std::size_t got = source->read(block.data(), block.size())) text.append(block, 0, got);
  if (cut_off != nullptr) *cut_off = source->cut_off();
  return text;
}

TEST(Decompress, GivesThePlainBytes) {
  const test::DataFolder folder;
  const std::string text = long_text();
  for (const Compression& kind : kinds) {
    bool cut_off = true;
    EXPECT_EQ(read_all(folder.write("a", kind.compress(text)), &cut_off), text) << kind.name;
    EXPECT_FALSE(cut_off) << kind.name;
    EXPECT_EQ(read_all(folder.write("a", kind.compress(text) + kind.compress("z\n"))), text + "z\n")
        << kind.name;
    EXPECT_EQ(read_all(folder.write("a", kind.compress(""))), "") << kind.name;
  }
  EXPECT_EQ(read_all(folder.write("a", text)), text);
  EXPECT_EQ(read_all(folder.write("a", "BZh9 is a text, too")), "BZh9 is a text, too");
}

TEST(Decompress, ACutOffStreamIsNoticedWhereverItEnds) {
  const test::DataFolder folder;
  const std::string text = long_text();
  for (const Compression& kind : kinds) {
    const std::string whole = kind.compress(text);
    for (const std::size_t size : {whole.size() / 3, whole.size() / 2, whole.size() - 1}) {
      bool cut_off = false;
      const std::string some = read_all(folder.write("a", whole.substr(0, size)), &cut_off);
      EXPECT_TRUE(cut_off) << kind.name << " " << size;
      EXPECT_EQ(text.compare(0, some.size(), some), 0) << kind.name;
    }
  }
}

TEST(Decompress, WhatFollowsIsRefusedUnlessItIsZeros) {
  const test::DataFolder folder;
  for (const Compression& kind : kinds) {
    EXPECT_EQ(read_all(folder.write("a", kind.compress("x\n1\n") + std::string(5000, '\0'))), "x\n1\n")
        << kind.name;
    try {
      read_all(folder.write("a", kind.compress("x\n1\n") + std::string(5000, '\0') + "2\n"));
      ADD_FAILURE() << kind.name;
    } catch (const DataError& error) {
      EXPECT_NE(std::string(error.what()).find("further bytes"), std::string::npos) << error.what();
    }
  }
}

TEST(Decompress, DamageIsRefused) {
  const test::DataFolder folder;
  for (const Compression& kind : kinds) {
    std::string bytes = kind.compress(long_text());
    for (std::size_t at = bytes.size() / 2; at < bytes.size() / 2 + 64; ++at)
      bytes[at] = static_cast<char>(~bytes[at]);
    try {
      read_all(folder.write("a", bytes));
      ADD_FAILURE() << kind.name;
    } catch (const DataError& error) {
      EXPECT_NE(std::string(error.what()).find("damaged"), std::string::npos) << error.what();
    }
  }
}

/// Says that it is endless: blank lines, then none.
class BlankLines : public ByteSource {
 public:
  std::size_t read(char* buffer, std::size_t size) override {
    std::fill_n(buffer, size, '\n');
    return size;
  }
};

TEST(Decompress, EndlessBlankLinesEnd) {
  BlankLines source;
  LineReader lines(source, "pipe");
  std::string text;
  try {
    while (lines.next_lines(1 << 20, text)) {
    }
  } catch (const DataError& error) {
    EXPECT_NE(std::string(error.what()).find("for a gibibyte"), std::string::npos);
    return;
  }
  FAIL();
}

TEST(Decompress, TablesHaveTheSameValues) {
  const test::DataFolder folder;
  FileOptions options;
  options.path = folder.write("a.csv", long_text());
  const Table plain = load_file_dataset(options);
  for (const Compression& kind : kinds) {
    options.path = folder.write(std::string("a.csv.") + kind.name, kind.compress(long_text()));
    EXPECT_EQ(load_file_dataset(options).values, plain.values) << kind.name;
  }
}

}  // namespace
}  // namespace symscan
