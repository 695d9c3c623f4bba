#pragma once
#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "host/device/backend.hpp"
#include "host/device/device_sweep.hpp"
#include "host/train/sweep.hpp"

namespace symscan {

/// Where the time of `train` goes, for timings.json.
class Timings {
 public:
  /// A stage of the command, from its construction to end() or the end of its life.
  class Stage {
   public:
    Stage(Timings& timings, const char* name, const char* beside = "")
        : timings_(timings), entry_{name, beside, 0, 0} {}
    ~Stage() { end(); }
    Stage(const Stage&) = delete;
    Stage& operator=(const Stage&) = delete;
    void end();

   private:
    friend class Timings;
    using Clock = std::chrono::steady_clock;
    struct Entry {
      const char *name, *beside;
      double seconds, cpu_seconds;
    };
    static double cpu_now();  ///< of the process

    Timings& timings_;
    Entry entry_;
    Clock::time_point begin_ = Clock::now();
    double cpu_begin_ = cpu_now();
    bool ended_ = false;
  };

  /// A stage that another thread has measured.
  void add(const char* name, const char* beside, double seconds) {
    stages_.push_back({name, beside, seconds, -1});
  }

  /// Writes timings.json: {"backend", "threads" or "devices", "replicas", "steps", "training_seconds",
  /// "steps_per_second", "largest_memory_bytes", "wall_seconds": since the program began its work, "stages":
  /// [{"stage", "seconds", "cpu_seconds", "beside"}], on devices "device_seconds": {...}}. A stage with
  /// "beside" ran while that other one did, and adds to the wall time only where it took longer. cpu_seconds
  /// are the whole process's, of all its threads. device_seconds are parts of the stage "training", see
  /// DeviceTimes.
  void write(const std::filesystem::path& run, const SweepProgress& progress, const Backend& backend,
             int threads, const DeviceTimes& device) const;

 private:
  std::vector<Stage::Entry> stages_;
  Stage::Clock::time_point begin_ = Stage::Clock::now();
};

}  // namespace symscan
