// Whole sweeps, trained as `symscan train` trains them but without files: steps of all replicas per second
// against the number of replicas, threads and the network's sizes.
#include <malloc.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <fstream>
#include <memory>
#include <numeric>

#include "bench/cpu_bench.hpp"
#include "host/config/config.hpp"
#include "host/data/dataset.hpp"
#include "host/train/replica_trainer.hpp"
#include "host/train/sweep.hpp"

namespace symscan {
namespace {

/// What differs from the reference network.
struct Setting {
  int replicas = 8, features = 2, latents = 4, batch = 128;
  std::vector<int> hidden = {64, 32};
};

/// Four batches of data and 30 epochs, so that training and the passes after it are in the proportion that
/// they have in long trainings.
class Sweep {
 public:
  explicit Sweep(const Setting& setting) {
    std::vector<int> seeds(setting.replicas);
    std::iota(seeds.begin(), seeds.end(), 1);
    config_ = parse_config(
        {{"dataset", {{"kind", "gaussian"}, {"dimension", setting.features}, {"n", 4 * setting.batch}}},
         {"model", {{"hidden", Json::array({setting.hidden})}, {"latent_dim", setting.latents}}},
         {"train", {{"epochs", 30}, {"batch_size", setting.batch}, {"validation_fraction", 0}}},
         {"seeds", seeds}});
    data_ = prepare(load_dataset(config_.replicas.front().dataset), config_.replicas.front().preprocess);
    for (const ReplicaConfig& replica : config_.replicas) replicas_.push_back(&replica);
    const ReplicaPlan plan(config_.replicas.front(), data_);
    network_ = plan.network();
    steps_ = static_cast<double>(plan.total_steps()) * setting.replicas;
    flops_ = steps_ * step_flops(network_) * setting.batch;
  }
  Sweep(const Sweep&) = delete;
  Sweep& operator=(const Sweep&) = delete;

  const Network& network() const { return network_; }
  const ReplicaConfig& first() const { return config_.replicas.front(); }
  const PreparedData& data() const { return data_; }
  double steps() const { return steps_; }
  double flops() const { return flops_; }

  void train(int threads) const {
    SweepObserver observer;
    observer.finished = [](const ReplicaConfig&, const ReplicaResult& result) {
      if (result.failed) throw std::runtime_error(result.message);
    };
    observer.checkpoint = [](const ReplicaConfig&, const std::string&) {};
    observer.begin_batch = observer.end_batch = [] {};
    observer.tick = [](const SweepProgress&) {};
    const std::atomic<bool> stop{false};
    const auto data = [&](const ReplicaConfig&) -> const PreparedData& { return data_; };
    if (!run_sweep(replicas_, data, {}, {threads, 1e9}, stop, observer))
      throw std::runtime_error("a sweep was not trained to its end");
  }

 private:
  SweepConfig config_;
  PreparedData data_;
  std::vector<const ReplicaConfig*> replicas_;
  Network network_;
  double steps_ = 0, flops_ = 0;
};

Json measure(const CpuBench& bench, const std::string& name, const Json& varied, const Setting& setting,
             int threads) {
  const Sweep sweep(setting);
  Series seconds;
  Json entry = varied;
  entry["replicas"] = setting.replicas;
  entry["threads"] = threads;
  entry.update(compute_rate(
      bench, [&] { sweep.train(threads); }, sweep.flops(), threads, &seconds));
  entry["steps_per_second"] = rates(seconds, sweep.steps());
  print_line(name, entry["steps_per_second"], "steps/s");
  print_line(name, entry["gflops"], "GFLOP/s", entry["share_of_sgemm_peak"]);
  return entry;
}

/// 1, 2, 4, ... threads, and all cores.
std::vector<int> thread_counts(int cores) {
  std::vector<int> counts;
  for (int threads = 1; threads < cores; threads *= 2) counts.push_back(threads);
  counts.push_back(cores);
  return counts;
}

/// The same sweep on each number of threads, in turn.
Json thread_scaling(const CpuBench& bench) {
  const std::vector<int> counts = thread_counts(bench.cores);
  Setting setting;
  setting.replicas = std::max(32, 4 * bench.cores);
  const Sweep sweep(setting);
  std::vector<std::function<void()>> functions;
  for (const int threads : counts) functions.push_back([&sweep, threads] { sweep.train(threads); });
  const std::vector<Series> series = time_in_turn(bench.seconds, functions);
  Json result = Json::array();
  for (std::size_t i = 0; i < counts.size(); ++i) {
    Json entry = {{"threads", counts[i]},
                  {"replicas", setting.replicas},
                  {"steps_per_second", rates(series[i], sweep.steps())},
                  {"speedup", shares(series[i], 1, series[0], 1)}};
    const std::string name = std::to_string(counts[i]) + (counts[i] == 1 ? " thread" : " threads");
    print_line(name, entry["steps_per_second"], "steps/s");
    print_line(name, entry["speedup"], "times one");
    result.push_back(entry);
  }
  return result;
}

/// Steps of one replica on each number of threads, all of them together whether that pays or not, and an
/// evaluation pass over 1024 rows. In turn.
Json one_replica(const CpuBench& bench, int width, int batch) {
  const std::vector<int> counts = thread_counts(bench.cores);
  Setting setting;
  setting.replicas = 1;
  setting.batch = batch;
  setting.hidden = {width, width / 2};
  const Sweep sweep(setting);
  const ReplicaPlan plan(sweep.first(), sweep.data());
  CpuReplica replica(sweep.network());
  initialise_parameters(sweep.network(), 1, replica.buffers().parameters);
  std::uint64_t step = 0;
  std::vector<double> sums(RelevanceSums::size(setting.latents));
  const RelevanceSums relevance = RelevanceSums::in(sums.data(), setting.latents);
  std::vector<std::unique_ptr<CpuTeam>> teams;
  std::vector<std::function<void()>> steps, passes;
  for (const int threads : counts) {
    teams.push_back(std::make_unique<CpuTeam>(threads));
    steps.push_back([&, team = teams.back().get()] {
      replica.set_team(team);
      const Permutation shuffle = training_shuffle(plan.task(), step);
      cpu_backend().train_step(sweep.network(), replica.buffers(),
                               training_batch(plan.task(), step, &shuffle), {1, Stream::training_noise, step},
                               plan.task().settings, step + 1);
      ++step;
    });
    passes.push_back([&, team = teams.back().get()] {
      replica.set_team(team);
      cpu_backend().evaluate(sweep.network(), replica.buffers(),
                             batch_part(dataset_chunk(plan.task(), 0), 0, 1024),
                             {1, Stream::evaluation_noise, 0}, &relevance);
    });
  }
  const std::vector<Series> step_seconds = time_in_turn(bench.seconds, steps);
  const std::vector<Series> pass_seconds = time_in_turn(bench.seconds, passes);
  Json entry = {{"width", width}, {"batch", batch}, {"threads_worth", threads_worth(sweep.network(), batch)}};
  for (std::size_t i = 0; i < counts.size(); ++i) {
    Json row = {{"threads", counts[i]},
                {"steps_per_second", rates(step_seconds[i], 1)},
                {"speedup", shares(step_seconds[i], 1, step_seconds[0], 1)},
                {"evaluation_speedup", shares(pass_seconds[i], 1, pass_seconds[0], 1)}};
    const std::string name = "width " + std::to_string(width) + ", batch " + std::to_string(batch) + ", " +
                             std::to_string(counts[i]) + (counts[i] == 1 ? " thread" : " threads");
    print_line(name, row["steps_per_second"], "steps/s");
    if (i > 0) print_line(name, row["speedup"], "times one");
    if (i > 0) print_line(name + ", evaluation", row["evaluation_speedup"], "times one");
    entry["thread_counts"].push_back(row);
  }
  return entry;
}

double resident_bytes() {
  std::ifstream file("/proc/self/statm");
  double total = 0, resident = 0;
  file >> total >> resident;
  return resident * static_cast<double>(sysconf(_SC_PAGESIZE));
}

/// What a replica takes while it trains: by its buffers, and by how much the process grows.
Json memory_per_replica(const Setting& setting, const std::string& name) {
  const Sweep sweep(setting);
  const auto buffers = static_cast<double>(
      CpuReplica::memory(sweep.network(), sweep.first().train.early_stopping.has_value()));
  const auto count = static_cast<std::size_t>(std::clamp(128e6 / buffers, 4.0, 1000.0));
  std::vector<std::unique_ptr<ReplicaTrainer>> trainers;
  trainers.reserve(count);
  malloc_trim(0);
  const double before = resident_bytes();
  for (std::size_t i = 0; i < count; ++i)
    trainers.push_back(std::make_unique<ReplicaTrainer>(sweep.first(), sweep.data()));
  const double measured = (resident_bytes() - before) / static_cast<double>(count);
  std::printf("  memory of a replica, %-25s %11.0f bytes in buffers, %.0f measured\n", name.c_str(), buffers,
              measured);
  return {{"network", name},
          {"parameters", trainable_parameters(sweep.network())},
          {"buffer_bytes", buffers},
          {"measured_bytes", measured},
          {"replicas", count}};
}

}  // namespace

Json scaling_section(const CpuBench& bench) {
  print_title("scaling",
              "sweeps without files, steps of all replicas; network 2-64-32-4, batch 128, 8 replicas, "
              "one thread where nothing else is said (widths: W-W/2, 2 replicas); in turn with SGEMM");
  Json result;
  const auto vary = [&](const char* what, const std::vector<int>& values, int threads, auto apply) {
    for (const int value : values) {
      Setting setting;
      apply(setting, value);
      result[what].push_back(
          measure(bench, std::string(what) + " " + std::to_string(value), {{what, value}}, setting, threads));
    }
  };
  vary("replicas", {1, 2, 8, 32, 128, 1000}, bench.cores, [](Setting& s, int value) { s.replicas = value; });
  result["thread_counts"] = thread_scaling(bench);
  for (const int width : {64, 128, 256, 512, 1024}) {
    for (const int batch : {128, 512}) result["one_replica"].push_back(one_replica(bench, width, batch));
  }
  vary("features", {2, 4, 8, 16, 32, 64}, 1, [](Setting& s, int value) { s.features = value; });
  vary("width", {16, 32, 64, 128, 256, 512}, 1, [](Setting& s, int value) {
    s.replicas = 2;  // a turn of 8 wide ones would be too long
    s.hidden = {value, value / 2};
  });
  vary("latents", {1, 2, 4, 8, 16, 32}, 1, [](Setting& s, int value) { s.latents = value; });
  vary("batch", {32, 64, 128, 256, 512, 1024}, 1, [](Setting& s, int value) { s.batch = value; });
  const Sweep sweep{Setting{}};
  const auto train = [&] { sweep.train(1); };
  const std::vector<Series> twice = time_in_turn(bench.seconds, {train, train});
  result["noise"] = noise(twice[0], twice[1]);
  print_noise(result["noise"]);
  Setting wide;
  wide.hidden = {512, 256};
  result["memory"] = {memory_per_replica({}, "2-64-32-4"), memory_per_replica(wide, "2-512-256-4")};
  return result;
}

}  // namespace symscan
