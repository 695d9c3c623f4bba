#include <unistd.h>

#include <cctype>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <utility>

#include "host/base/cores.hpp"
#include "host/base/text.hpp"
#include "host/cli/commands.hpp"
#include "host/cli/dry_run.hpp"
#include "host/cli/progress.hpp"
#include "host/cli/run_end.hpp"
#include "host/cli/signals.hpp"
#include "host/cli/timings.hpp"
#include "host/cli/train_input.hpp"
#include "host/cli/train_ranks.hpp"
#include "host/library/sharding.hpp"
#include "host/library/sweep_training.hpp"
#include "host/store/run_directory.hpp"
#include "host/store/scratch.hpp"

namespace symscan {
namespace {

std::string folder_name(const std::string& name) {
  std::string folder = name;
  for (char& c : folder) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80 && std::isalnum(byte) == 0 && c != '-' && c != '_' && c != '.') c = '-';
  }
  folder.erase(0, folder.find_first_not_of('-'));
  return folder.empty() || folder.find_first_not_of('.') == std::string::npos ? "run" : folder;
}

TrainingChoice choice_of(const TrainOptions& options) {
  TrainingChoice choice;
  choice.device = parse_device(options.device);
  choice.tier = parse_tier(options.tier);
  choice.generate_on_device = options.generate_on_device;
  choice.threads = threads_or_all_cores(options.threads);
  choice.checkpoint_seconds = options.checkpoint_seconds;
  return choice;
}

void check_options(const TrainOptions& options) {
  if (options.resume && options.overwrite) throw UsageError("--resume and --overwrite exclude each other");
  if (options.retry_failed && !options.resume) throw UsageError("--retry-failed goes with --resume");
}

std::filesystem::path run_path(const TrainOptions& options, const SweepConfig& sweep,
                               const std::optional<Shard>& shard) {
  if (!options.out.empty()) return options.out;
  const std::filesystem::path run = std::filesystem::path("runs") / folder_name(sweep.name);
  return shard ? run / folder_of(*shard) : run;
}

RunDirectory::Mode run_mode(const TrainOptions& options) {
  if (options.resume) return RunDirectory::Mode::resume;
  return options.overwrite ? RunDirectory::Mode::overwrite : RunDirectory::Mode::fresh;
}

/// One call of `symscan train`.
class TrainCommand {
 public:
  TrainCommand(const TrainOptions& options, const TrainingChoice& choice)
      : options_(options),
        shard_given_(options.shard.empty() ? std::nullopt : std::optional(parse_shard(options.shard))),
        input_(read_sweep(options), choice),
        path_(run_path(options, input_.sweep(), shard_given_)) {}

  ExitCode run();

 private:
  void read_input();
  void announce_layers() const;
  bool train(RunDirectory& run);
  bool train_somewhere(RunDirectory& run);
  ExitCode finish(RunDirectory& run);
  ExitCode end_shard(RunDirectory& run) const;
  void write_timings(const RunDirectory& run) const;
  /// Where the run is trained.
  const std::filesystem::path& place() const { return scratch_ ? scratch_->run() : path_; }
  void save_scratch(RunDirectory& run);
  void save_scratch_while_training(RunDirectory& run);

  const TrainOptions& options_;
  const std::optional<Shard> shard_given_;
  Timings timings_;
  SweepInput input_;
  const std::filesystem::path path_;
  std::optional<Scratch> scratch_;
  bool told_of_scratch_ = false;    ///< that a copy failed
  std::optional<ShardPlan> shard_;  ///< once the data are known
  std::vector<DatasetRows> rows_;
  SweepProgress progress_;
  DeviceTimes device_times_;
};

ExitCode TrainCommand::run() {
  check_logs({path_, options_.logs}, input_.sweep());
  if (!options_.dry_run) RunDirectory::check(path_, run_mode(options_));
  read_input();
  if (shard_given_) shard_ = plan_shard(input_, *shard_given_);
  if (options_.dry_run) {
    print_dry_run(input_);
    if (shard_) print_shard(*shard_, input_);
    return ExitCode::done;
  }
  announce_layers();
  if (!options_.scratch.empty()) {
    constexpr double checkpoints_per_copy = 12;
    scratch_.emplace(options_.scratch, path_, run_mode(options_),
                     checkpoints_per_copy * options_.checkpoint_seconds);
  }
  RunDirectory run(place(), scratch_ ? scratch_->mode() : run_mode(options_), input_.sweep(),
                   input_.backend().name(), shard_ ? &shard_->replicas : nullptr);
  const auto& records = input_.data().records;
  for (std::size_t d = 0; d < records.size(); ++d) run.record_dataset(static_cast<int>(d), records[d]);
  InterruptGuard::defer();
  if (scratch_) {
    InterruptGuard::wait_for_saving();  // what is trained since the last copy is on this disk alone
    scratch_->save(run.ledger());
  }
  if (options_.retry_failed) run.ledger().retry_failed();
  const bool complete = train_somewhere(run);
  InterruptGuard::end_at_once();
  if (complete && !InterruptGuard::requested()) return finish(run);
  std::fprintf(stderr,
               "interrupted; everything done so far is in %s (go on with the same command and --resume)\n",
               path_.c_str());
  return ExitCode::interrupted;
}

/// Loads the data while the devices' contexts are opened.
void TrainCommand::read_input() {
  if (!options_.quiet)
    for (const std::string& note : input_.sweep().notes) std::fprintf(stderr, "note: %s\n", note.c_str());
  {
    const Timings::Stage stage(timings_, "data");
    input_.load(loading_hooks(options_.quiet));
  }
  const Backend& backend = input_.open_backend();
  if (!backend.warning.empty()) std::fprintf(stderr, "symscan: warning: %s\n", backend.warning.c_str());
  timings_.add("device", "data", input_.device_seconds());
  input_.check();
}

/// Tells which replicas will not have the CPU's bits for want of room in a block.
void TrainCommand::announce_layers() const {
  const std::size_t count = options_.quiet ? 0 : input_.layered_replicas();
  if (count == 0) return;
  std::fprintf(stderr,
               "note: %zu of %zu replicas train by layers (tier layered): their sums have another order than "
               "on the CPU, results agree within rounding\n",
               count, input_.sweep().replicas.size());
}

/// False: interrupted.
bool TrainCommand::train(RunDirectory& run) {
  const Timings::Stage stage(timings_, "training");
  ProgressDisplay display(options_.quiet);
  TrainingObserver observer;
  observer.progress = [&](const SweepProgress& progress) { display.show(progress); };
  observer.before_saving = [&] {
    InterruptGuard::set_saving(true);
    run.check_still_there();
  };
  observer.after_saving = [&] {
    if (scratch_ && scratch_->is_due()) save_scratch_while_training(run);
    InterruptGuard::set_saving(false);
  };
  observer.warn = [](const std::string& sentence) {
    std::fprintf(stderr, "%ssymscan: warning: %s\n", isatty(STDERR_FILENO) != 0 ? "\n" : "",
                 sentence.c_str());
  };
  SweepTraining training(input_, run.ledger(), {place(), options_.logs, path_, options_.command});
  const bool complete = training.run(observer, InterruptGuard::requested());
  progress_ = training.progress();
  device_times_ = training.device_times();
  display.finish(progress_);
  rows_ = input_.take_rows();
  return complete;
}

/// train(), on a scratch disk: what is trained there does not stay there, whatever goes wrong.
bool TrainCommand::train_somewhere(RunDirectory& run) {
  const auto train_here = [&] {
    const bool complete = train(run);
    write_timings(run);
    return complete;
  };
  if (!scratch_) return train_here();
  bool complete = false;
  try {
    complete = train_here();
  } catch (...) {
    try {
      save_scratch(run);
    } catch (const Error& error) {
      std::fprintf(stderr, "symscan: warning: %s\n", error.what());
    }
    throw;
  }
  save_scratch(run);
  return complete;
}

void TrainCommand::write_timings(const RunDirectory& run) const {
  if (progress_.replicas == 0) return;
  run.check_still_there();
  timings_.write(place(), progress_, input_.backend(), input_.choice().threads, device_times_);
}

ExitCode TrainCommand::finish(RunDirectory& run) {
  if (shard_) {
    if (scratch_) scratch_->publish(run.ledger());
    return end_shard(run);
  }
  input_.forget_replicas();
  const RunEndOptions options = {
      options_.quiet, options_.json, options_.no_report, options_.no_analysis, input_.choice().threads, {},
      path_};
  return RunEnd(options, run, timings_).write(rows_, progress_.replicas > 0, [&] {
    write_timings(run);
    if (scratch_) scratch_->publish(run.ledger());
  });
}

/// There is no other copy of what is trained.
void TrainCommand::save_scratch(RunDirectory& run) {
  InterruptGuard::set_saving(true);
  scratch_->save_last(run.ledger());
  InterruptGuard::set_saving(false);
}

/// A server that does not answer now may do so later; at the end it must.
void TrainCommand::save_scratch_while_training(RunDirectory& run) {
  try {
    scratch_->save(run.ledger());
  } catch (const Error& error) {
    if (!std::exchange(told_of_scratch_, true))
      std::fprintf(stderr, "symscan: warning: %s; the training goes on, and copying is tried again\n",
                   error.what());
  }
}

/// A shard says nothing about the data: merge does.
ExitCode TrainCommand::end_shard(RunDirectory& run) const {
  auto counts = run.ledger().count_statuses();
  const std::size_t failed = counts["failed"], done = counts["done"];
  if (failed > 0)
    std::fprintf(stderr, "symscan: warning: %s of the shard failed; symscan merge tells which\n",
                 plural(failed, "replica").c_str());
  if (options_.json) {
    std::printf("%s\n", Json{{"run_directory", path_.string()},
                             {"shard", to_string(shard_->replicas.shard)},
                             {"replicas", shard_->replicas.ids.size()},
                             {"failed", failed},
                             {"skipped", counts["skipped"]}}
                            .dump(-1, ' ', false, Json::error_handler_t::replace)
                            .c_str());
  } else if (!options_.quiet) {
    std::printf("shard %s is trained: %s done%s\nrun directory: %s\nsymscan merge joins all shards\n",
                to_string(shard_->replicas.shard).c_str(), plural(done, "replica").c_str(),
                failed > 0 ? (", " + std::to_string(failed) + " failed").c_str() : "", path_.c_str());
  }
  return failed > 0 ? ExitCode::some_failed : ExitCode::done;
}

}  // namespace

ExitCode train_command(const TrainOptions& options) {
  TrainingChoice choice = choice_of(options);
  check_options(options);
  const auto ranks = join_ranks();
  if (ranks == nullptr) return TrainCommand(options, choice).run();
  return train_on_ranks(*ranks, options, choice, [&] { return TrainCommand(options, choice).run(); });
}

}  // namespace symscan
