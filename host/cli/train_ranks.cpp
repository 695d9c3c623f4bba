#include "host/cli/train_ranks.hpp"

#include <unistd.h>

#include <cstdio>
#include <cstdlib>

#include "host/cli/errors.hpp"
#include "host/cli/signals.hpp"
#include "host/cli/train_input.hpp"
#include "host/library/rank_training.hpp"
#include "host/mpi/mpi_plugin.hpp"

namespace symscan {
namespace {

constexpr const char* trains_alone = "; with SYMSCAN_MPI=off each process trains by itself";

/// SYMSCAN_MPI_TIMEOUT: seconds after which a silent rank is lost.
double lost_after() {
  const char* text = std::getenv("SYMSCAN_MPI_TIMEOUT");
  const double seconds = text != nullptr ? std::strtod(text, nullptr) : 0;
  return seconds > 0 ? seconds : Ranks::Settings{}.lost_after;
}

/// Of a rank other than 0. Nothing is its own that would have to be saved.
[[noreturn]] void end_process(const RankEnd& end) {
  if (end.rank_0_is_lost)
    std::fprintf(stderr,
                 "symscan: rank 0 does not answer any more; go on from the last checkpoint with the same "
                 "command and --resume\n");
  _exit(static_cast<int>(end.code));
}

[[noreturn]] void work_on_rank(Ranks& ranks, const TrainOptions& options, const TrainingChoice& choice) {
  try {
    SweepInput input(read_sweep(options), choice);
    input.load(loading_hooks(true));
    const Backend& backend = input.open_backend();
    if (!backend.warning.empty())
      std::fprintf(stderr, "symscan: rank %d: warning: %s\n", ranks.rank(), backend.warning.c_str());
    input.check();
    InterruptGuard::defer();
    // Rank 0 saves the checkpoints, which is waited for as if this process did.
    work_for_rank_0(ranks, input, InterruptGuard::requested(), [] { InterruptGuard::set_saving(true); });
  } catch (...) {
    const ToldError error = describe_error();
    ranks.send(0, to_bytes(RankFailed{error.sentence, error.code}));
  }
  while (true) ::pause();  // rank 0 ends this process
}

}  // namespace

std::unique_ptr<Ranks> join_ranks() {
  const int launched = launched_processes();
  if (launched == 1) return nullptr;
  const std::string processes = "a launcher of MPI started " + std::to_string(launched) + " processes, and ";
  const MpiPlugin& plugin = mpi_plugin();
  if (plugin.api == nullptr)
    throw UsageError(processes + plugin.why_not +
                     (plugin.built ? "" : ": install libopenmpi-dev and run make build") + trains_alone);
  auto ranks = std::make_unique<Ranks>(*plugin.api, Ranks::Settings{lost_after(), end_process});
  if (ranks->size() != launched)
    throw UsageError(processes + plugin.api->library() + " of the plugin sees " +
                     std::to_string(ranks->size()) + "; start them with the launcher of that library" +
                     trains_alone);
  return ranks;
}

ExitCode train_on_ranks(Ranks& ranks, const TrainOptions& options, TrainingChoice& choice,
                        const std::function<ExitCode()>& train) {
  const MpiPlace& place = ranks.place();
  if (options.threads <= 0) choice.threads = threads_of_rank(place);
  choice.device.part = place.node_rank;
  choice.device.parts = place.node_size;
  if (place.rank > 0) work_on_rank(ranks, options, choice);
  choice.ranks = &ranks;
  ExitCode code = ExitCode::done;
  try {
    code = train();
  } catch (...) {
    const ToldError error = describe_error();
    std::fprintf(stderr, "symscan: %s\n", error.sentence.c_str());
    code = error.code;
  }
  // Launchers send signals to the ranks left when the first ends with another code than 0.
  InterruptGuard::defer();
  InterruptGuard::set_saving(true);
  ranks.finish(code);
  InterruptGuard::ignore();
  return code;
}

}  // namespace symscan
