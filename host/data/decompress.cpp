#include "host/data/decompress.hpp"

#include <bzlib.h>
#include <lzma.h>
#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <cerrno>
#include <limits>

#include "host/base/error.hpp"
#include "host/base/trouble.hpp"

namespace symscan {
namespace {

/// xz -9 needs 65 MiB to be read; a header may ask for gigabytes.
constexpr std::uint64_t kMostXzMemory = std::uint64_t{512} << 20;
/// 128 MiB, as far as the zstd program goes by itself.
constexpr int kMostZstdWindow = 27;

unsigned part_of(std::size_t size) {
  return static_cast<unsigned>(std::min<std::size_t>(size, std::numeric_limits<int>::max()));
}

[[noreturn]] void throw_damaged(const std::string& name, const char* format, const std::string& text) {
  throw DataError(name + " is a damaged " + format + " file" + (text.empty() ? "" : " (" + text + ")") +
                  "; copy or download it again");
}

class Gzip : public Decompressor {
 public:
  explicit Gzip(std::string name) : name_(std::move(name)) {
    // 16: with the header of gzip
    if (inflateInit2(&stream_, 16 + MAX_WBITS) != Z_OK) throw_trouble("cannot read", name_, ENOMEM);
  }
  Gzip(const Gzip&) = delete;
  Gzip& operator=(const Gzip&) = delete;
  ~Gzip() override { inflateEnd(&stream_); }

  Step step(const char* in, std::size_t in_size, char* out, std::size_t out_size) override {
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(in));
    stream_.avail_in = part_of(in_size);
    stream_.next_out = reinterpret_cast<Bytef*>(out);
    stream_.avail_out = part_of(out_size);
    const int code = inflate(&stream_, Z_NO_FLUSH);
    if (code == Z_MEM_ERROR) throw_trouble("cannot read", name_, ENOMEM);
    if (code != Z_OK && code != Z_STREAM_END && code != Z_BUF_ERROR)
      throw_damaged(name_, "gzip", stream_.msg != nullptr ? stream_.msg : "");
    return {part_of(in_size) - stream_.avail_in, part_of(out_size) - stream_.avail_out, code == Z_STREAM_END};
  }
  void restart() override { inflateReset(&stream_); }

 private:
  std::string name_;
  z_stream stream_ = {};
};

class Bzip2 : public Decompressor {
 public:
  explicit Bzip2(std::string name) : name_(std::move(name)) { begin(); }
  Bzip2(const Bzip2&) = delete;
  Bzip2& operator=(const Bzip2&) = delete;
  ~Bzip2() override { BZ2_bzDecompressEnd(&stream_); }

  Step step(const char* in, std::size_t in_size, char* out, std::size_t out_size) override {
    stream_.next_in = const_cast<char*>(in);
    stream_.avail_in = part_of(in_size);
    stream_.next_out = out;
    stream_.avail_out = part_of(out_size);
    const int code = BZ2_bzDecompress(&stream_);
    if (code == BZ_MEM_ERROR) throw_trouble("cannot read", name_, ENOMEM);
    if (code != BZ_OK && code != BZ_STREAM_END) throw_damaged(name_, "bzip2", "");
    return {part_of(in_size) - stream_.avail_in, part_of(out_size) - stream_.avail_out,
            code == BZ_STREAM_END};
  }
  void restart() override {
    BZ2_bzDecompressEnd(&stream_);
    stream_ = {};
    begin();
  }

 private:
  void begin() {
    if (BZ2_bzDecompressInit(&stream_, 0, 0) != BZ_OK) throw_trouble("cannot read", name_, ENOMEM);
  }
  std::string name_;
  bz_stream stream_ = {};
};

class Xz : public Decompressor {
 public:
  explicit Xz(std::string name) : name_(std::move(name)) { begin(); }
  Xz(const Xz&) = delete;
  Xz& operator=(const Xz&) = delete;
  ~Xz() override { lzma_end(&stream_); }

  Step step(const char* in, std::size_t in_size, char* out, std::size_t out_size) override {
    stream_.next_in = reinterpret_cast<const std::uint8_t*>(in);
    stream_.avail_in = in_size;
    stream_.next_out = reinterpret_cast<std::uint8_t*>(out);
    stream_.avail_out = out_size;
    const lzma_ret code = lzma_code(&stream_, LZMA_RUN);
    if (code == LZMA_MEM_ERROR) throw_trouble("cannot read", name_, ENOMEM);
    if (code == LZMA_MEMLIMIT_ERROR)
      throw DataError(name_ + " needs more than 512 MiB to be unpacked; unpack it first (unxz)");
    if (code != LZMA_OK && code != LZMA_STREAM_END && code != LZMA_BUF_ERROR) throw_damaged(name_, "xz", "");
    return {in_size - stream_.avail_in, out_size - stream_.avail_out, code == LZMA_STREAM_END};
  }
  void restart() override { begin(); }

 private:
  void begin() {
    if (lzma_stream_decoder(&stream_, kMostXzMemory, 0) != LZMA_OK)
      throw_trouble("cannot read", name_, ENOMEM);
  }
  std::string name_;
  lzma_stream stream_ = LZMA_STREAM_INIT;
};

class Zstd : public Decompressor {
 public:
  explicit Zstd(std::string name) : name_(std::move(name)), stream_(ZSTD_createDStream()) {
    if (stream_ == nullptr) throw_trouble("cannot read", name_, ENOMEM);
    ZSTD_DCtx_setParameter(stream_, ZSTD_d_windowLogMax, kMostZstdWindow);
  }
  Zstd(const Zstd&) = delete;
  Zstd& operator=(const Zstd&) = delete;
  ~Zstd() override { ZSTD_freeDStream(stream_); }

  Step step(const char* in, std::size_t in_size, char* out, std::size_t out_size) override {
    ZSTD_inBuffer from = {in, in_size, 0};
    ZSTD_outBuffer to = {out, out_size, 0};
    const std::size_t left = ZSTD_decompressStream(stream_, &to, &from);
    if (ZSTD_isError(left) != 0) fail(left);
    return {from.pos, to.pos, left == 0};
  }
  void restart() override { ZSTD_DCtx_reset(stream_, ZSTD_reset_session_only); }

 private:
  [[noreturn]] void fail(std::size_t code) const {
    const std::string text = ZSTD_getErrorName(code);
    if (text.find("Allocation") != std::string::npos) throw_trouble("cannot read", name_, ENOMEM);
    if (text.find("too much memory") != std::string::npos)
      throw DataError(name_ + " needs more than 128 MiB to be unpacked; unpack it first (unzstd --long=31)");
    throw_damaged(name_, "Zstandard", text);
  }
  std::string name_;
  ZSTD_DStream* stream_;
};

}  // namespace

std::unique_ptr<Decompressor> decompressor_for(std::string_view first_bytes, const std::string& name) {
  if (first_bytes.starts_with("\x1f\x8b")) return std::make_unique<Gzip>(name);
  if (first_bytes.starts_with(std::string_view("\xfd"
                                               "7zXZ\0",
                                               6)))
    return std::make_unique<Xz>(name);
  // A frame, or one that is to be skipped, as parallel compressors write them.
  const bool skipped = first_bytes.size() >= 4 && (first_bytes[0] & 0xf0) == 0x50 &&
                       first_bytes.substr(1, 3) == "\x2a\x4d\x18";
  if (skipped || first_bytes.starts_with("\x28\xb5\x2f\xfd")) return std::make_unique<Zstd>(name);
  // A block or, in an empty file, the end mark follows the size.
  const bool bzip2 =
      first_bytes.starts_with("BZh") && first_bytes.size() >= 10 &&
      (first_bytes.substr(4, 6) == "1AY&SY" || first_bytes.substr(4, 6) == "\x17\x72\x45\x38\x50\x90");
  if (bzip2) return std::make_unique<Bzip2>(name);
  return nullptr;
}

}  // namespace symscan
