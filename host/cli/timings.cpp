#include "host/cli/timings.hpp"

#include <sys/resource.h>

#include <ctime>

#include "host/base/file.hpp"
#include "host/base/json.hpp"

namespace symscan {

double Timings::Stage::cpu_now() {
  timespec now = {};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

void Timings::Stage::end() {
  if (ended_) return;
  ended_ = true;
  entry_.seconds = std::chrono::duration<double>(Clock::now() - begin_).count();
  entry_.cpu_seconds = cpu_now() - cpu_begin_;
  timings_.stages_.push_back(entry_);
}

void Timings::write(const std::filesystem::path& run, const SweepProgress& progress, const Backend& backend,
                    int threads, const DeviceTimes& device) const {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const bool on_cpu = backend.api == nullptr;
  Json stages = Json::array();
  for (const Stage::Entry& entry : stages_) {
    Json stage = {{"stage", entry.name}, {"seconds", entry.seconds}};
    if (entry.cpu_seconds >= 0) stage["cpu_seconds"] = entry.cpu_seconds;
    if (*entry.beside != '\0') stage["beside"] = entry.beside;
    stages.push_back(std::move(stage));
  }
  Json timings = {
      {"backend", backend.name()},
      {on_cpu ? "threads" : "devices", on_cpu ? static_cast<std::size_t>(threads) : backend.devices.size()},
      {"replicas", progress.finished},
      {"steps", progress.steps_trained},
      {"training_seconds", progress.seconds},
      {"steps_per_second",
       progress.seconds > 0 ? static_cast<double>(progress.steps_trained) / progress.seconds : 0},
      {"largest_memory_bytes", usage.ru_maxrss * 1024LL},
      {"wall_seconds", std::chrono::duration<double>(Stage::Clock::now() - begin_).count()},
      {"stages", stages}};
  if (!on_cpu) {
    timings["device_seconds"] = {{"open", device.open},
                                 {"add", device.add},
                                 {"training", device.training},
                                 {"evaluation", device.evaluation},
                                 {"results", device.results},
                                 {"checkpoints", device.checkpoints},
                                 {"prepare_beside", device.prepare}};
    timings["slices"] = device.slices;
  }
  write_file_atomically(run / "timings.json", timings.dump(2) + "\n");
}

}  // namespace symscan
