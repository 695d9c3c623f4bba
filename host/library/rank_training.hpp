#pragma once
#include <functional>
#include <string>

#include "host/device/device_sweep.hpp"
#include "host/library/sweep_input.hpp"
#include "host/mpi/rank_crew.hpp"
#include "host/mpi/rank_worker.hpp"

namespace symscan {

/// How this process trains what it is given: on its threads or its devices. `input` and `data` must stay
/// valid; `warn` takes sentences; `times` (if any) is added to.
LocalTraining local_training(const SweepInput& input, const DataOf& data,
                             const std::function<void(const std::string&)>& warn, DeviceTimes* times);

/// What a rank says of itself; `input` is loaded and opened.
Greeting greeting_of(const SweepInput& input);

/// Throws Error if a rank has another program, config or data than this one, or rounds differently.
void check_greeting(const SweepInput& input, const Greeting& greeting);

/// Trains what rank 0 hands out, on another rank, until Ranks ends it. `stopped` is called when the
/// checkpoints of an interrupted training are on their way.
void work_for_rank_0(Ranks& ranks, const SweepInput& input, const std::atomic<bool>& stop,
                     const std::function<void()>& stopped);

/// What a rank trains with unless its user says otherwise: its part of the cores of the machine.
int threads_of_rank(const MpiPlace& place);

}  // namespace symscan
