#include <sys/resource.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <thread>

#include "host/base/file.hpp"
#include "host/cli/commands.hpp"
#include "host/cli/dry_run.hpp"
#include "host/cli/group_shapes.hpp"
#include "host/cli/outputs.hpp"
#include "host/cli/progress.hpp"
#include "host/cli/signals.hpp"
#include "host/data/dataset.hpp"
#include "host/device/device_plan.hpp"
#include "host/device/device_sweep.hpp"
#include "host/findings/findings.hpp"
#include "host/store/run_directory.hpp"

namespace symscan {
namespace {

/// The text, if it can be stored as JSON.
const std::string& utf8(const std::string& text, const char* what) {
  try {
    (void)Json(text).dump();
  } catch (const Json::exception&) {
    throw UsageError(std::string(what) + " has a name that is not UTF-8; rename the file");
  }
  return text;
}

/// Whether a config's dataset is one file. Anything that cannot be told here is told by load_config.
bool reads_a_file(const std::string& config) {
  try {
    const Json document = Json::parse(read_text_file(config), nullptr, false, true);
    return document.is_object() && document.contains("dataset") && document["dataset"].is_object() &&
           document["dataset"].value("kind", "") == "file";
  } catch (const std::exception&) {
    return false;
  }
}

SweepConfig read_sweep(const TrainOptions& options) {
  std::vector<std::string> overrides;
  std::string config;
  for (const std::string& argument : options.arguments) {
    if (argument.find('=') != std::string::npos) {
      overrides.push_back(argument);
    } else if (config.empty()) {
      config = argument;
    } else {
      throw UsageError("two configs given, '" + config + "' and '" + argument +
                       "'; train takes one (settings are " + "written key=value)");
    }
  }
  if (!options.data.empty()) {
    // The data settings of the command line follow, so that dataset.particles=[11,-11] applies to this file.
    const Json file = {{"kind", "file"}, {"path", utf8(options.data, "--data")}};
    // A config that reads a file already says how: only the file changes.
    overrides.insert(overrides.begin(), !config.empty() && reads_a_file(config)
                                            ? "dataset.path=" + file["path"].dump()
                                            : "dataset=" + file.dump());
  }
  std::error_code error;
  if (config.empty()) {
    if (options.data.empty()) {
      throw UsageError("nothing to train on: name a config file or a built-in dataset, or give --data FILE");
    }
    return parse_config(Json::object(), overrides);
  }
  if (!std::filesystem::exists(config, error) && find_builtin_dataset(config) != nullptr) {
    if (!options.data.empty()) {
      throw UsageError("two datasets given, the built-in '" + config + "' and --data '" + options.data +
                       "'; leave one out");
    }
    return parse_config(Json{{"dataset", {{"kind", config}}}}, overrides);
  }
  return load_config(config, overrides);
}

std::string folder_name(const std::string& name) {
  std::string folder = name;
  for (char& c : folder) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80 && std::isalnum(byte) == 0 && c != '-' && c != '_' && c != '.') c = '-';
  }
  folder.erase(0, folder.find_first_not_of('-'));
  return folder.empty() || folder.find_first_not_of('.') == std::string::npos ? "run" : folder;
}

DatasetRecord make_record(const ReplicaConfig& config, const std::string& label, const Table& table,
                          const PreparedData& data) {
  DatasetRecord record;
  record.label = label;
  record.settings = config.dataset;
  record.preprocess = config.preprocess;
  record.fingerprint = data.fingerprint;
  record.rows = table.rows;
  record.columns = table.columns;
  record.notes = table.notes;
  record.notes.insert(record.notes.end(), data.notes.begin(), data.notes.end());
  record.effective_rows = data.effective_rows;
  record.offset = data.offset;
  record.scale = data.scale;
  record.eigenvalues = data.eigenvalues;
  record.constant = data.constant;
  const std::size_t features = table.features();
  const std::size_t count = std::min({table.rows, DatasetRecord::sample_rows,
                                      std::max<std::size_t>(100, DatasetRecord::sample_values / features)});
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t row = i * table.rows / count;
    const auto begin = table.values.begin() + static_cast<std::ptrdiff_t>(row * features);
    record.sample.insert(record.sample.end(), begin, begin + static_cast<std::ptrdiff_t>(features));
  }
  return record;
}

struct LoadedData {
  std::vector<PreparedData> prepared;
  std::vector<DatasetRecord> records;
};

/// Reading a large file takes a while: say that something goes on.
void announce_large_file(const Json& dataset, bool quiet) {
  constexpr double large = 50e6;
  if (quiet || dataset.at("kind") != "file") return;
  std::error_code error;
  const auto path = dataset.at("path").get<std::string>();
  const auto size = std::filesystem::file_size(path, error);
  if (!error && static_cast<double>(size) > large) {
    std::fprintf(stderr, "reading %s (%s) ...\n", path.c_str(),
                 bytes_text(static_cast<double>(size)).c_str());
  }
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
    const auto needed = static_cast<double>(CpuReplica::memory(group.network()));
    if (needed > memory) {
      throw ConfigError(describe_replica(config) + " needs " + bytes_text(needed) +
                        " of memory, this machine has " + bytes_text(memory) + "; make model.hidden smaller");
    }
  }
}

LoadedData load_data(const DatasetIndex& index, bool quiet) {
  LoadedData loaded;
  for (std::size_t d = 0; d < index.first_replica.size(); ++d) {
    const ReplicaConfig* config = index.first_replica[d];
    announce_large_file(config->dataset, quiet);
    const Table table = load_dataset(config->dataset);
    loaded.prepared.push_back(prepare(table, config->preprocess));
    loaded.records.push_back(make_record(*config, index.labels[d], table, loaded.prepared.back()));
    if (quiet) continue;
    std::fprintf(stderr, "%s: %zu rows, %zu features\n", index.labels[d].c_str(), table.rows,
                 table.features());
    for (const std::string& note : loaded.records.back().notes)
      std::fprintf(stderr, "  note: %s\n", note.c_str());
  }
  return loaded;
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

void write_timings(const std::filesystem::path& run, const SweepProgress& progress, const Backend& backend,
                   int threads) {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const bool on_cpu = backend.api == nullptr;
  const Json timings = {
      {"backend", backend.name()},
      {on_cpu ? "threads" : "devices", on_cpu ? static_cast<std::size_t>(threads) : backend.devices.size()},
      {"replicas", progress.finished},
      {"steps", progress.steps_trained},
      {"training_seconds", progress.seconds},
      {"steps_per_second",
       progress.seconds > 0 ? static_cast<double>(progress.steps_trained) / progress.seconds : 0},
      {"largest_memory_bytes", usage.ru_maxrss * 1024LL}};
  write_file_atomically(run / "timings.json", timings.dump(2) + "\n");
}

/// Trains what the ledger does not call finished. False: interrupted.
bool train_pending(RunDirectory& run, const SweepConfig& sweep, const DatasetIndex& index,
                   const LoadedData& data, const TrainOptions& options, const Backend& backend,
                   std::optional<Tier> tier, int threads) {
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
  SweepProgress last;
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
    complete = run_device_sweep({*backend.api, backend.devices, tier, options.generate_on_device, warn},
                                pending, data_of, checkpoints, sweep_options, stop, observer);
  }
  display.finish(last);
  write_timings(run.path(), last, backend, threads);
  return complete;
}

/// What `symscan analyze` does, with fewer points, seeds and no tests of transformations that nobody named.
void analyse_quickly(const std::filesystem::path& path, const RunResults& results, Ledger& ledger,
                     const TrainOptions& options, int threads) {
  constexpr std::size_t most_replicas = 5000;
  if (results.replicas.size() > most_replicas) {
    std::fprintf(stderr, "symmetries and constraints of so many trainings take a while: symscan analyze %s\n",
                 path.c_str());
    return;
  }
  FindingsOptions quick;
  quick.natural_candidates = false;
  quick.test_points = 500;
  quick.most_seeds = 3;
  quick.threads = threads;
  const Json analysis = find_all(results, ledger, quick);
  write_analysis(path, analysis);
  if (!options.quiet && !options.json) print_analysis(analysis);
}

}  // namespace

ExitCode train_command(const TrainOptions& options) {
  const DeviceChoice device = parse_device(options.device);
  const std::optional<Tier> tier = parse_tier(options.tier);
  if (options.resume && options.overwrite) throw UsageError("--resume and --overwrite exclude each other");
  if (options.retry_failed && !options.resume) throw UsageError("--retry-failed goes with --resume");
  check_executor();
  InterruptGuard interrupts;
  const SweepConfig sweep = read_sweep(options);
  const Backend backend = choose_backend(device);
  if (!backend.warning.empty()) std::fprintf(stderr, "symscan: warning: %s\n", backend.warning.c_str());
  check_against_cpu(sweep, backend, tier, options.generate_on_device);
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
  LoadedData data = load_data(index, options.quiet);
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
  const bool complete = train_pending(run, sweep, index, data, options, backend, tier, threads);
  data = LoadedData();  // the analysis reads a dataset again, one after the other
  if (!complete) {
    std::fprintf(stderr,
                 "interrupted; everything done so far is in %s (go on with the same command and --resume)\n",
                 path.c_str());
    return ExitCode::interrupted;
  }
  const RunResults results = load_results(run.ledger());
  write_results(path, results, run.ledger());
  std::size_t failed = 0;
  for (const ReplicaRecord& record : results.replicas)
    failed += record.status == ReplicaRecord::Status::failed ? 1 : 0;
  if (!options.quiet && !options.json) print_results(results);
  if (!options.no_analysis) analyse_quickly(path, results, run.ledger(), options, threads);
  if (!options.no_report) write_report(path, results, run.ledger());
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
  write_report(run, results, ledger);
  std::printf("%s\n", (std::filesystem::path(run) / "report.html").c_str());
  return ExitCode::done;
}

}  // namespace symscan
