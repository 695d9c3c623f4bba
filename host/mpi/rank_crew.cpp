#include "host/mpi/rank_crew.hpp"

#include <algorithm>
#include <cmath>

#include "host/base/text.hpp"
#include "host/train/replica_plan.hpp"

namespace symscan {
namespace {

using Clock = std::chrono::steady_clock;

constexpr double crew_idle_wait = 0.02;  // seconds
/// For the checkpoints of other ranks, when all are to stop.
constexpr double longest_gathering = 6, gathering_step = 0.2;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

std::string rank_name(int rank) {
  return "rank " + std::to_string(rank);
}

}  // namespace

struct RankCrew::Saving {
  struct Entry {
    const ReplicaConfig* config;
    std::optional<ReplicaResult> result;  ///< else `checkpoint`
    std::string checkpoint;
  };
  std::vector<Entry> entries;
};

RankCrew::RankCrew(Ranks& ranks, std::function<void(int rank, const Greeting&)> check)
    : ranks_(ranks), check_(std::move(check)), members_(static_cast<std::size_t>(ranks.size())) {
  members_[0].active = true;
}

void RankCrew::begin(const Sweep& sweep) {
  SweepJobs jobs = make_jobs(sweep.replicas, sweep.data, sweep.checkpoints);
  ++number_;
  progress_ = {};
  progress_.replicas = sweep.replicas.size();
  progress_.steps = jobs.steps;
  postponed_.clear();
  before_ = {};
  start_ = Clock::now();
  pool_ = std::make_unique<JobQueue>(std::move(jobs.jobs), 1);
  local_.reset();
  members_[0].slots = sweep.local.slots;
  for (Member& member : members_) {
    member.held.clear();
    member.progress = {};
    member.finished_steps = 0;
  }
}

bool RankCrew::run(const Sweep& sweep, const std::atomic<bool>& stop, const SweepObserver& observer) {
  sweep_ = &sweep;
  observer_ = &observer;
  told_to_stop_ = &stop;
  begin(sweep);
  for (serve(); !is_done() && !stop_; serve()) {
    if (local_ && local_->has_waiting())
      train_here();
    else
      ranks_.wait(crew_idle_wait);
    tell_progress();
  }
  if (!is_done() && stop_) gather();
  tell_progress();
  if (progress_.finished == progress_.replicas || stop_) return progress_.finished == progress_.replicas;
  check_postponed(postponed_, progress_.replicas);
  return false;
}

/// What has come from other ranks, and what they and this one ask for.
void RankCrew::serve() {
  if (*told_to_stop_) stop_ = true;
  Saving saving;
  for (const RankMessage& message : ranks_.receive()) take(message, saving);
  save(saving);
  if (stop_) return;
  grant();
}

void RankCrew::take(const RankMessage& message, Saving& saving) {
  const auto rank = static_cast<std::size_t>(message.from);
  if (message.lost) return drop(message.from, "does not answer any more");
  if (rank == 0 || rank >= members_.size()) return;
  try {
    take_note(message.from, from_bytes(message.bytes), saving);
  } catch (const Error& error) {
    throw Error(rank_name(message.from) + ": " + error.what(), error.code());
  }
}

void RankCrew::take_note(int rank, const RankNote& note, Saving& saving) {
  Member& member = members_[static_cast<std::size_t>(rank)];
  if (const auto* greeting = std::get_if<Greeting>(&note)) {
    greet(rank, *greeting);
  } else if (const auto* request = std::get_if<ReplicaRequest>(&note)) {
    member.wanted = request->wanted;
  } else if (const auto* finished = std::get_if<ReplicaFinished>(&note)) {
    if (const ReplicaConfig* config = held_by(rank, finished->id)) {
      saving.entries.push_back({config, finished->result, {}});
      settle(rank, finished->id);
    }
  } else if (const auto* checkpoint = std::get_if<ReplicaCheckpoint>(&note)) {
    if (const ReplicaConfig* config = held_by(rank, checkpoint->id))
      saving.entries.push_back({config, std::nullopt, checkpoint->blob});
  } else if (const auto* postponed = std::get_if<ReplicaPostponed>(&note)) {
    if (const ReplicaConfig* config = held_by(rank, postponed->id)) {
      postponed_.push_back({config, rank_name(rank) + ": " + postponed->sentence, postponed->code});
      ++progress_.postponed;
      settle(rank, postponed->id);
    }
  } else if (const auto* progress = std::get_if<RankProgress>(&note)) {
    if (progress->sweep == number_) member.progress = *progress;
  } else if (const auto* warning = std::get_if<RankWarning>(&note)) {
    sweep_->warn(rank_name(rank) + ": " + warning->sentence);
  } else if (std::holds_alternative<RankStopped>(note)) {
    member.stopped = true;
    stop_ = true;  // a signal for one rank is for all
  } else if (const auto* failed = std::get_if<RankFailed>(&note)) {
    if (failed->code != ExitCode::interrupted) throw Error(failed->sentence, failed->code);
    drop(rank, "cannot go on: " + failed->sentence);
  }
}

void RankCrew::greet(int rank, const Greeting& greeting) {
  check_(rank, greeting);
  Member& member = members_[static_cast<std::size_t>(rank)];
  member.active = true;
  member.slots = std::max<std::uint64_t>(1, greeting.slots);
}

/// A rank that works no more: its replicas go to others.
void RankCrew::drop(int rank, const std::string& why) {
  Member& member = members_[static_cast<std::size_t>(rank)];
  std::string sentence = rank_name(rank) + " " + why;
  if (!member.held.empty())
    sentence +=
        "; its " + plural(member.held.size(), "replica") + " go on elsewhere from their last checkpoint";
  for (auto& [id, job] : member.held) {
    job.checkpoint = sweep_->saved_checkpoint(id).value_or("");
    pool_->give_back(std::move(job));
  }
  member.held.clear();
  member.active = false;
  member.wanted = 0;
  member.progress.steps_done = member.finished_steps;
  sweep_->warn(sentence);
}

void RankCrew::save(const Saving& saving) {
  if (saving.entries.empty()) return;
  observer_->begin_batch();
  tell(saving);
  observer_->end_batch();
}

void RankCrew::tell(const Saving& saving) {
  for (const Saving::Entry& entry : saving.entries) {
    if (entry.result) {
      observer_->finished(*entry.config, *entry.result);
      count(*entry.result);
    } else {
      observer_->checkpoint(*entry.config, entry.checkpoint);
    }
  }
}

void RankCrew::count(const ReplicaResult& result) {
  ++progress_.finished;
  progress_.failed += result.failed ? 1 : 0;
}

const ReplicaConfig* RankCrew::held_by(int rank, int id) const {
  const auto& held = members_[static_cast<std::size_t>(rank)].held;
  const auto found = held.find(id);
  return found == held.end() ? nullptr : found->second.config;
}

void RankCrew::settle(int rank, int id) {
  Member& member = members_[static_cast<std::size_t>(rank)];
  const ReplicaConfig& config = *member.held.at(id).config;
  member.finished_steps += training_steps(config.train, sweep_->data(config).rows);
  member.held.erase(id);
  pool_->finish();
}

std::uint64_t RankCrew::total_slots() const {
  std::uint64_t sum = 0;
  for (const Member& member : members_)
    if (member.active) sum += std::max<std::uint64_t>(member.slots, member.held.size());
  return sum;
}

/// As many of the pool's replicas as the rank wants and its share allows.
std::vector<Job> RankCrew::take_for(int rank, std::uint64_t wanted) {
  Member& member = members_[static_cast<std::size_t>(rank)];
  const double left = static_cast<double>(pool_->waiting() + pool_->taken());
  const auto slots = static_cast<double>(std::max<std::uint64_t>(member.slots, member.held.size()));
  const auto share = static_cast<std::size_t>(std::ceil(left * slots / static_cast<double>(total_slots())));
  std::vector<Job> jobs;
  while (jobs.size() < wanted && member.held.size() < share) {
    auto job = pool_->take(0);
    if (!job) break;
    member.held.emplace(job->config->id, Job{job->config, job->work, {}});
    jobs.push_back(std::move(*job));
  }
  return jobs;
}

void RankCrew::grant() {
  for (int rank = 1; rank < ranks_.size(); ++rank) grant_to(rank);
  if (!local_) local_ = std::make_unique<JobQueue>(std::vector<Job>(), sweep_->local.takers, true);
  if (!local_->is_open()) return;
  std::vector<Job> jobs = take_for(0, wanted_replicas(*local_, members_[0].slots));
  if (!jobs.empty()) local_->add(std::move(jobs));
  if (!pool_->has_waiting() && trains_here_) local_->close();
}

void RankCrew::grant_to(int rank) {
  Member& member = members_[static_cast<std::size_t>(rank)];
  if (!member.active || member.wanted == 0) return;
  // A rank with nothing to do waits for what may come back; one that trains is told that nothing comes, so
  // that its threads share what it has.
  if (!pool_->has_waiting() && member.held.empty()) return;
  ReplicaGrant grant{number_, progress_.replicas, {}};
  for (Job& job : take_for(rank, member.wanted))
    grant.granted.push_back({job.config->id, std::move(job.checkpoint)});
  if (grant.granted.empty() && pool_->has_waiting()) return;  // it has its share
  member.wanted = 0;
  ranks_.send(rank, to_bytes(grant));
}

void RankCrew::train_here() {
  SweepProgress progress;
  progress.replicas = progress_.replicas;
  trains_here_ = true;
  sweep_->local.run(*local_, stop_, local_observer(), progress);
  before_.steps_done += progress.steps_done;
  before_.steps_trained += progress.steps_trained;
  members_[0].progress = before_;
  local_.reset();
  trains_here_ = false;
}

SweepObserver RankCrew::local_observer() {
  SweepObserver local = *observer_;
  local.finished = [this](const ReplicaConfig& config, const ReplicaResult& result) {
    observer_->finished(config, result);
    count(result);
    settle(0, config.id);
  };
  local.postponed = [this](const Postponed& replica) {
    postponed_.push_back(replica);
    ++progress_.postponed;
    settle(0, replica.config->id);
  };
  local.tick = [this](const SweepProgress& progress) {
    members_[0].progress = {number_, before_.steps_done + progress.steps_done,
                            before_.steps_trained + progress.steps_trained};
    serve();
    tell_progress();
  };
  return local;
}

void RankCrew::tell_progress() {
  progress_.steps_done = progress_.steps_trained = 0;
  for (const Member& member : members_) {
    // What a rank says of its steps comes after its results.
    progress_.steps_done += std::max(member.progress.steps_done, member.finished_steps);
    progress_.steps_trained += member.progress.steps_trained;
  }
  progress_.seconds = seconds_since(start_);
  observer_->tick(progress_);
}

/// The last checkpoints of all ranks. A batch is open nearly all the time: the caller knows then that
/// something is being saved, and is patient.
void RankCrew::gather() {
  for (int rank = 1; rank < ranks_.size(); ++rank) ranks_.send(rank, to_bytes(StopTraining{}));
  const auto start = Clock::now();
  const auto awaited = [this] {
    return std::any_of(members_.begin() + 1, members_.end(), [](const Member& member) {
      return member.active && !member.stopped && !member.held.empty();
    });
  };
  while (awaited() && seconds_since(start) < longest_gathering) {
    observer_->begin_batch();
    const auto step = Clock::now();
    Saving saving;
    while (awaited() && seconds_since(step) < gathering_step) {
      ranks_.wait(crew_idle_wait);
      for (const RankMessage& message : ranks_.receive()) take(message, saving);
    }
    tell(saving);
    observer_->end_batch();
  }
}

}  // namespace symscan
