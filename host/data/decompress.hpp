#pragma once
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace symscan {

/// Undoes one way of compression, piece by piece: gzip, bzip2, xz or Zstandard.
class Decompressor {
 public:
  virtual ~Decompressor() = default;
  /// What one step took from its input and put into its output.
  struct Step {
    std::size_t used = 0, made = 0;
    /// The stream ended with its own end mark; what follows may be another one, which begins with restart().
    bool ended = false;
  };
  /// Throws DataError (damaged, or in need of more memory than is granted), Error for want of memory.
  virtual Step step(const char* in, std::size_t in_size, char* out, std::size_t out_size) = 0;
  virtual void restart() = 0;
};

/// So many first bytes tell the compression.
inline constexpr std::size_t compression_mark_bytes = 10;

/// The decompressor for a stream that begins so; none if it is not compressed. `name`: in errors.
std::unique_ptr<Decompressor> decompressor_for(std::string_view first_bytes, const std::string& name);

}  // namespace symscan
