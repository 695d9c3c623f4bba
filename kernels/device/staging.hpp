#pragma once
#include <algorithm>
#include <cstring>
#include <vector>

#include "kernels/runtime/runtime.hpp"

/// Many small pieces of memory between host and device in one copy.
namespace symscan {

/// Pinned host memory for the copies under way. A buffer that was given back is used again after recycle(),
/// to be called when all work has been waited for.
class PinnedPool {
 public:
  explicit PinnedPool(Runtime& runtime) : runtime_(runtime) {}
  PinnedPool(const PinnedPool&) = delete;
  PinnedPool& operator=(const PinnedPool&) = delete;
  ~PinnedPool() {
    for (const Buffer& buffer : buffers_) runtime_.unpin(buffer.memory);
  }

  std::byte* take(std::size_t bytes) {
    if (given_bytes_ > most_given) {  // somebody queues copies without ever waiting
      runtime_.wait();
      recycle();
    }
    Buffer* best = nullptr;
    for (Buffer& buffer : buffers_) {
      if (buffer.use == Use::none && buffer.bytes >= bytes && (best == nullptr || buffer.bytes < best->bytes))
        best = &buffer;
    }
    if (best == nullptr) {
      std::size_t rounded = smallest;
      while (rounded < bytes) rounded *= 2;
      buffers_.push_back({static_cast<std::byte*>(runtime_.pin(rounded)), rounded, Use::none});
      best = &buffers_.back();
    }
    best->use = Use::taken;
    return best->memory;
  }
  void give(const std::byte* memory) noexcept {
    for (Buffer& buffer : buffers_) {
      if (buffer.memory != memory) continue;
      buffer.use = Use::given;
      given_bytes_ += buffer.bytes;
    }
  }
  void recycle() noexcept {
    for (Buffer& buffer : buffers_) {
      if (buffer.use == Use::given) buffer.use = Use::none;
    }
    given_bytes_ = 0;
  }

 private:
  static constexpr std::size_t smallest = std::size_t{64} << 10, most_given = std::size_t{64} << 20;
  enum class Use { none, taken, given };
  struct Buffer {
    std::byte* memory;
    std::size_t bytes;
    Use use;
  };
  Runtime& runtime_;
  std::vector<Buffer> buffers_;
  std::size_t given_bytes_ = 0;
};

/// Offsets of pieces: a copy kernel then moves 16 bytes at a time.
constexpr std::size_t staging_alignment = 16;
constexpr std::size_t aligned_bytes(std::size_t bytes) {
  return (bytes + staging_alignment - 1) / staging_alignment * staging_alignment;
}

/// Bytes on their way to the device. Lives as long as queued work reads its arrays.
class Upload {
 public:
  /// Appends an array; returns its offset for at().
  template <class T>
  std::size_t put(const T* values, std::size_t count) {
    // T may be a pointer.
    return append(arrays_, values, count * sizeof(T));  // NOLINT(bugprone-sizeof-expression)
  }
  /// An array for a place of its own in device memory; nullptr: zeros.
  template <class T>
  void place(T* to, const T* values, std::size_t count) {
    const std::size_t bytes = count * sizeof(T);
    if (bytes == 0) return;
    pieces_.push_back({to, nullptr, bytes, values != nullptr ? append(placed_, values, bytes) : none});
  }
  /// The same from elsewhere in device memory.
  void place_copy(void* to, const void* from, std::size_t bytes) {
    pieces_.push_back({to, from, bytes, none});
  }

  /// Queues all on the main queue: one copy of the arrays, one kernel that fetches the pieces to their places
  /// from the host's memory.
  void send(Runtime& runtime, PinnedPool& pool) {
    const std::size_t placed_at = aligned_bytes(pieces_.size() * sizeof(CopyItem));
    const std::size_t arrays_at = placed_at + placed_.size();
    if (arrays_at + arrays_.size() == 0) return;
    if (!arrays_.empty()) memory_ = DeviceArray<std::byte>(runtime, arrays_.size());
    std::byte* const pinned = pool.take(arrays_at + arrays_.size());
    pool.give(pinned);
    for (std::size_t i = 0; i < pieces_.size(); ++i) {
      const Piece& piece = pieces_[i];
      const CopyItem item = {piece.to, piece.offset != none ? pinned + placed_at + piece.offset : piece.from,
                             piece.bytes};
      std::memcpy(pinned + i * sizeof item, &item, sizeof item);
    }
    std::copy(placed_.begin(), placed_.end(), pinned + placed_at);
    std::copy(arrays_.begin(), arrays_.end(), pinned + arrays_at);
    if (!arrays_.empty()) runtime.copy_in(memory_.data(), pinned + arrays_at, arrays_.size());
    if (!pieces_.empty()) {
      runtime.copy(reinterpret_cast<const CopyItem*>(pinned), pieces_.size(), Runtime::main_queue);
    }
    placed_ = arrays_ = {};
  }
  /// In device memory, after send().
  template <class T>
  T* at(std::size_t offset) const {
    return reinterpret_cast<T*>(memory_.data() + offset);
  }

 private:
  static constexpr std::size_t none = ~std::size_t{0};
  struct Piece {
    void* to;
    const void* from;  ///< in device memory, or nullptr
    std::size_t bytes, offset;
  };
  static std::size_t append(std::vector<std::byte>& bytes, const void* values, std::size_t size) {
    const std::size_t offset = bytes.size();
    bytes.resize(aligned_bytes(offset + size));
    if (size > 0) std::memcpy(bytes.data() + offset, values, size);
    return offset;
  }
  std::vector<std::byte> arrays_, placed_;
  std::vector<Piece> pieces_;
  DeviceArray<std::byte> memory_;  ///< of the arrays
};

/// Pieces of device memory on their way to the host, by one kernel that writes the host's memory.
class Download {
 public:
  explicit Download(PinnedPool& pool) : pool_(&pool) {}
  Download(const Download&) = delete;
  Download& operator=(const Download&) = delete;
  ~Download() {
    if (pinned_ != nullptr) pool_->give(pinned_);
  }
  /// Returns the piece's offset for at().
  std::size_t add(const void* from, std::size_t bytes) {
    const std::size_t offset = total_;
    if (from == nullptr || bytes == 0) return offset;
    pieces_.push_back({from, bytes, offset});
    total_ = aligned_bytes(total_ + bytes);
    return offset;
  }
  /// Takes the host's memory, which queue() then cannot lack.
  void prepare() {
    if (total_ > 0) pinned_ = pool_->take(total_ + pieces_.size() * sizeof(CopyItem));
  }
  /// Queues the copy on a lane or the main queue.
  void queue(Runtime& runtime, int lane) {
    if (total_ == 0) return;
    for (std::size_t i = 0; i < pieces_.size(); ++i) {
      const CopyItem item = {pinned_ + pieces_[i].offset, pieces_[i].from, pieces_[i].bytes};
      std::memcpy(pinned_ + total_ + i * sizeof item, &item, sizeof item);
    }
    runtime.copy(reinterpret_cast<const CopyItem*>(pinned_ + total_), pieces_.size(), lane);
  }
  /// When the copy is done.
  template <class T>
  const T* at(std::size_t offset) const {
    return reinterpret_cast<const T*>(pinned_ + offset);
  }

 private:
  struct Piece {
    const void* from;
    std::size_t bytes, offset;
  };
  PinnedPool* pool_;
  std::vector<Piece> pieces_;
  std::size_t total_ = 0;
  std::byte* pinned_ = nullptr;
};

}  // namespace symscan
