#pragma once
#ifndef H5_USE_110_API
#define H5_USE_110_API  // the same calls with newer libraries
#endif
#include <hdf5.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string>
#include <utility>

#include "host/base/trouble.hpp"

namespace symscan {

/// Owns an HDF5 identifier; closes it with the function that fits its kind.
class Hdf5Handle {
 public:
  using Close = herr_t (*)(hid_t);
  Hdf5Handle() = default;
  Hdf5Handle(hid_t id, Close close) : id_(id), close_(close) {}
  Hdf5Handle(Hdf5Handle&& other) noexcept : id_(std::exchange(other.id_, -1)), close_(other.close_) {}
  Hdf5Handle& operator=(Hdf5Handle&& other) noexcept {
    std::swap(id_, other.id_);
    std::swap(close_, other.close_);
    return *this;
  }
  ~Hdf5Handle() {
    if (id_ >= 0 && close_) close_(id_);
  }
  explicit operator bool() const { return id_ >= 0; }
  hid_t get() const { return id_; }
  /// Now instead of at the end; false: it failed.
  bool close_now() { return close_(std::exchange(id_, -1)) >= 0; }

 private:
  hid_t id_ = -1;
  Close close_ = nullptr;
};

/// What the system said when a call of HDF5 failed: an errno, or 0 if the file itself is at fault. HDF5 keeps
/// it only in the text of its error stack, which the next call empties.
inline int hdf5_errno(hid_t stack = H5E_DEFAULT) {
  int found = 0;
  const auto look = [](unsigned, const H5E_error2_t* entry, void* data) -> herr_t {
    const char* text = entry->desc != nullptr ? std::strstr(entry->desc, "errno = ") : nullptr;
    int& error = *static_cast<int*>(data);
    if (error == 0 && text != nullptr) error = std::atoi(text + std::strlen("errno = "));
    if (error == 0 && entry->maj_num == H5E_RESOURCE) error = ENOMEM;
    return 0;
  };
  H5Ewalk2(stack, H5E_WALK_UPWARD, look, &found);
  return found;
}

/// The last trouble that may pass (trouble.hpp) of any call of this thread since it was set to 0: a call
/// whose failure says something of the file (there is no such attribute) may have failed for that. Memory
/// apart, which is asked for again.
inline thread_local int hdf5_passing_errno = 0;

/// Keeps HDF5 from printing its error stack while in scope; what the user gets is our one sentence. Nor does
/// HDF5 do anything when the program ends: after a close that failed it would crash there. Comes before any
/// other use of the library.
class Hdf5Silence {
 public:
  Hdf5Silence() {
    [[maybe_unused]] static const herr_t once = H5dont_atexit();
    H5Eget_auto2(H5E_DEFAULT, &function_, &data_);
    const auto remember = [](hid_t stack, void*) -> herr_t {
      const int error = hdf5_errno(stack);
      if (error != ENOMEM && exit_code_of(error) == ExitCode::interrupted) hdf5_passing_errno = error;
      return 0;
    };
    H5Eset_auto2(H5E_DEFAULT, remember, nullptr);
  }
  Hdf5Silence(const Hdf5Silence&) = delete;
  Hdf5Silence& operator=(const Hdf5Silence&) = delete;
  ~Hdf5Silence() { H5Eset_auto2(H5E_DEFAULT, function_, data_); }

 private:
  H5E_auto2_t function_ = nullptr;
  void* data_ = nullptr;
};

}  // namespace symscan
