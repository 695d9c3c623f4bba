#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <future>
#include <thread>

#include "host/base/file.hpp"
#include "host/cli/commands.hpp"
#include "host/cli/dry_run.hpp"
#include "host/cli/group_shapes.hpp"
#include "host/cli/outputs.hpp"
#include "host/cli/progress.hpp"
#include "host/cli/signals.hpp"
#include "host/cli/timings.hpp"
#include "host/cli/train_input.hpp"
#include "host/device/device_plan.hpp"
#include "host/device/device_sweep.hpp"
#include "host/device/seconds.hpp"
#include "host/findings/analysis_file.hpp"
#include "host/findings/findings.hpp"
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

/// What only the data can tell about a config, before anything is trained.
void check_against_data(const std::vector<GroupShape>& groups) {
  const double memory =
      static_cast<double>(sysconf(_SC_PHYS_PAGES)) * static_cast<double>(sysconf(_SC_PAGE_SIZE));
  for (const GroupShape& group : groups) {
    const ReplicaConfig& config = *group.config;
    if (config.train.early_stopping && validation_rows(config.train, group.rows) == 0) {
      throw ConfigError("train.early_stopping needs validation rows, and a fraction of " +
                        Json(config.train.validation_fraction).dump() + " of " + std::to_string(group.rows) +
                        " rows is none; raise train.validation_fraction");
    }
    check_network_size(config.model, group.features);
    const auto needed =
        static_cast<double>(CpuReplica::memory(group.network(), config.train.early_stopping.has_value()));
    if (needed > memory) {
      throw ConfigError(describe_replica(config) + " needs " + bytes_text(needed) +
                        " of memory, this machine has " + bytes_text(memory) + "; make model.hidden smaller");
    }
  }
}

void check_executor() {
  const char* wanted = std::getenv("SYMSCAN_CPU");
  if (wanted != nullptr && std::string(wanted) != cpu_backend().name) {
    throw UsageError(
        "SYMSCAN_CPU is '" + std::string(wanted) +
        "', which this processor cannot run or symscan does not have; symscan doctor lists the choices");
  }
}

/// Refuses what only CUDA devices have when the run uses the CPU.
void check_against_cpu(const SweepConfig& sweep, const Backend& backend, std::optional<Tier> tier,
                       bool generate_on_device) {
  if (backend.api != nullptr) return;
  if (generate_on_device) {
    throw UsageError("--generate-on-device is for CUDA devices, and this run uses the CPU: " +
                     backend.why_cpu);
  }
  if (tier) throw UsageError("--tier is for CUDA devices, and this run uses the CPU: " + backend.why_cpu);
  for (const ReplicaConfig& config : sweep.replicas) {
    if (config.train.precision == Precision::fp32) continue;
    throw ConfigError("train.precision " + to_string(config.train.precision) +
                      " needs the tensor cores of a CUDA device, and this run uses the CPU: " +
                      backend.why_cpu + "; set train.precision to fp32");
  }
}

/// Opens the devices' contexts on a thread of its own, which takes most of a second, while the data are read.
std::shared_future<Backend> find_backend(const DeviceChoice& choice, const SweepConfig& sweep,
                                         std::optional<Tier> tier, bool generate_on_device, double& seconds) {
  return std::async(std::launch::async, [=, &sweep, &seconds] {
    const AddSeconds timed(seconds);
    Backend backend = choose_backend(choice);
    check_against_cpu(sweep, backend, tier, generate_on_device);
    return backend;
  });
}

/// Loads the data while a backend is looked for. An error of the backend comes first: it is known first.
LoadedData load_beside(const std::shared_future<Backend>& found, const DatasetIndex& index, bool quiet,
                       Timings& timings) {
  const Timings::Stage stage(timings, "data");
  try {
    return load_data(index, quiet, [&] {
      if (found.wait_for(std::chrono::seconds(0)) == std::future_status::ready) (void)found.get();
    });
  } catch (...) {
    (void)found.get();
    throw;
  }
}

/// Tells which replicas will not have the CPU's bits for want of room in a block.
void announce_layers(const SweepConfig& sweep, const std::vector<GroupShape>& groups, const Backend& backend,
                     std::optional<Tier> tier) {
  std::size_t count = 0;
  const DeviceInfo& info = backend.devices.front().info;
  for (const GroupShape& group : groups) {
    const DevicePlan plan = plan_on_device(*group.config, group.network(), group.rows, sweep.replicas.size(),
                                           tier, info.limits, info.free_memory);
    if (plan.training.tier == Tier::layered || plan.evaluation.tier == Tier::layered) count += group.replicas;
  }
  if (count == 0) return;
  std::fprintf(stderr,
               "note: %zu of %zu replicas train by layers (tier layered): their sums have another order than "
               "on the CPU, results agree within rounding\n",
               count, sweep.replicas.size());
}

/// Whether every network can have the tier that was asked for, on every device.
void check_tier(const SweepConfig& sweep, const std::vector<GroupShape>& groups, const Backend& backend,
                Tier tier) {
  for (const GroupShape& group : groups) {
    const Network network = group.network();
    for (const UsableDevice& device : backend.devices)
      (void)plan_on_device(*group.config, network, group.rows, sweep.replicas.size(), tier,
                           device.info.limits, device.info.free_memory);
  }
}

/// Trains what the ledger does not call finished. False: interrupted.
bool train_pending(RunDirectory& run, const SweepConfig& sweep, const DatasetIndex& index,
                   const LoadedData& data, const TrainOptions& options, const Backend& backend,
                   std::optional<Tier> tier, int threads, SweepProgress& last, DeviceTimes& times) {
  Ledger& ledger = run.ledger();
  if (options.retry_failed) ledger.retry_failed();
  const auto statuses = ledger.statuses();
  std::vector<const ReplicaConfig*> pending;
  std::map<int, std::string> checkpoints;
  for (const ReplicaConfig& config : sweep.replicas) {
    if (statuses[config.id] != ReplicaRecord::Status::pending) continue;
    pending.push_back(&config);
    if (auto saved = ledger.checkpoint(config.id)) checkpoints.emplace(config.id, std::move(*saved));
  }
  ProgressDisplay display(options.quiet);
  SweepObserver observer;
  observer.begin_batch = [&] {
    run.check_still_there();
    ledger.begin();
  };
  observer.end_batch = [&] { ledger.commit(); };
  observer.finished = [&](const ReplicaConfig& config, const ReplicaResult& result) {
    ledger.finish(config, result);
  };
  observer.checkpoint = [&](const ReplicaConfig& config, const std::string& blob) {
    ledger.save_checkpoint(config.id, blob);
  };
  observer.tick = [&](const SweepProgress& progress) {
    last = progress;
    display.show(progress);
  };
  const auto data_of = [&](const ReplicaConfig& config) -> const PreparedData& {
    return data.prepared[index.of_replica[config.id]];
  };
  if (pending.empty()) return true;
  const SweepOptions sweep_options = {threads, options.checkpoint_seconds};
  const std::atomic<bool>& stop = InterruptGuard::requested();
  bool complete = false;
  if (backend.api == nullptr) {
    complete = run_sweep(pending, data_of, checkpoints, sweep_options, stop, observer);
  } else {
    const auto warn = [](const std::string& sentence) {
      std::fprintf(stderr, "%ssymscan: %s\n", isatty(STDERR_FILENO) != 0 ? "\n" : "", sentence.c_str());
    };
    complete =
        run_device_sweep({*backend.api, backend.devices, tier, options.generate_on_device, warn, &times},
                         pending, data_of, checkpoints, sweep_options, stop, observer);
  }
  display.finish(last);
  return complete;
}

/// What `symscan analyze` does, with fewer points, seeds and no tests of transformations that nobody named.
std::optional<Findings> analyse_quickly(const std::filesystem::path& path, const RunResults& results, Ledger& ledger,
                     const TrainOptions& options, int threads) {
  constexpr std::size_t most_replicas = 5000;
  if (results.replicas.size() > most_replicas) {
    std::fprintf(stderr, "symmetries and constraints of so many trainings take a while: symscan analyze %s\n",
                 path.c_str());
    return read_findings(path);
  }
  FindingsOptions quick;
  quick.natural_candidates = false;
  quick.test_points = 500;
  quick.most_seeds = 3;
  quick.threads = threads;
  Findings findings = analyse(results, ledger, quick);
  write_findings(path, findings);
  if (!options.quiet && !options.json) print_findings(findings);
  return findings;
}

}  // namespace

ExitCode train_command(const TrainOptions& options) {
  const DeviceChoice device = parse_device(options.device);
  const std::optional<Tier> tier = parse_tier(options.tier);
  if (options.resume && options.overwrite) throw UsageError("--resume and --overwrite exclude each other");
  if (options.retry_failed && !options.resume) throw UsageError("--retry-failed goes with --resume");
  check_executor();
  InterruptGuard interrupts;
  Timings timings;
  const SweepConfig sweep = read_sweep(options);
  double device_seconds = 0;
  const std::shared_future<Backend> found =
      find_backend(device, sweep, tier, options.generate_on_device, device_seconds);
  const DatasetIndex index = index_datasets(sweep);
  const int cores = static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
  const int threads = options.threads > 0 ? options.threads : cores;
  const std::filesystem::path path = options.out.empty()
                                         ? std::filesystem::path("runs") / folder_name(sweep.name)
                                         : std::filesystem::path(options.out);
  const auto mode = options.resume      ? RunDirectory::Mode::resume
                    : options.overwrite ? RunDirectory::Mode::overwrite
                                        : RunDirectory::Mode::fresh;
  if (!options.dry_run) RunDirectory::check(path, mode);
  LoadedData data = load_beside(found, index, options.quiet, timings);
  const Backend& backend = found.get();
  if (!backend.warning.empty()) std::fprintf(stderr, "symscan: warning: %s\n", backend.warning.c_str());
  timings.add("device", "data", device_seconds);
  const std::vector<GroupShape> groups = group_shapes(sweep, index, data.prepared);
  check_against_data(groups);
  if (tier) check_tier(sweep, groups, backend, *tier);
  if (options.dry_run) {
    double bytes = 0;
    for (const PreparedData& prepared : data.prepared)
      bytes += static_cast<double>(prepared.values.size()) * sizeof(float);
    if (backend.api == nullptr) {
      print_dry_run(sweep, groups, bytes, threads);
    } else {
      print_device_dry_run(sweep, groups, bytes, backend, tier);
    }
    return ExitCode::done;
  }
  if (backend.api != nullptr && !options.quiet) announce_layers(sweep, groups, backend, tier);
  RunDirectory run(path, mode, sweep, backend.name());
  for (std::size_t d = 0; d < data.records.size(); ++d)
    run.record_dataset(static_cast<int>(d), data.records[d]);
  interrupts.defer();
  SweepProgress progress;
  DeviceTimes times;
  Timings::Stage training(timings, "training");
  const bool complete =
      train_pending(run, sweep, index, data, options, backend, tier, threads, progress, times);
  training.end();
  if (progress.replicas > 0) timings.write(path, progress, backend, threads, times);
  data = LoadedData();  // the analysis reads a dataset again, one after the other
  if (!complete) {
    std::fprintf(stderr,
                 "interrupted; everything done so far is in %s (go on with the same command and --resume)\n",
                 path.c_str());
    return ExitCode::interrupted;
  }
  Timings::Stage loading(timings, "read ledger");
  const RunResults results = load_results(run.ledger());
  loading.end();
  double files_seconds = 0;
  std::future<void> files = std::async(std::launch::async, [&] {
    const AddSeconds timed(files_seconds);
    write_results(path, results, run.ledger());
  });
  std::size_t failed = 0;
  for (const ReplicaRecord& record : results.replicas)
    failed += record.status == ReplicaRecord::Status::failed ? 1 : 0;
  if (!options.quiet && !options.json) print_results(results);
  std::optional<Findings> findings;
  if (!options.no_analysis) {
    const Timings::Stage analysis(timings, "analysis");
    findings = analyse_quickly(path, results, run.ledger(), options, threads);
  } else if (!options.no_report) {
    findings = read_findings(path);
  }
  {
    const Timings::Stage waiting(timings, "wait for files");
    files.get();
  }
  timings.add("files", "analysis", files_seconds);
  if (!options.no_report) {
    const Timings::Stage report(timings, "report");
    write_report(path, results, run.ledger(), findings ? &*findings : nullptr);
  }
  if (progress.replicas > 0) timings.write(path, progress, backend, threads, times);
  if (!options.quiet && !options.json) {
    std::printf("\nrun directory: %s\n", path.c_str());
    if (!options.no_report) std::printf("report:        %s\n", (path / "report.html").c_str());
  }
  if (options.json) {
    std::printf("%s\n", Json{{"run_directory", path.string()},
                             {"replicas", results.replicas.size()},
                             {"failed", failed},
                             {"summary", (path / "summary.json").string()}}
                            .dump(-1, ' ', false, Json::error_handler_t::replace)
                            .c_str());
  }
  return failed > 0 ? ExitCode::some_failed : ExitCode::done;
}

ExitCode report_command(const std::string& run) {
  Ledger ledger = Ledger::open(ledger_file(run), true);
  const RunResults results = load_results(ledger);
  const std::optional<Findings> findings = read_findings(run);
  write_report(run, results, ledger, findings ? &*findings : nullptr);
  std::printf("%s\n", (std::filesystem::path(run) / "report.html").c_str());
  return ExitCode::done;
}

}  // namespace symscan
