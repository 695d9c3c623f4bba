#pragma once
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "host/config/config.hpp"
#include "host/store/live_log.hpp"

namespace symscan {

/// Replicas that a run may have for a log of TensorBoard: one folder and one curve each.
inline constexpr std::size_t most_tensorboard_replicas = 1000;

/// Event files for TensorBoard, one for each replica that has begun (event_files.hpp). Step = epoch:
///   loss, reconstruction, kl, validation_loss   of each epoch, as in metrics.jsonl
///   relevance/z1, relevance/z2, ...             KL of each latent where it is tracked, nats, network's order
///   final_relevance/z1, ...                     by relevance.measure, when the replica is done
///   settings, failure                           texts: dataset, the settings that vary, seed; why it failed
/// Values that are not finite are left out.
class TensorboardLog : public LiveLog {
 public:
  /// `run`: the run directory; `labels`: of the replicas' datasets, [replicas].
  TensorboardLog(const std::filesystem::path& run, const SweepConfig& sweep, std::vector<std::string> labels);
  void begin() override;
  void add(const ReplicaConfig& config, const EpochRecords& records) override;
  void finish(const ReplicaConfig& config, const ReplicaResult& result) override;
  void flush() override;
  bool outlives_training() const override { return true; }
  std::string what_then() const override { return "--resume --log tensorboard writes it anew"; }
  std::string name() const override { return "tensorboard"; }

 private:
  std::string settings_of(const ReplicaConfig& config) const;

  const std::filesystem::path run_;
  const std::vector<std::string> labels_, varying_;
  std::vector<std::size_t> written_;          ///< epochs of each replica
  std::vector<std::filesystem::path> files_;  ///< of each replica; empty: has none yet
  std::map<int, std::string> records_;        ///< of replicas, that wait for flush()
};

}  // namespace symscan
