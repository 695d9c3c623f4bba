#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cstdio>
#include <filesystem>
#include <future>

#include "host/base/cores.hpp"
#include "host/cli/commands.hpp"
#include "host/cli/dry_run.hpp"
#include "host/cli/outputs.hpp"
#include "host/cli/progress.hpp"
#include "host/cli/signals.hpp"
#include "host/cli/timings.hpp"
#include "host/cli/train_input.hpp"
#include "host/cli/train_ranks.hpp"
#include "host/device/seconds.hpp"
#include "host/findings/analysis_file.hpp"
#include "host/library/run_outputs.hpp"
#include "host/library/sweep_training.hpp"
#include "host/store/run_directory.hpp"

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

std::filesystem::path run_path(const TrainOptions& options, const SweepConfig& sweep) {
  if (!options.out.empty()) return options.out;
  return std::filesystem::path("runs") / folder_name(sweep.name);
}

RunDirectory::Mode run_mode(const TrainOptions& options) {
  if (options.resume) return RunDirectory::Mode::resume;
  return options.overwrite ? RunDirectory::Mode::overwrite : RunDirectory::Mode::fresh;
}

std::size_t count_of(const RunResults& results, ReplicaRecord::Status status) {
  return static_cast<std::size_t>(
      std::count_if(results.replicas.begin(), results.replicas.end(),
                    [&](const ReplicaRecord& record) { return record.status == status; }));
}

/// One call of `symscan train`.
class TrainCommand {
 public:
  TrainCommand(const TrainOptions& options, const TrainingChoice& choice)
      : options_(options),
        talkative_(!options.quiet && !options.json),
        input_(read_sweep(options), choice),
        path_(run_path(options, input_.sweep())) {}

  ExitCode run();

 private:
  void read_input();
  void announce_layers() const;
  bool train(RunDirectory& run);
  ExitCode finish(RunDirectory& run);
  void write_outputs(const RunResults& results, RunDirectory& run);
  std::optional<Findings> analyse_quickly(const RunResults& results, RunDirectory& run) const;
  std::optional<Findings> earlier_findings(const RunResults& results) const;
  void write_timings(const RunDirectory& run) const;
  void print_end(std::size_t replicas, std::size_t failed, std::size_t skipped) const;

  const TrainOptions& options_;
  const bool talkative_;  ///< prints more than errors, warnings and what a script reads
  Timings timings_;
  SweepInput input_;
  const std::filesystem::path path_;
  std::vector<DatasetRows> rows_;
  SweepProgress progress_;
  DeviceTimes device_times_;
};

ExitCode TrainCommand::run() {
  check_logs({path_, options_.logs}, input_.sweep());
  if (!options_.dry_run) RunDirectory::check(path_, run_mode(options_));
  read_input();
  if (options_.dry_run) {
    print_dry_run(input_);
    return ExitCode::done;
  }
  announce_layers();
  RunDirectory run(path_, run_mode(options_), input_.sweep(), input_.backend().name());
  const auto& records = input_.data().records;
  for (std::size_t d = 0; d < records.size(); ++d) run.record_dataset(static_cast<int>(d), records[d]);
  InterruptGuard::defer();
  if (options_.retry_failed) run.ledger().retry_failed();
  const bool complete = train(run);
  write_timings(run);
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
  observer.after_saving = [] { InterruptGuard::set_saving(false); };
  observer.warn = [](const std::string& sentence) {
    std::fprintf(stderr, "%ssymscan: warning: %s\n", isatty(STDERR_FILENO) != 0 ? "\n" : "",
                 sentence.c_str());
  };
  SweepTraining training(input_, run.ledger(), {path_, options_.logs});
  const bool complete = training.run(observer, InterruptGuard::requested());
  progress_ = training.progress();
  device_times_ = training.device_times();
  display.finish(progress_);
  rows_ = input_.take_rows();
  return complete;
}

void TrainCommand::write_timings(const RunDirectory& run) const {
  if (progress_.replicas == 0) return;
  run.check_still_there();
  timings_.write(path_, progress_, input_.backend(), input_.choice().threads, device_times_);
}

ExitCode TrainCommand::finish(RunDirectory& run) {
  Timings::Stage loading(timings_, "read ledger");
  const RunResults results = load_results(run.ledger());
  loading.end();
  write_outputs(results, run);
  write_timings(run);
  const std::size_t failed = count_of(results, ReplicaRecord::Status::failed);
  print_end(results.replicas.size(), failed, count_of(results, ReplicaRecord::Status::skipped));
  return failed > 0 ? ExitCode::some_failed : ExitCode::done;
}

/// The analysis goes on while the files are written; the report needs its result.
void TrainCommand::write_outputs(const RunResults& results, RunDirectory& run) {
  double files_seconds = 0;
  SampleMeasures measures;
  std::future<void> files = std::async(std::launch::async | std::launch::deferred, [&] {
    const AddSeconds timed(files_seconds);
    measures = sample_measures(results, run.ledger(), input_.choice().threads);
    run.check_still_there();
    write_results(path_, results, measures, run.ledger());
  });
  if (talkative_) print_results(results);
  print_failures(results, talkative_ ? stdout : stderr);
  std::optional<Findings> findings;
  if (!options_.no_analysis) {
    const Timings::Stage stage(timings_, "analysis");
    findings = progress_.replicas == 0 ? earlier_findings(results) : std::nullopt;
    if (!findings)
      findings = analyse_quickly(results, run);
    else if (talkative_)
      print_findings(*findings);
  }
  {
    const Timings::Stage stage(timings_, "wait for files");
    files.get();
  }
  timings_.add("files", "analysis", files_seconds);
  if (!options_.no_report) {
    const Timings::Stage stage(timings_, "report");
    if (!findings) findings = earlier_findings(results);
    run.check_still_there();
    WorkDisplay display(options_.quiet);
    display.show("writing report", 0);
    write_report(path_, results, measures, run.ledger(), findings ? &*findings : nullptr);
    display.finish();
  }
}

/// What an earlier analysis of these results found: a full one is not replaced by a quick one. A file that
/// cannot be used is mentioned where it stays.
std::optional<Findings> TrainCommand::earlier_findings(const RunResults& results) const {
  try {
    return read_findings(path_, results);
  } catch (const Error& problem) {
    if (options_.no_analysis || results.replicas.size() > most_quick_replicas)
      std::fprintf(stderr, "symscan: warning: %s\n", problem.what());
    return std::nullopt;
  }
}

/// None if the analysis would take a while.
std::optional<Findings> TrainCommand::analyse_quickly(const RunResults& results, RunDirectory& run) const {
  if (results.replicas.size() > most_quick_replicas) {
    if (!options_.quiet)
      std::fprintf(stderr,
                   "symmetries and constraints of so many trainings take a while: symscan analyze %s\n",
                   path_.c_str());
    return std::nullopt;
  }
  FindingsOptions quick = quick_findings(input_.choice().threads);
  WorkDisplay display(options_.quiet);
  quick.progress = display.of_analysis();
  Findings findings = analyse(results, run.ledger(), quick, rows_);
  display.finish();
  run.check_still_there();
  write_findings(path_, findings);
  if (talkative_) print_findings(findings);
  return findings;
}

void TrainCommand::print_end(std::size_t replicas, std::size_t failed, std::size_t skipped) const {
  if (talkative_) {
    std::printf("\nrun directory: %s\n", path_.c_str());
    if (!options_.no_report) std::printf("report:        %s\n", (path_ / "report.html").c_str());
  }
  if (options_.json) {
    std::printf("%s\n", Json{{"run_directory", path_.string()},
                             {"replicas", replicas},
                             {"failed", failed},
                             {"skipped", skipped},
                             {"summary", (path_ / "summary.json").string()}}
                            .dump(-1, ' ', false, Json::error_handler_t::replace)
                            .c_str());
  }
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
