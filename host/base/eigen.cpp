#include "host/base/eigen.hpp"

#include <pthread.h>

namespace symscan {
namespace {

using Eigen::internal::aligned_free;

// What each thread gave back last is kept under a key of the system: thread_local needs memory to be
// destroyed, and ends the program where there is none. Plain variables, for matrices that outlive the others.
pthread_key_t key;
bool has_key = false;

/// Keeps `next` and returns what was kept before; `next` itself where nothing can be kept.
void* exchange_kept(void* next) {
  if (!has_key) return next;
  void* const before = ::pthread_getspecific(key);
  return ::pthread_setspecific(key, next) == 0 ? before : next;
}

/// From when the library is loaded until it is unloaded.
struct Key {
  Key() {
    has_key = ::pthread_key_create(&key, [](void* memory) { aligned_free(memory); }) == 0;
  }
  ~Key() {
    if (!has_key) return;
    aligned_free(exchange_kept(nullptr));
    has_key = false;
    ::pthread_key_delete(key);
  }
  Key(const Key&) = delete;
  Key& operator=(const Key&) = delete;
};
const Key owner;

}  // namespace

void* matrix_memory(std::size_t bytes) {
  void* const before = exchange_kept(nullptr);  // stays with its matrix if the next line throws
  void* const memory = Eigen::internal::aligned_malloc(bytes);
  aligned_free(before);
  return memory;
}

void give_back_matrix_memory(void* memory) noexcept {
  if (memory != nullptr) aligned_free(exchange_kept(memory));
}

}  // namespace symscan
