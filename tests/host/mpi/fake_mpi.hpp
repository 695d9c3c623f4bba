#pragma once
#include <condition_variable>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "host/mpi/mpi_api.hpp"

namespace symscan::test {

/// MPI among the threads of this process: each Ranks is a rank, numbered in the order of their starts.
class FakeMpi {
 public:
  /// Forgets everything before.
  static const MpiApi& of(int size) {
    world() = {};
    world().size = size;
    static const MpiApi api = {mpi_api_layout(), start, library, send, receive, unsent, finish};
    return api;
  }
  /// Nothing more comes from the rank or reaches it.
  static void silence(int rank) {
    const std::lock_guard lock(mutex());
    world().silent.insert(rank);
  }
  static int finished() {
    const std::lock_guard lock(mutex());
    return world().finished;
  }

 private:
  struct Letter {
    int from;
    std::string bytes;
  };
  struct World {
    int size = 0, started = 0, finished = 0;
    std::map<int, std::vector<Letter>> letters;
    std::set<int> silent;
  };
  static World& world() {
    static World kept;
    return kept;
  }
  static std::mutex& mutex() {
    static std::mutex kept;
    return kept;
  }
  static std::condition_variable& started() {
    static std::condition_variable kept;
    return kept;
  }
  static int& own_rank() {
    thread_local int rank = 0;
    return rank;
  }

  static const char* start(MpiPlace* place) {
    std::unique_lock lock(mutex());
    own_rank() = world().started++;
    started().notify_all();
    started().wait(lock, [] { return world().started == world().size; });
    *place = {own_rank(), world().size, own_rank(), world().size, 4};
    return nullptr;
  }
  static const char* library() { return "fake"; }
  static int send(int to, const void* bytes, std::uint64_t count) {
    const std::lock_guard lock(mutex());
    if (world().silent.count(own_rank()) == 0 && world().silent.count(to) == 0)
      world().letters[to].push_back({own_rank(), std::string(static_cast<const char*>(bytes), count)});
    return 1;
  }
  static void receive(void* context, void (*take)(void*, int, const void*, std::uint64_t)) {
    std::vector<Letter> letters;
    {
      const std::lock_guard lock(mutex());
      if (world().silent.count(own_rank()) == 0) letters.swap(world().letters[own_rank()]);
    }
    for (const Letter& letter : letters) take(context, letter.from, letter.bytes.data(), letter.bytes.size());
  }
  static int unsent() { return 0; }
  static void finish() {
    const std::lock_guard lock(mutex());
    ++world().finished;
  }
};

}  // namespace symscan::test
