#pragma once
#include <cstdint>

/// The interface between symscan and MPI: a shared library that exports one C function,
///     const symscan::MpiApi* symscan_mpi_api(void);
/// It is opened when a launcher of MPI has started the program, which itself is not linked to MPI. Messages
/// are bytes of any length. All functions are called by one thread; all but start() return at once.
namespace symscan {

/// This process among those that the launcher started.
struct MpiPlace {
  int rank = 0, size = 1;
  int node_rank = 0, node_size = 1;  ///< among those of this machine
  int node_cores = 1;                ///< that the processes of this machine may use, together
};

struct MpiApi {
  std::uint64_t layout;  ///< mpi_api_layout()
  /// Joins the other processes. nullptr, or a clause that says why not. Called once.
  const char* (*start)(MpiPlace* place);
  /// "Open MPI v4.1.4": the library that this one was built for. Before or after start().
  const char* (*library)();
  /// Copies the message and sends it. 0: that rank cannot be reached.
  int (*send)(int to, const void* bytes, std::uint64_t count);
  /// Hands over messages that have arrived, those of one sender in order; moves on what is being sent.
  void (*receive)(void* context,
                  void (*take)(void* context, int from, const void* bytes, std::uint64_t count));
  /// Messages that have not left yet, to ranks that can be reached.
  int (*unsent)();
  /// Leaves together with all other ranks, which must call it too. A process that ends without it leaves
  /// alone, which is allowed when a rank was lost.
  void (*finish)();
};

constexpr std::uint64_t mpi_api_layout() {
  constexpr std::uint64_t version = 1;
  return version << 32 | sizeof(MpiPlace) << 16 | sizeof(MpiApi);
}

}  // namespace symscan
