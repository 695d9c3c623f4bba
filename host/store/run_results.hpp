#pragma once
#include <string>
#include <vector>

#include "host/analysis/relevance.hpp"
#include "host/store/ledger.hpp"

namespace symscan {

/// Datasets of a sweep in order of first appearance, and the one that each replica uses. Replicas with the
/// same dataset section and preprocessing share one.
struct DatasetIndex {
  std::vector<const ReplicaConfig*> first_replica;  ///< of each dataset
  std::vector<int> of_replica;
  std::vector<std::string> labels;  ///< of each dataset: short, and no two alike
};
DatasetIndex index_datasets(const SweepConfig& sweep);

/// All that a ledger says, without the weights and what happened during training (ReplicaResult::history and
/// tracked stay in the ledger): a run may have a million replicas.
struct RunResults {
  SweepConfig sweep;
  DatasetIndex index;
  std::vector<std::string>
      varying;  ///< paths of the settings that tell groups apart, latent_dim and beta always among them
  std::vector<DatasetRecord> datasets;
  std::vector<ReplicaRecord> replicas;

  const DatasetRecord& dataset_of(int replica) const { return datasets[index.of_replica[replica]]; }
  const std::string& label_of(const ReplicaConfig& config) const {
    return index.labels[index.of_replica[config.id]];
  }
  double tau_of(const ReplicaConfig& config) const;
};
/// Throws Error if the ledger is damaged: all of it is checked against its config (ledger_checks.hpp), and
/// UsageError for that of a shard, which says nothing about the whole.
RunResults load_results(Ledger& ledger);

/// The same, of a shard too: replicas of other shards are `elsewhere`.
RunResults load_progress(Ledger& ledger);
/// Groups and replicas that files for people list one by one. A run with more has a table of its replicas
/// (replica_table.hpp), and aggregates elsewhere.
inline constexpr int most_listed_groups = 2000;
inline constexpr std::size_t most_listed_replicas = 20000;
bool is_large(const RunResults& results);

/// The weights of a replica that is done, as many as its network has (canonical_parameters()). Throws Error
/// if the ledger's are damaged.
std::vector<float> trained_parameters(const RunResults& results, Ledger& ledger, int replica);

/// Changes with every config, dataset or replica result, and with nothing else: what was computed from the
/// results of a run keeps it, so that it is not taken for another run's, or for the run's at another time.
std::string digest_of(const RunResults& results);

/// Why no training of a dataset has finished, and what to do; empty if one has.
std::string unfinished_sentence(const RunResults& results, int dataset);

/// Replicas that differ only in the seed.
struct Group {
  const ReplicaConfig* config = nullptr;  ///< of the first
  int dataset = 0;
  double tau = 0;
  std::vector<int> replicas;  ///< without those that were skipped
  std::vector<int> done, failed;
  int representative = -1;  ///< the done replica with the lowest loss
  double lowest_loss = 0;   ///< its loss
  /// Done replicas whose loss is within 2 % of that: the others ended in worse local optima, and a mean over
  /// different optima is no model's.
  std::vector<int> best;
  std::vector<int> active;                 ///< active latents of each of `best`
  MeanAndSpread active_latents;            ///< of `best`
  MeanAndSpread loss, reconstruction, kl;  ///< of all that are done
  std::vector<double> theory_kl;
};
std::vector<Group> make_groups(const RunResults& results);

/// Mean and spread over the group's best seeds of the measure's values by position, most relevant first; each
/// seed's latents are ordered by the config's measure. Empty if no replica is done.
std::vector<MeanAndSpread> sorted_measure(const RunResults& results, const Group& group,
                                          RelevanceMeasure measure);

/// Whether a group has been trained long enough for its latents to be counted. Rules of thumb, tried on the
/// circle with 100 to 10 000 rows: fewer than 500 steps, or a loss (validation loss if there is one, mean
/// over seeds) that fell by more than 2.5 % from the second-last tenth of the epochs to the last, and latents
/// that will collapse may still be active.
struct TrainingVerdict {
  std::uint64_t steps = 0;  ///< fewest over the seeds
  bool too_few_steps = false, still_falling = false;
  bool not_converged = false;  ///< the replica with the lowest loss has not, see Convergence
};
TrainingVerdict training_state(const RunResults& results, const Group& group);

Json mean_json(const MeanAndSpread& value);                 ///< {"mean", "std"}
Json means_json(const std::vector<MeanAndSpread>& values);  ///< {"mean": [...], "std": [...]}

}  // namespace symscan
