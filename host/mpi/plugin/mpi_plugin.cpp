// libsymscan_mpi.so: MpiApi by an MPI library, with point-to-point messages only.
#include <mpi.h>
#include <sched.h>

#include <cstring>
#include <deque>
#include <list>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "host/mpi/mpi_api.hpp"

namespace symscan {
namespace {

/// Counts are int in MPI; longer messages go in pieces. The tag says whether another piece follows.
constexpr std::uint64_t largest_piece = 1 << 24;
constexpr int tag_last = 1, tag_more = 2;

struct Sending {
  int to;
  std::string bytes;
  MPI_Request request;
};

struct Receiving {
  std::string bytes;
  bool last;
  MPI_Request request;
};

struct State {
  MPI_Comm comm = MPI_COMM_NULL;
  std::list<Sending> sending;
  std::map<int, std::list<Receiving>> receiving;  ///< of each rank, in order
  std::map<int, std::string> begun;               ///< messages of which pieces have arrived
  std::set<int> lost;
};

State& state() {
  static State* const kept = new State;  // requests under way use it until the process ends
  return *kept;
}

/// The cores that the processes of a machine may use, together.
int cores_of(MPI_Comm machine) {
  cpu_set_t own, all;
  CPU_ZERO(&own);
  CPU_ZERO(&all);
  if (sched_getaffinity(0, sizeof own, &own) != 0) return 1;
  if (MPI_Allreduce(&own, &all, sizeof own, MPI_BYTE, MPI_BOR, machine) != MPI_SUCCESS) return 1;
  return CPU_COUNT(&all);
}

const char* start(MpiPlace* place) {
  int provided = 0;
  if (MPI_Init_thread(nullptr, nullptr, MPI_THREAD_FUNNELED, &provided) != MPI_SUCCESS)
    return "MPI does not start";
  State& s = state();
  // A communicator of its own, whose errors are returned: a rank that is lost does not end this one.
  if (MPI_Comm_dup(MPI_COMM_WORLD, &s.comm) != MPI_SUCCESS) return "MPI makes no communicator";
  MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
  MPI_Comm_set_errhandler(s.comm, MPI_ERRORS_RETURN);
  MPI_Comm_rank(s.comm, &place->rank);
  MPI_Comm_size(s.comm, &place->size);
  MPI_Comm machine = MPI_COMM_NULL;
  if (MPI_Comm_split_type(s.comm, MPI_COMM_TYPE_SHARED, place->rank, MPI_INFO_NULL, &machine) != MPI_SUCCESS)
    return "MPI does not say which processes share a machine";
  MPI_Comm_rank(machine, &place->node_rank);
  MPI_Comm_size(machine, &place->node_size);
  place->node_cores = cores_of(machine);
  MPI_Comm_free(&machine);
  return nullptr;
}

const char* library() {
  static char text[MPI_MAX_LIBRARY_VERSION_STRING];
  int length = 0;
  if (text[0] == '\0' && MPI_Get_library_version(text, &length) != MPI_SUCCESS) return "MPI";
  text[std::strcspn(text, ",\n")] = '\0';
  return text;
}

// Requests are completed by MPI_Test, in other functions than those that begin them.
// NOLINTBEGIN(clang-analyzer-optin.mpi.MPI-Checker)

int send(int to, const void* bytes, std::uint64_t count) {
  State& s = state();
  const char* next = static_cast<const char*>(bytes);
  do {
    if (s.lost.count(to) > 0) return 0;
    const std::uint64_t piece = count < largest_piece ? count : largest_piece;
    const int tag = piece == count ? tag_last : tag_more;
    Sending& sent = s.sending.emplace_back(Sending{to, std::string(next, piece), MPI_REQUEST_NULL});
    if (MPI_Isend(sent.bytes.data(), static_cast<int>(piece), MPI_BYTE, to, tag, s.comm, &sent.request) !=
        MPI_SUCCESS) {
      s.lost.insert(to);
      return 0;
    }
    next += piece;
    count -= piece;
  } while (count > 0);
  return 1;
}

void move_on_sending(State& s) {
  for (auto sent = s.sending.begin(); sent != s.sending.end();) {
    int done = 0;
    if (sent->request != MPI_REQUEST_NULL &&
        MPI_Test(&sent->request, &done, MPI_STATUS_IGNORE) != MPI_SUCCESS) {
      s.lost.insert(sent->to);
      done = 1;
    }
    sent = done != 0 ? s.sending.erase(sent) : std::next(sent);
  }
}

void begin_receiving(State& s) {
  while (true) {
    int there = 0;
    MPI_Status status;
    if (MPI_Iprobe(MPI_ANY_SOURCE, MPI_ANY_TAG, s.comm, &there, &status) != MPI_SUCCESS || there == 0) return;
    int count = 0;
    MPI_Get_count(&status, MPI_BYTE, &count);
    Receiving& piece = s.receiving[status.MPI_SOURCE].emplace_back(
        Receiving{std::string(static_cast<std::size_t>(count > 0 ? count : 0), '\0'),
                  status.MPI_TAG == tag_last, MPI_REQUEST_NULL});
    if (MPI_Irecv(piece.bytes.data(), count, MPI_BYTE, status.MPI_SOURCE, status.MPI_TAG, s.comm,
                  &piece.request) != MPI_SUCCESS) {
      s.lost.insert(status.MPI_SOURCE);
      s.receiving[status.MPI_SOURCE].pop_back();
      return;
    }
  }
}

// NOLINTEND(clang-analyzer-optin.mpi.MPI-Checker)

void receive(void* context, void (*take)(void* context, int from, const void* bytes, std::uint64_t count)) {
  State& s = state();
  move_on_sending(s);
  begin_receiving(s);
  for (auto& [from, pieces] : s.receiving) {
    while (!pieces.empty()) {
      int done = 0;
      if (MPI_Test(&pieces.front().request, &done, MPI_STATUS_IGNORE) != MPI_SUCCESS) s.lost.insert(from);
      if (done == 0) break;
      const Receiving piece = std::move(pieces.front());
      pieces.pop_front();
      std::string& message = s.begun[from];
      message += piece.bytes;
      if (!piece.last) continue;
      const std::string whole = std::move(message);
      s.begun.erase(from);
      take(context, from, whole.data(), whole.size());
    }
  }
}

int unsent() {
  State& s = state();
  move_on_sending(s);
  int count = 0;
  for (const Sending& sent : s.sending) count += s.lost.count(sent.to) > 0 ? 0 : 1;
  return count;
}

void finish() {
  MPI_Finalize();
}

}  // namespace
}  // namespace symscan

extern "C" __attribute__((visibility("default"))) const symscan::MpiApi* symscan_mpi_api() {
  using namespace symscan;
  static const MpiApi api = {mpi_api_layout(), start, library, send, receive, unsent, finish};
  return &api;
}
