#include "host/mpi/ranks.hpp"

#include <algorithm>
#include <utility>

namespace symscan {
namespace {

/// The first byte of what goes between two Ranks.
enum Kind : char {
  message = 'm',
  alive = 'a',
  end = 'e',      ///< from rank 0, with the exit code
  goodbye = 'b',  ///< the answer
  finalize = 'f',
  leave = 'l',
};

constexpr std::chrono::milliseconds between_steps(2);
/// A process that was held up longer than this (stopped, swapped out) was silent itself.
constexpr double longest_step = 1;
constexpr double seconds_to_leave = 2;

}  // namespace

Ranks::Ranks(const MpiApi& api, Settings settings)
    : api_(api), settings_(std::move(settings)), thread_([this] { run(); }) {
  std::unique_lock lock(mutex_);
  progress_.wait(lock, [this] { return started_; });
  if (!why_not_.empty()) throw UsageError(why_not_);
}

Ranks::~Ranks() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  to_send_.notify_all();
}

void Ranks::send(int to, std::string bytes) {
  {
    const std::lock_guard lock(mutex_);
    outbox_.push_back({to, std::move(bytes)});
    all_sent_ = false;
  }
  to_send_.notify_all();
}

std::vector<RankMessage> Ranks::receive() {
  const std::lock_guard lock(mutex_);
  return std::exchange(inbox_, {});
}

void Ranks::wait(double seconds) {
  std::unique_lock lock(mutex_);
  arrived_.wait_for(lock, std::chrono::duration<double>(seconds), [this] { return !inbox_.empty(); });
}

void Ranks::flush(double seconds) {
  std::unique_lock lock(mutex_);
  progress_.wait_for(lock, std::chrono::duration<double>(seconds), [this] { return all_sent_; });
}

void Ranks::finish(ExitCode code) {
  {
    const std::lock_guard lock(mutex_);
    finishing_ = code;
  }
  to_send_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void Ranks::run() {
  if (!start()) return;
  while (!ended_) {
    step();
    std::unique_lock lock(mutex_);
    if (stopping_) return;
    if (finishing_) {
      code_ = *finishing_;
      lock.unlock();
      return end_all();
    }
    to_send_.wait_for(lock, between_steps,
                      [this] { return !outbox_.empty() || stopping_ || finishing_.has_value(); });
  }
}

bool Ranks::start() {
  const char* problem = api_.start(&place_);
  others_.resize(static_cast<std::size_t>(place_.size));
  last_step_ = Clock::now();
  {
    const std::lock_guard lock(mutex_);
    if (problem != nullptr) why_not_ = problem;
    started_ = true;
  }
  progress_.notify_all();
  return problem == nullptr;
}

void Ranks::step() {
  const auto now = Clock::now();
  awake_ += std::min(longest_step, std::chrono::duration<double>(now - last_step_).count());
  last_step_ = now;
  send_outbox();
  api_.receive(this, [](void* self, int from, const void* bytes, std::uint64_t count) {
    static_cast<Ranks*>(self)->take(from, static_cast<const char*>(bytes), count);
  });
  show_life();
  const bool sent = api_.unsent() == 0;
  {
    const std::lock_guard lock(mutex_);
    all_sent_ = sent && outbox_.empty();
  }
  progress_.notify_all();
}

void Ranks::send_outbox() {
  std::vector<Outgoing> outbox;
  {
    const std::lock_guard lock(mutex_);
    outbox.swap(outbox_);
  }
  for (const Outgoing& one : outbox) transmit(one.to, Kind::message, one.bytes);
}

void Ranks::transmit(int to, char kind, const std::string& bytes) {
  if (others_[static_cast<std::size_t>(to)].lost) return;
  const std::string framed = kind + bytes;
  if (api_.send(to, framed.data(), framed.size()) == 0) lose(to);
}

void Ranks::take(int from, const char* bytes, std::size_t count) {
  if (count == 0 || from < 0 || from >= place_.size) return;
  Other& other = others_[static_cast<std::size_t>(from)];
  if (other.lost) {
    // It lives after all, and its replicas went on elsewhere.
    if (place_.rank != 0 || other.was_told) return;
    other.was_told = true;
    for (const char kind : {Kind::end, Kind::leave}) {
      const std::string framed = {kind, static_cast<char>(ExitCode::interrupted)};
      (void)api_.send(from, framed.data(), framed.size());
    }
    return;
  }
  other.heard = awake_;
  const std::string content(bytes + 1, count - 1);
  if (bytes[0] == Kind::message) return deliver({from, false, content});
  if (bytes[0] == Kind::goodbye) other.said_goodbye = true;
  if (from == 0) take_from_rank_0(bytes[0], content);
}

void Ranks::take_from_rank_0(char kind, const std::string& bytes) {
  if (kind == Kind::end && !bytes.empty()) {
    code_ = static_cast<ExitCode>(static_cast<unsigned char>(bytes[0]));
    transmit(0, Kind::goodbye);
  } else if (kind == Kind::finalize || kind == Kind::leave) {
    end_alone(kind == Kind::finalize);
  }
}

/// Between rank 0 and the others, in both directions; and who has shown none is lost.
void Ranks::show_life() {
  const double between = std::min(1.0, settings_.lost_after / 5);
  const bool due = awake_ - shown_ >= between;
  if (due) shown_ = awake_;
  for (int rank = 0; rank < place_.size; ++rank) {
    if (rank == place_.rank || (rank != 0 && place_.rank != 0)) continue;
    Other& other = others_[static_cast<std::size_t>(rank)];
    if (other.lost) continue;
    if (awake_ - other.heard > settings_.lost_after)
      lose(rank);
    else if (due)
      transmit(rank, Kind::alive);
  }
}

void Ranks::lose(int rank) {
  Other& other = others_[static_cast<std::size_t>(rank)];
  if (other.lost) return;
  other.lost = true;
  if (place_.rank == 0) return deliver({rank, true, {}});
  if (rank != 0 || ended_) return;
  ended_ = true;
  settings_.end({ExitCode::interrupted, true});
}

void Ranks::deliver(RankMessage message) {
  {
    const std::lock_guard lock(mutex_);
    inbox_.push_back(std::move(message));
  }
  arrived_.notify_all();
}

void Ranks::send_all(char kind, const std::string& bytes) {
  for (int rank = 1; rank < place_.size; ++rank) transmit(rank, kind, bytes);
}

/// Of rank 0. What a rank does at this time does not matter, its thread of MPI answers.
void Ranks::end_all() {
  send_all(Kind::end, {static_cast<char>(code_)});
  const auto others = [this](auto condition) {
    return std::all_of(others_.begin() + 1, others_.end(), condition);
  };
  while (!others([](const Other& other) { return other.lost || other.said_goodbye; })) {
    step();
    std::this_thread::sleep_for(between_steps);
  }
  const bool together = others([](const Other& other) { return !other.lost; });
  send_all(together ? Kind::finalize : Kind::leave);
  let_leave();
  if (together) api_.finish();
}

void Ranks::end_alone(bool together) {
  if (ended_) return;
  ended_ = true;
  let_leave();
  if (together) api_.finish();
  settings_.end({code_, false});
}

void Ranks::let_leave() {
  const auto start = Clock::now();
  while (api_.unsent() > 0 && std::chrono::duration<double>(Clock::now() - start).count() < seconds_to_leave)
    std::this_thread::sleep_for(between_steps);
}

}  // namespace symscan
