#include "host/mpi/rank_messages.hpp"

#include "host/train/checkpoint_blob.hpp"

namespace symscan {
namespace {

void write(BlobWriter& out, const std::string& text) {
  out.put<std::uint64_t>(text.size());
  out.put_array(text.data(), text.size());
}

void read(BlobReader& in, std::string& text) {
  const auto bytes = in.get_all<char>();
  text.assign(bytes.begin(), bytes.end());
}

void write(BlobWriter& out, const LatentMeasures& measures) {
  for (const MeasureTraits& traits : relevance_measures) out.put_all(measures[traits.measure]);
}

void read(BlobReader& in, LatentMeasures& measures) {
  for (const MeasureTraits& traits : relevance_measures) measures[traits.measure] = in.get_all<double>();
}

/// Of a list whose entries have `least` bytes each.
std::size_t read_count(BlobReader& in, std::size_t least) {
  const auto count = in.get<std::uint64_t>();
  if (count > in.bytes_left() / least) throw Error("it is cut short");
  return count;
}

bool read_flag(BlobReader& in) {
  return in.get<std::uint8_t>() != 0;
}

ExitCode read_code(BlobReader& in) {
  return static_cast<ExitCode>(in.get<std::int32_t>());
}

void write(BlobWriter& out, const Convergence& convergence) {
  out.put<std::uint8_t>(convergence.converged ? 1 : 0);
  out.put<std::int32_t>(static_cast<std::int32_t>(convergence.ending));
  out.put(convergence.relevance_change);
  out.put(convergence.loss_change);
}

void read(BlobReader& in, Convergence& convergence) {
  convergence.converged = read_flag(in);
  const auto ending = in.get<std::int32_t>();
  if (ending < 0 || ending > static_cast<std::int32_t>(Ending::early_stopping))
    throw Error("it has an unknown ending");
  convergence.ending = static_cast<Ending>(ending);
  convergence.relevance_change = in.get<double>();
  convergence.loss_change = in.get<double>();
}

void write(BlobWriter& out, const ReplicaResult& result) {
  out.put<std::uint8_t>(result.failed ? 1 : 0);
  write(out, result.message);
  for (const double value : {result.loss, result.reconstruction, result.kl}) out.put(value);
  write(out, result.measures);
  write(out, result.convergence);
  out.put_all(result.history);
  out.put<std::uint64_t>(result.tracked.size());
  for (const TrackedRelevance& moment : result.tracked) {
    out.put<std::uint64_t>(moment.epoch);
    write(out, moment.measures);
  }
  out.put_all(result.parameters);
}

void read(BlobReader& in, ReplicaResult& result) {
  result.failed = read_flag(in);
  read(in, result.message);
  for (double* value : {&result.loss, &result.reconstruction, &result.kl}) *value = in.get<double>();
  read(in, result.measures);
  read(in, result.convergence);
  result.history = in.get_all<EpochMetrics>();
  result.tracked.resize(read_count(in, sizeof(std::uint64_t)));
  for (TrackedRelevance& moment : result.tracked) {
    moment.epoch = in.get<std::uint64_t>();
    read(in, moment.measures);
  }
  result.parameters = in.get_all<float>();
}

void write(BlobWriter& out, const Greeting& note) {
  for (const std::string* text : {&note.version, &note.config, &note.backend}) write(out, *text);
  out.put<std::uint64_t>(note.fingerprints.size());
  for (const std::string& fingerprint : note.fingerprints) write(out, fingerprint);
  out.put(note.slots);
}
void read(BlobReader& in, Greeting& note) {
  for (std::string* text : {&note.version, &note.config, &note.backend}) read(in, *text);
  note.fingerprints.resize(read_count(in, sizeof(std::uint64_t)));
  for (std::string& fingerprint : note.fingerprints) read(in, fingerprint);
  note.slots = in.get<std::uint64_t>();
}

void write(BlobWriter& out, const ReplicaRequest& note) {
  out.put(note.wanted);
}
void read(BlobReader& in, ReplicaRequest& note) {
  note.wanted = in.get<std::uint64_t>();
}

void write(BlobWriter& out, const ReplicaFinished& note) {
  out.put(note.id);
  write(out, note.result);
}
void read(BlobReader& in, ReplicaFinished& note) {
  note.id = in.get<int>();
  read(in, note.result);
}

void write(BlobWriter& out, const ReplicaCheckpoint& note) {
  out.put(note.id);
  write(out, note.blob);
}
void read(BlobReader& in, ReplicaCheckpoint& note) {
  note.id = in.get<int>();
  read(in, note.blob);
}

void write(BlobWriter& out, const ReplicaPostponed& note) {
  out.put(note.id);
  write(out, note.sentence);
  out.put<std::int32_t>(static_cast<std::int32_t>(note.code));
}
void read(BlobReader& in, ReplicaPostponed& note) {
  note.id = in.get<int>();
  read(in, note.sentence);
  note.code = read_code(in);
}

void write(BlobWriter& out, const RankProgress& note) {
  for (const std::uint64_t value : {note.sweep, note.steps_done, note.steps_trained}) out.put(value);
}
void read(BlobReader& in, RankProgress& note) {
  for (std::uint64_t* value : {&note.sweep, &note.steps_done, &note.steps_trained})
    *value = in.get<std::uint64_t>();
}

void write(BlobWriter& out, const RankWarning& note) {
  write(out, note.sentence);
}
void read(BlobReader& in, RankWarning& note) {
  read(in, note.sentence);
}

void write(BlobWriter&, const RankStopped&) {}
void read(BlobReader&, RankStopped&) {}

void write(BlobWriter& out, const RankFailed& note) {
  write(out, note.sentence);
  out.put<std::int32_t>(static_cast<std::int32_t>(note.code));
}
void read(BlobReader& in, RankFailed& note) {
  read(in, note.sentence);
  note.code = read_code(in);
}

void write(BlobWriter& out, const ReplicaGrant& note) {
  out.put(note.sweep);
  out.put(note.replicas);
  out.put<std::uint64_t>(note.granted.size());
  for (const GrantedReplica& replica : note.granted) {
    out.put(replica.id);
    write(out, replica.checkpoint);
  }
}
void read(BlobReader& in, ReplicaGrant& note) {
  note.sweep = in.get<std::uint64_t>();
  note.replicas = in.get<std::uint64_t>();
  note.granted.resize(read_count(in, sizeof(int) + sizeof(std::uint64_t)));
  for (GrantedReplica& replica : note.granted) {
    replica.id = in.get<int>();
    read(in, replica.checkpoint);
  }
}

void write(BlobWriter&, const StopTraining&) {}
void read(BlobReader&, StopTraining&) {}

/// The note of kind `index`, counted in RankNote.
template <std::size_t Kind = 0>
RankNote read_note(BlobReader& in, std::size_t index) {
  if constexpr (Kind == std::variant_size_v<RankNote>) {
    throw Error("it is of an unknown kind");
  } else {
    if (index != Kind) return read_note<Kind + 1>(in, index);
    std::variant_alternative_t<Kind, RankNote> note;
    read(in, note);
    return note;
  }
}

}  // namespace

std::string to_bytes(const RankNote& note) {
  BlobWriter out;
  out.put(static_cast<std::uint8_t>(note.index()));
  std::visit([&](const auto& content) { write(out, content); }, note);
  return out.take();
}

RankNote from_bytes(std::string_view bytes) {
  BlobReader in(bytes);
  const auto kind = in.get<std::uint8_t>();
  RankNote note = read_note(in, kind);
  if (!in.at_end()) throw Error("it is too long");
  return note;
}

}  // namespace symscan
