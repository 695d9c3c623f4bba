#include "host/mpi/rank_worker.hpp"

#include <utility>

namespace symscan {
namespace {

constexpr double between_progress = 0.2;  // seconds
constexpr double idle_wait = 0.05;

}  // namespace

RankWorker::RankWorker(Ranks& ranks, Work work) : ranks_(ranks), work_(std::move(work)) {}

void RankWorker::run(const std::atomic<bool>& stop) {
  told_to_stop_ = &stop;
  send(work_.greeting);
  while (!ranks_.ended() && !stop_) {
    take_messages();
    ask();
    if (next_.empty())
      ranks_.wait(idle_wait);
    else
      train();
  }
  send(RankStopped{});
  work_.stopped();
  while (!ranks_.ended()) ranks_.wait(idle_wait), (void)ranks_.receive();
}

void RankWorker::train() {
  if (sweep_ != next_sweep_) before_ = now_ = told_ = {next_sweep_, 0, 0};
  sweep_ = next_sweep_;
  queue_ = std::make_unique<JobQueue>(std::exchange(next_, {}), work_.local.takers, true);
  SweepProgress progress;
  progress.replicas = next_replicas_;
  work_.local.run(*queue_, stop_, observer(), progress);
  queue_.reset();
  asked_ = false;
  tell_progress(true);
  before_ = now_;
}

SweepObserver RankWorker::observer() {
  SweepObserver observer;
  observer.begin_batch = observer.end_batch = [] {};
  observer.finished = [this](const ReplicaConfig& config, const ReplicaResult& result) {
    send(ReplicaFinished{config.id, result});
  };
  observer.checkpoint = [this](const ReplicaConfig& config, const std::string& blob) {
    send(ReplicaCheckpoint{config.id, blob});
  };
  observer.postponed = [this](const Postponed& replica) {
    send(ReplicaPostponed{replica.config->id, replica.sentence, replica.code});
  };
  observer.tick = [this](const SweepProgress& progress) {
    now_ = {sweep_, before_.steps_done + progress.steps_done, before_.steps_trained + progress.steps_trained};
    take_messages();
    ask();
    tell_progress(false);
  };
  return observer;
}

void RankWorker::take_messages() {
  if (*told_to_stop_ || ranks_.ended()) stop_ = true;
  for (const RankMessage& message : ranks_.receive()) {
    const RankNote note = from_bytes(message.bytes);
    if (std::holds_alternative<StopTraining>(note)) stop_ = true;
    if (const auto* grant = std::get_if<ReplicaGrant>(&note)) take_grant(*grant);
  }
}

/// Replicas of another sweep wait until the queue of this one is empty.
void RankWorker::take_grant(const ReplicaGrant& grant) {
  asked_ = false;
  if (grant.granted.empty()) {
    if (queue_) queue_->close();
    return;
  }
  std::vector<Job> jobs;
  // In the order of rank 0, which has the longest first.
  for (const GrantedReplica& replica : grant.granted)
    jobs.push_back({&work_.replica(replica.id), -static_cast<double>(order_++), replica.checkpoint});
  if (queue_ && grant.sweep == sweep_) return queue_->add(std::move(jobs));
  if (queue_) queue_->close();
  next_sweep_ = grant.sweep;
  next_replicas_ = grant.replicas;
  for (Job& job : jobs) next_.push_back(std::move(job));
}

void RankWorker::ask() {
  if (asked_ || stop_ || (queue_ && !queue_->is_open())) return;
  if (!queue_ && !next_.empty()) return;
  const std::uint64_t slots = work_.local.slots, wanted = queue_ ? wanted_replicas(*queue_, slots) : slots;
  if (wanted == 0) return;
  asked_ = true;
  send(ReplicaRequest{wanted});
}

void RankWorker::tell_progress(bool at_once) {
  const auto now = std::chrono::steady_clock::now();
  const bool same = now_.steps_done == told_.steps_done && now_.steps_trained == told_.steps_trained;
  if (same || (!at_once && std::chrono::duration<double>(now - last_told_).count() < between_progress))
    return;
  last_told_ = now;
  told_ = now_;
  send(now_);
}

}  // namespace symscan
