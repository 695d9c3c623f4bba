#include "host/data/byte_source.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "host/base/error.hpp"
#include "host/base/file.hpp"
#include "host/base/trouble.hpp"
#include "host/data/decompress.hpp"

namespace symscan {
namespace {

constexpr std::size_t kBlock = std::size_t{1} << 20;
constexpr std::uint64_t kMostWithoutProgress = std::uint64_t{1} << 30;
constexpr std::size_t kLongestLine = std::size_t{16} << 20;

/// The bytes as they lie in the file, some of which were looked at before.
class StoredBytes {
 public:
  explicit StoredBytes(const std::string& path) : path_(path) {
    file_ = open_descriptor(path, O_RDONLY | O_NOCTTY);
    if (!file_) throw_trouble("cannot open", path, errno);
  }
  /// Up to `size` bytes; 0 at the end.
  std::size_t read(char* buffer, std::size_t size) const {
    const auto most = std::min(size, std::size_t{1} << 30);
    const auto got = repeated([&] { return ::read(file_.get(), buffer, most); });
    if (got < 0) throw_trouble("cannot read", path_, errno);
    return static_cast<std::size_t>(got);
  }

 private:
  std::string path_;
  Descriptor file_;
};

/// A file, compressed or not, or a pipe.
class FileSource : public ByteSource {
 public:
  explicit FileSource(const std::string& path) : path_(path), stored_(path), held_(kHeld, '\0') {
    hold(compression_mark_bytes);
    decompressor_ = decompressor_for(held(), path);
    std::error_code error;
    const auto bytes = std::filesystem::file_size(path, error);
    if (!error && !decompressor_) size_ = bytes;
  }

  std::size_t read(char* buffer, std::size_t size) override {
    if (size == 0) return 0;
    if (decompressor_) return unpack(buffer, size);
    if (begin_ == end_) return stored_.read(buffer, size);
    const std::size_t count = std::min(size, end_ - begin_);
    std::copy_n(held_.data() + begin_, count, buffer);
    begin_ += count;
    return count;
  }
  std::optional<std::uint64_t> size() const override { return size_; }
  bool cut_off() const override { return cut_off_; }

 private:
  std::string_view held() const { return {held_.data() + begin_, end_ - begin_}; }

  /// Holds at least so many bytes, unless the file ends before.
  void hold(std::size_t bytes) {
    while (end_ - begin_ < bytes && !stored_end_) {
      if (end_ == held_.size()) {
        std::copy(held_.data() + begin_, held_.data() + end_, held_.data());
        end_ -= begin_;
        begin_ = 0;
      }
      const std::size_t got = stored_.read(held_.data() + end_, held_.size() - end_);
      end_ += got;
      stored_end_ = got == 0;
    }
  }

  std::size_t unpack(char* buffer, std::size_t size) {
    while (!finished_) {
      hold(1);
      const auto [used, made, ended] = decompressor_->step(held().data(), held().size(), buffer, size);
      begin_ += used;
      if (ended) {
        // Streams may follow each other (cat a.gz b.gz), and zeros may fill a block.
        hold(compression_mark_bytes);
        finished_ = !decompressor_for(held(), "");
        if (finished_) {
          refuse_what_follows();
        } else {
          decompressor_->restart();
        }
      } else if (used == 0 && made == 0 && stored_end_) {
        cut_off_ = finished_ = true;
      }
      if (made > 0) return made;
    }
    return 0;
  }

  void refuse_what_follows() {
    for (hold(1); begin_ < end_; hold(1)) {
      if (held().find_first_not_of('\0') != std::string_view::npos)
        throw DataError(
            path_ +
            " has further bytes behind its compressed data, which nothing says how to read; unpack it, "
            "or compress it anew");
      begin_ = end_;
    }
  }

  static constexpr std::size_t kHeld = 256 << 10;
  std::string path_;
  StoredBytes stored_;
  std::string held_;
  std::size_t begin_ = 0, end_ = 0;  ///< of what is held
  std::unique_ptr<Decompressor> decompressor_;
  std::optional<std::uint64_t> size_;
  bool stored_end_ = false, finished_ = false, cut_off_ = false;
};

class MemorySource : public ByteSource {
 public:
  explicit MemorySource(std::string_view bytes) : bytes_(bytes), size_(bytes.size()) {}
  std::size_t read(char* buffer, std::size_t size) override {
    const std::size_t count = std::min(size, bytes_.size());
    std::copy_n(bytes_.data(), count, buffer);
    bytes_.remove_prefix(count);
    return count;
  }
  std::optional<std::uint64_t> size() const override { return size_; }

 private:
  std::string_view bytes_;
  std::size_t size_;
};

}  // namespace

void check_readable(const std::string& path) {
  std::error_code error;
  const auto status = std::filesystem::status(path, error);
  if (status.type() == std::filesystem::file_type::not_found) {
    throw DataError("there is no file " + path +
                    "; a relative path starts at the folder of its config, or where symscan runs");
  }
  if (status.type() == std::filesystem::file_type::directory) {
    throw DataError(path + " is a folder; dataset.path must name one file");
  }
  if (::access(path.c_str(), R_OK) != 0) throw_trouble("cannot open", path, errno);
  const auto size = std::filesystem::file_size(path, error);
  if (!error && size == 0) throw DataError(path + " is empty (0 bytes)");
}

void refuse_pipe(const std::string& path) {
  std::error_code error;
  if (std::filesystem::is_fifo(path, error))
    throw DataError(path +
                    " is a pipe, and only CSV, NPY, LHE and HepMC are read from pipes; write a file first");
}

std::unique_ptr<ByteSource> open_file(const std::string& path) {
  check_readable(path);
  return std::make_unique<FileSource>(path);
}

std::unique_ptr<ByteSource> open_bytes(std::string_view bytes) {
  return std::make_unique<MemorySource>(bytes);
}

bool read_fully(ByteSource& source, char* buffer, std::size_t size) {
  while (size > 0) {
    const std::size_t got = source.read(buffer, size);
    if (got == 0) return false;
    buffer += got;
    size -= got;
  }
  return true;
}

LineReader::LineReader(ByteSource& source, std::string name) : source_(source), name_(std::move(name)) {}

bool LineReader::refill() {
  if (at_end_) return false;
  if (begin_ > 0) {
    std::copy(buffer_.begin() + static_cast<std::ptrdiff_t>(begin_),
              buffer_.begin() + static_cast<std::ptrdiff_t>(end_), buffer_.begin());
    end_ -= begin_;
    begin_ = 0;
  }
  if (end_ > kLongestLine) {
    throw DataError(name_ + " line " + std::to_string(number_ + 1) +
                    " is longer than 16 MiB; is this a text file?");
  }
  if (used_ - last_progress_ > kMostWithoutProgress) {
    throw DataError(name_ + ": nothing but blank lines, comments and other text for a gibibyte, up to line " +
                    std::to_string(number_) + "; is this the right file?");
  }
  // Small sources get a small buffer: the readers are also called on thousands of tiny inputs.
  const std::size_t block = std::min<std::uint64_t>(kBlock, source_.size().value_or(kBlock) + 1);
  if (buffer_.size() < end_ + block) buffer_.resize(end_ + block);
  const std::size_t got = source_.read(buffer_.data() + end_, buffer_.size() - end_);
  end_ += got;
  at_end_ = got == 0;
  return got > 0;
}

bool LineReader::next(std::string_view& line) {
  std::size_t searched = 0;
  for (;;) {
    const char* first = buffer_.data() + begin_;
    const void* found =
        begin_ + searched < end_ ? std::memchr(first + searched, '\n', end_ - begin_ - searched) : nullptr;
    complete_ = found != nullptr;
    std::size_t length = end_ - begin_;
    if (found) {
      length = static_cast<std::size_t>(static_cast<const char*>(found) - first);
    } else {
      searched = length;
      if (refill()) continue;
      if (length == 0) return false;
      first = buffer_.data() + begin_;  // refill may have moved the rest to the front
    }
    line = {first, length};
    const std::size_t step = length + (found ? 1 : 0);
    begin_ += step;
    used_ += step;
    ++number_;
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    return true;
  }
}

bool LineReader::next_lines(std::size_t bytes, std::string& text) {
  while (end_ - begin_ < bytes && refill()) {
  }
  const std::string_view held(buffer_.data() + begin_, std::min(bytes, end_ - begin_));
  const std::size_t last = held.rfind('\n');
  if (last == std::string_view::npos) {  // one long line, or the last one without its mark
    std::string_view line;
    if (!next(line)) return false;
    text.assign(line);
    if (complete_) text += '\n';
    return true;
  }
  text.assign(held.substr(0, last + 1));
  begin_ += text.size();
  used_ += text.size();
  number_ += static_cast<std::uint64_t>(std::count(text.begin(), text.end(), '\n'));
  complete_ = true;
  return true;
}

}  // namespace symscan
