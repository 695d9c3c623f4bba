#include "host/library/training_logs.hpp"

#include <algorithm>
#include <new>

#include "host/base/text.hpp"
#include "host/store/event_files.hpp"
#include "host/store/tensorboard_log.hpp"
#include "host/train/replica_snapshot.hpp"

namespace symscan {

void check_logs(const LogChoice& choice, const SweepConfig& sweep) {
  for (const std::string& name : choice.names) {
    if (name != "tensorboard")
      throw UsageError("there is no log '" + printable_line(name) + "'; there is tensorboard");
    if (choice.run.empty())
      throw UsageError(
          "the log tensorboard is written into a run directory; give TrainingOptions::directory");
    if (sweep.replicas.size() > most_tensorboard_replicas) {
      throw UsageError("the sweep has " + plural(sweep.replicas.size(), "replica") +
                       ", and the log tensorboard takes " + std::to_string(most_tensorboard_replicas) +
                       " at most: choose fewer, or leave the log out (metrics.jsonl has the same numbers)");
    }
    check_event_folder(choice.run);
  }
}

TrainingLogs::TrainingLogs(const LogChoice& choice, const SweepInput& input) : input_(input) {
  if (choice.run.empty()) return;
  const SweepConfig& sweep = input.sweep();
  known_.resize(sweep.replicas.size());
  totals_.resize(sweep.replicas.size());
  logs_.push_back(std::make_unique<MetricsLog>(choice.run, sweep.replicas.size()));
  if (choice.names.empty()) return;
  std::vector<std::string> labels;
  for (const int dataset : input.index().of_replica)
    labels.push_back(input.index().labels[static_cast<std::size_t>(dataset)]);
  logs_.push_back(std::make_unique<TensorboardLog>(choice.run, sweep, std::move(labels)));
}

void TrainingLogs::for_each(const std::function<void(LiveLog&)>& act) {
  std::erase_if(logs_, [&](const std::unique_ptr<LiveLog>& log) {
    std::string problem;
    try {
      act(*log);
      return false;
    } catch (const std::bad_alloc&) {
      problem = "there is not enough memory";
    } catch (const std::exception& error) {
      problem = error.what();
    }
    warn_(log->name() + " does not grow any more (" + problem + "); the training goes on, " +
          log->what_then());
    return true;
  });
}

void TrainingLogs::begin(bool goes_on, const std::function<void(const std::string&)>& warn) {
  warn_ = warn;
  if (!goes_on) std::erase_if(logs_, [](const auto& log) { return !log->outlives_training(); });
  for_each([](LiveLog& log) { log.begin(); });
}

void TrainingLogs::add_finished(const ReplicaConfig& config, const ReplicaResult& result) {
  known_[static_cast<std::size_t>(config.id)] = result.history.size();
  finish(config, result);
}

void TrainingLogs::checkpoint(const ReplicaConfig& config, const std::string& blob) {
  if (logs_.empty()) return;
  const auto id = static_cast<std::size_t>(config.id);
  const PreparedData& data = input_.data().prepared[static_cast<std::size_t>(input_.index().of_replica[id])];
  if (totals_[id] == 0) totals_[id] = total_weight(config, data);
  const TrainingHistory history =
      history_of_blob(blob, config, data.rows, totals_[id], static_cast<std::uint32_t>(known_[id]));
  if (history.epochs.size() <= known_[id]) return;
  for_each([&](LiveLog& log) { log.add(config, {history.epochs, history.tracked, known_[id]}); });
  known_[id] = history.epochs.size();
}

void TrainingLogs::finish(const ReplicaConfig& config, const ReplicaResult& result) {
  for_each([&](LiveLog& log) { log.finish(config, result); });
}

void TrainingLogs::flush() {
  for_each([](LiveLog& log) { log.flush(); });
}

}  // namespace symscan
