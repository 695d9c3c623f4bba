// The reference network (2 features, 64-32-4, tanh) on one thread: training steps and passes over the data.
#include <cstdio>

#include "bench/cpu_bench.hpp"
#include "host/config/config.hpp"
#include "host/data/dataset.hpp"
#include "host/train/replica_trainer.hpp"

namespace symscan {
namespace {

constexpr std::size_t rows = 10000, batch_size = 128;

/// A replica of the reference network and the circle that it trains on.
class Reference {
 public:
  Reference()
      : config_(parse_config(Json{{"dataset", {{"kind", "circle"}, {"n", rows}}}}).replicas.front()),
        data_(prepare(load_dataset(config_.dataset), config_.preprocess)),
        replica_(network_of(config_, data_.features)) {
    initialise_parameters(network(), config_.seed, replica_.buffers().parameters);
  }

  const Network& network() const { return replica_.network(); }

  /// One step on the next whole batch of a shuffled epoch.
  void train_step(const CpuBackend& backend) {
    constexpr std::uint64_t steps_per_epoch = rows / batch_size;
    const Permutation shuffle(config_.seed, Stream::shuffle, step_ / steps_per_epoch, rows);
    Batch batch;
    batch.values = data_.values.data();
    batch.shuffle = &shuffle;
    batch.first = step_ % steps_per_epoch * batch_size;
    batch.count = batch_size;
    const Noise noise{config_.seed, Stream::training_noise, step_};
    check(backend.train_step(network(), replica_.buffers(), batch, noise, settings_, step_ + 1));
    ++step_;
  }

  void evaluate(const CpuBackend& backend, bool relevance, bool jacobian) {
    std::vector<double> sums(RelevanceSums::size(network().latents));
    const RelevanceSums wanted = jacobian ? RelevanceSums::in(sums.data(), network().latents)
                                          : RelevanceSums::encoder_in(sums.data(), network().latents);
    for (std::size_t begin = 0; begin < rows; begin += evaluation_chunk) {
      Batch all;
      all.values = data_.values.data();
      all.count = rows;
      check(backend.evaluate(network(), replica_.buffers(), batch_part(all, begin, evaluation_chunk),
                             {config_.seed, Stream::evaluation_noise, 0}, relevance ? &wanted : nullptr));
    }
  }

 private:
  static void check(const LossSums& sums) {
    if (!sums.finite() || !(sums.squared_error > 0)) throw std::runtime_error("the loss is not a number");
  }

  ReplicaConfig config_;
  PreparedData data_;
  CpuReplica replica_;
  StepSettings settings_;
  std::uint64_t step_ = 0;
};

/// Of the decoder's Jacobian for one sample: the hidden layers at z = mu, then one tangent per latent, whose
/// first layer is a column of weights.
double jacobian_flops(const Network& network) {
  double hidden = 0, tangent = 0;
  for (int l = network.head() + 1; l < network.layer_count(); ++l) {
    const double product = 2.0 * network.layers[l].in * network.layers[l].out;
    if (l < network.layer_count() - 1) hidden += product;
    if (l > network.head() + 1) tangent += product;
  }
  return hidden + network.latents * tangent;
}

}  // namespace

Json step_section(const CpuBench& bench) {
  print_title("step", "reference network 2-64-32-4, batch 128, one thread, in turn with SGEMM");
  Json result = {{"share_of_sgemm_peak", nullptr}, {"instruction_sets", Json::array()}};
  for (const CpuBackend* backend : cpu_backends()) {
    Reference reference;
    const double flops = step_flops(reference.network()) * batch_size;
    Series seconds;
    Json entry = {{"instruction_set", backend->name}, {"flops", flops}};
    entry.update(compute_rate(
        bench, [&] { reference.train_step(*backend); }, flops, 1, &seconds));
    entry["microseconds"] = times(seconds, 1e6);
    entry["steps_per_second"] = rates(seconds, 1);
    const std::string name = std::string("training step, ") + backend->name;
    print_line(name, entry["microseconds"], "us");
    print_line(name, entry["steps_per_second"], "steps/s");
    print_line(name, entry["gflops"], "GFLOP/s", entry["share_of_sgemm_peak"]);
    result["instruction_sets"].push_back(entry);
  }
  const Json& share = result["instruction_sets"][0]["share_of_sgemm_peak"];
  if (!share.is_null()) result["share_of_sgemm_peak"] = share.at("median");
  Reference first, second;
  const CpuBackend& backend = cpu_backend();
  const std::vector<Series> twice =
      time_in_turn(bench.seconds, {[&] { first.train_step(backend); }, [&] { second.train_step(backend); }});
  result["noise"] = noise(twice[0], twice[1]);
  print_noise(result["noise"]);
  return result;
}

Json passes_section(const CpuBench& bench) {
  print_title("passes", "reference network over 10000 rows, one thread, in turn with SGEMM");
  Json result = Json::array();
  for (const CpuBackend* backend : cpu_backends()) {
    Reference reference;
    const double forward = forward_flops(reference.network()) * rows;
    const double jacobian = forward + jacobian_flops(reference.network()) * rows;
    const auto add = [&](const char* pass, double flops, bool relevance, bool with_jacobian) {
      Series seconds;
      Json entry = {{"pass", pass}, {"instruction_set", backend->name}, {"flops", flops}};
      entry.update(compute_rate(
          bench, [&] { reference.evaluate(*backend, relevance, with_jacobian); }, flops, 1, &seconds));
      entry["rows_per_second"] = rates(seconds, rows);
      print_line(std::string(pass) + ", " + backend->name, entry["rows_per_second"], "rows/s",
                 entry["share_of_sgemm_peak"]);
      result.push_back(entry);
    };
    add("loss", forward, false, false);
    add("loss and relevance", forward, true, false);
    add("loss, relevance and Jacobian", jacobian, true, true);
  }
  return result;
}

}  // namespace symscan
