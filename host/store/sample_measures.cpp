#include "host/store/sample_measures.hpp"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <exception>
#include <memory>
#include <mutex>
#include <thread>

#include "host/analysis/ablation.hpp"
#include "host/analysis/phi_k.hpp"
#include "host/base/threads.hpp"
#include "host/store/prepared_sample.hpp"
#include "host/train/replica_network.hpp"

namespace symscan {
namespace {

/// Memory for networks that are looked at beside each other.
constexpr std::size_t kMostBytes = std::size_t{1} << 30;

/// The rows kept with the run, as they are needed.
struct SampledDataset {
  std::vector<float> prepared;           ///< [rows][features]
  std::vector<float> for_ablation;       ///< the same of SampleMeasures::most_ablation_rows
  std::vector<BinnedVariable> features;  ///< the first SampleMeasures::most_features
};

std::vector<float> evenly_spaced(const std::vector<float>& rows, std::size_t columns, std::size_t most) {
  const std::size_t count = rows.size() / columns, taken = std::min(count, most);
  std::vector<float> chosen;
  chosen.reserve(taken * columns);
  for (std::size_t i = 0; i < taken; ++i) {
    const float* row = rows.data() + i * count / taken * columns;
    chosen.insert(chosen.end(), row, row + columns);
  }
  return chosen;
}

SampledDataset sampled_dataset(const DatasetRecord& record) {
  SampledDataset dataset;
  dataset.prepared = prepared_sample(record);
  const std::size_t features = record.columns.size(), rows = record.sample.size() / features;
  dataset.for_ablation = evenly_spaced(dataset.prepared, features, SampleMeasures::most_ablation_rows);
  for (std::size_t d = 0; d < std::min(features, SampleMeasures::most_features); ++d) {
    std::vector<double> values;
    for (std::size_t row = 0; row < rows && !record.constant[d]; ++row)
      values.push_back(record.sample[row * features + d]);
    dataset.features.push_back(bin_values(values));
  }
  return dataset;
}

/// A latent in bins; one that varies by less than float32 resolves, 1e-6 of its size, is constant.
BinnedVariable binned_latent(const std::vector<float>& mean, std::size_t latent, std::size_t latents) {
  std::vector<double> values;
  for (std::size_t at = latent; at < mean.size(); at += latents) values.push_back(mean[at]);
  if (values.empty()) return {};
  const auto [low, high] = std::minmax_element(values.begin(), values.end());
  if (*high - *low <= 1e-6 * std::max(std::abs(*low), std::abs(*high))) return {};
  return bin_values(values);
}

SampleMeasures::Correlations correlations(const std::vector<float>& mean,
                                          const std::vector<std::size_t>& order,
                                          const std::vector<BinnedVariable>& features) {
  SampleMeasures::Correlations values;
  for (std::size_t position = 0; position < std::min(order.size(), SampleMeasures::most_latents);
       ++position) {
    const BinnedVariable latent = binned_latent(mean, order[position], order.size());
    values.emplace_back();
    for (const BinnedVariable& feature : features) values.back().push_back(phi_k(latent, feature));
  }
  return values;
}

/// What a thread looks at replicas with. Those that follow each other mostly have the same network, and its
/// memory is made once.
class ReplicaPass {
 public:
  ForwardPass& load(const ModelConfig& model, const Network& network, const std::vector<float>& parameters) {
    if (pass_ && network.features == features_ && model.hidden == model_.hidden &&
        model.latent_dim == model_.latent_dim && model.activation == model_.activation) {
      pass_->load(parameters);
      return *pass_;
    }
    pass_.reset();
    pass_ = std::make_unique<ForwardPass>(network, parameters);
    model_ = model;
    features_ = network.features;
    return *pass_;
  }

 private:
  std::unique_ptr<ForwardPass> pass_;
  ModelConfig model_;
  int features_ = 0;
};

Network network_in(const RunResults& results, int replica) {
  return network_of(results.sweep.replicas[static_cast<std::size_t>(replica)],
                    results.dataset_of(replica).columns.size());
}

/// Takes the measures of one replica after the other, on several threads.
class SampleMeasurer {
 public:
  SampleMeasurer(const RunResults& results, Ledger& ledger)
      : results_(results), ledger_(ledger), groups_(make_groups(results)) {
    measures_.ablation.resize(results.replicas.size());
    measures_.phi_k.resize(groups_.size());
    for (const DatasetRecord& record : results.datasets) datasets_.push_back(sampled_dataset(record));
    for (const Group& group : groups_)
      for (const int id : group.done) {
        replicas_.push_back(id);
        largest_ = std::max(largest_, ForwardPass::memory(network_in(results, id)));
      }
  }

  SampleMeasures measure(int threads) {
    const std::size_t beside = std::min({static_cast<std::size_t>(std::max(threads, 1)), replicas_.size(),
                                         std::max<std::size_t>(1, kMostBytes / largest_)});
    {
      std::vector<std::jthread> others;
      start_threads(others, static_cast<int>(beside) - 1, [this] { take_replicas(); });
      take_replicas();
    }
    if (trouble_) std::rethrow_exception(trouble_);
    return std::move(measures_);
  }

 private:
  void take_replicas() {
    try {
      ReplicaPass pass;
      for (std::size_t next = next_++; next < replicas_.size(); next = next_++)
        measure_replica(replicas_[next], pass);
    } catch (...) {
      const std::lock_guard lock(one_at_a_time_);
      trouble_ = std::current_exception();
      next_ = replicas_.size();
    }
  }

  void measure_replica(int id, ReplicaPass& memory) {
    const auto index = static_cast<std::size_t>(id);
    const ReplicaConfig& config = results_.sweep.replicas[index];
    const auto order = relevance_order(results_.replicas[index].result, config.relevance.measure);
    const SampledDataset& dataset = datasets_[static_cast<std::size_t>(results_.index.of_replica[index])];
    const std::vector<float> parameters = parameters_of(id);
    const Network network = network_in(results_, id);
    ForwardPass& pass = memory.load(config.model, network, parameters);
    const double scale = reconstruction_scale(config.loss.kind, network.features);
    const std::vector<float> mean = pass.encode(dataset.for_ablation);
    measures_.ablation[index] = reordered(ablation(pass, dataset.for_ablation, mean, scale), order);
    const auto group = static_cast<std::size_t>(config.group);
    if (groups_[group].representative == id)
      measures_.phi_k[group] = correlations(pass.encode(dataset.prepared), order, dataset.features);
  }

  /// The ledger serves one thread at a time.
  std::vector<float> parameters_of(int id) {
    const std::lock_guard lock(one_at_a_time_);
    return trained_parameters(results_, ledger_, id);
  }

  const RunResults& results_;
  Ledger& ledger_;
  std::vector<Group> groups_;
  std::vector<SampledDataset> datasets_;
  std::vector<int> replicas_;  ///< done
  std::size_t largest_ = 1;    ///< bytes of a network
  SampleMeasures measures_;    ///< each thread writes to the places of its replicas
  std::atomic<std::size_t> next_{0};
  std::mutex one_at_a_time_;  ///< for the ledger and the trouble
  std::exception_ptr trouble_;
};

}  // namespace

std::vector<MeanAndSpread> SampleMeasures::ablation_of(const Group& group) const {
  std::vector<MeanAndSpread> positions;
  if (group.best.empty()) return positions;
  const std::size_t latents = ablation[static_cast<std::size_t>(group.best.front())].size();
  for (std::size_t position = 0; position < latents; ++position) {
    std::vector<double> values;
    for (const int id : group.best) values.push_back(ablation[static_cast<std::size_t>(id)][position]);
    positions.push_back(mean_and_spread(values));
  }
  return positions;
}

SampleMeasures sample_measures(const RunResults& results, Ledger& ledger, int threads) {
  return SampleMeasurer(results, ledger).measure(threads);
}

std::vector<float> encoded_rows(const RunResults& results, Ledger& ledger, int replica,
                                const std::vector<double>& rows) {
  const std::vector<float> parameters = trained_parameters(results, ledger, replica);
  return ForwardPass(network_in(results, replica), parameters)
      .encode(prepared_rows(results.dataset_of(replica), rows));
}

}  // namespace symscan
