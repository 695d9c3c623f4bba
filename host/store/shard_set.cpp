#include "host/store/shard_set.hpp"

#include <algorithm>

#include "host/base/error.hpp"
#include "host/base/text.hpp"
#include "host/config/differing_keys.hpp"
#include "host/device/backend.hpp"
#include "host/store/ledger_checks.hpp"
#include "host/store/stored_json.hpp"

namespace symscan {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t most_copied_bytes = 64u << 20;  ///< of weights in a transaction
constexpr std::size_t most_copied_replicas = 2000;
constexpr std::size_t most_told_shards = 20;

std::string in_quotes_of(const fs::path& path) {
  return "'" + printable_line(path.string()) + "'";
}

/// The config as this version reads it.
Json resolved_config(const Json& recorded) {
  return parse_config_of(recorded, most_replicas).resolved;
}

void check_same_config_of_shards(const Json& first, const fs::path& first_path, const Json& other,
                                 const fs::path& path) {
  if (first == other) return;
  const auto keys = differing_keys(resolved_config(first), resolved_config(other));
  if (keys.empty()) return;
  throw ConfigError(in_quotes_of(path) + " is a shard of another sweep than " + in_quotes_of(first_path) +
                    "; these keys differ: " + join_words(keys));
}

}  // namespace

ShardSet::ShardSet(const std::vector<fs::path>& directories) {
  if (directories.empty()) throw UsageError("no shards are given");
  for (const fs::path& directory : directories) {
    const LedgerState state = Ledger::state_of(ledger_file(directory));
    if (state == LedgerState::missing || state == LedgerState::empty)
      not_begun_.push_back(directory);
    else
      add(directory);
  }
  if (parts_.empty())
    throw UsageError(in_quotes_of(directories.front()) +
                     " holds no shard, nor do the others: train them with --shard");
}

void ShardSet::add(const fs::path& path) {
  Ledger ledger = Ledger::open(ledger_file(path), true);
  const std::optional<Shard> shard = ledger.shard();
  if (!shard)
    throw UsageError(
        in_quotes_of(path) +
        " holds a whole sweep, not a shard of one; leave it out (merge joins what train --shard made)");
  Part part = {path, *shard};
  if (parts_.empty()) {
    count_ = shard->count;
    config_ = ledger.config();
    sweep_ = recorded_sweep(ledger);
    index_ = index_datasets(sweep_);
    backend_ = ledger.meta("backend");
  }
  for (const Part& other : parts_)
    if (other.shard == *shard)
      throw UsageError(in_quotes_of(other.path) + " and " + in_quotes_of(path) + " are both shard " +
                       to_string(*shard) + "; leave one of them out");
  if (!parts_.empty()) {
    check_same_config_of_shards(config_, parts_.front().path, ledger.config(), path);
    if (shard->count != count_)
      throw UsageError(in_quotes_of(path) + " is shard " + to_string(*shard) + ", and " +
                       in_quotes_of(parts_.front().path) + " is shard " + to_string(parts_.front().shard) +
                       "; only shards of one division can be joined");
    const std::string backend = ledger.meta("backend");
    if (!rounds_like(backend, backend_))
      throw Error(in_quotes_of(path) + " was trained on " + backend + ", which rounds differently from " +
                  backend_ + "; train it again on such a machine");
    if (("," + backend_ + ",").find("," + backend + ",") == std::string::npos &&
        ("," + backend_ + ",").find(", " + backend + ",") == std::string::npos)
      backend_ += ", " + backend;
  }
  part.run = ledger.database().run();
  part.pending = ledger.count_statuses()["pending"];
  part.has_data = ledger.dataset(0).has_value();
  if (part.has_data) compare_data(part, ledger);
  parts_.push_back(part);
}

/// The data of a shard that has seen them are those of the others.
void ShardSet::compare_data(const Part& part, Ledger& ledger) {
  const bool first = datasets_.empty();
  for (std::size_t d = 0; d < index_.first_replica.size(); ++d) {
    DatasetRecord record = recorded_dataset(ledger, index_, d);
    if (first) {
      datasets_.push_back(std::move(record));
      continue;
    }
    const DatasetRecord& known = datasets_[d];
    if (!same_fingerprint(known.fingerprint, record.fingerprint))
      throw DataError(in_quotes_of(part.path) + " was trained on other data of '" + record.label +
                      "' than the shards "
                      "before it (" +
                      plural(record.rows, "row") + ", and " + plural(known.rows, "row") +
                      " there); train it again on the same file");
  }
}

std::string ShardSet::command_for(const Shard& shard) const {
  std::error_code error;
  const fs::path here = fs::current_path(error);
  for (const Part& part : parts_) {
    if (part.shard != shard) continue;
    const auto progress = read_progress(part.path);
    return progress ? finishing_command(*progress, shard, part.path, here) : "";
  }
  for (const Part& part : parts_)
    if (const auto progress = read_progress(part.path);
        progress && !progress->command.empty() && !progress->shard.empty())
      return finishing_command(*progress, shard, {}, here);
  return "";
}

void ShardSet::check_complete() {
  std::vector<bool> is_there(static_cast<std::size_t>(count_), false);
  std::vector<std::pair<Shard, std::string>> open;  // what is wrong with them
  const std::string at_work = "being trained";
  for (const Part& part : parts_) {
    is_there[static_cast<std::size_t>(part.shard.index)] = true;
    if (part.pending == 0 && part.has_data) continue;
    open.emplace_back(part.shard, !idle_lock_of_run(part.path) ? at_work
                                  : part.pending > 0           ? plural(part.pending, "replica") + " left"
                                                               : "not begun");
  }
  for (int index = 0; index < count_; ++index)
    if (!is_there[static_cast<std::size_t>(index)]) open.emplace_back(Shard{index, count_}, "missing");
  if (!open.empty()) {
    std::sort(open.begin(), open.end(),
              [](const auto& a, const auto& b) { return a.first.index < b.first.index; });
    std::string text = std::to_string(open.size()) + " of " +
                       plural(static_cast<std::size_t>(count_), "shard") +
                       (open.size() == 1 ? " is" : " are") + " not finished; nothing was joined:";
    for (std::size_t i = 0; i < std::min(open.size(), most_told_shards); ++i) {
      const std::string command = open[i].second == at_work ? "" : command_for(open[i].first);
      text += "\n  " + to_string(open[i].first) + " (" + open[i].second + ")" +
              (command.empty() ? "" : ": " + command);
    }
    if (open.size() > most_told_shards)
      text += "\n  and " + std::to_string(open.size() - most_told_shards) + " more";
    throw Error(text, ExitCode::interrupted);
  }
  if (!not_begun_.empty())
    throw UsageError(in_quotes_of(not_begun_.front()) +
                     " holds no run, and all shards are there without it; leave it out");
  std::vector<int> owner(sweep_.replicas.size(), -1);
  for (const Part& part : parts_) {
    Ledger ledger = Ledger::open(ledger_file(part.path), true);
    for (const auto& [id, status] : ledger.rows(sweep_.replicas.size())) {
      int& shard = owner[static_cast<std::size_t>(id)];
      if (shard >= 0)
        throw Error(name_of_replica(id) + " is in shard " + std::to_string(shard) + " and in shard " +
                    std::to_string(part.shard.index) +
                    "; the shards were divided by different versions of symscan, train them with one");
      shard = part.shard.index;
    }
  }
  const auto lost = std::find(owner.begin(), owner.end(), -1);
  if (lost != owner.end())
    throw Error(
        name_of_replica(static_cast<int>(lost - owner.begin())) +
        " is in no shard; the shards were divided by different versions of symscan, train them with one");
}

void ShardSet::refuse_as_place(const fs::path& out) const {
  std::error_code error;
  for (const Part& part : parts_)
    if (fs::equivalent(part.path, out, error))
      throw UsageError(in_quotes_of(out) + " is shard " + to_string(part.shard) +
                       " itself, which would be lost; give another --out");
}

void ShardSet::copy_part(const Part& part, RunDirectory& run, const std::vector<ReplicaRecord::Status>& here,
                         const std::function<void(std::size_t)>& progress, const std::atomic<bool>& stop) {
  const std::optional<Descriptor> lock = idle_lock_of_run(part.path);
  if (!lock)
    throw Error(in_quotes_of(part.path) + " is being trained; repeat when it has ended",
                ExitCode::interrupted);
  Ledger source = Ledger::open(ledger_file(part.path), true);
  Ledger& target = run.ledger();
  check_replica_rows(source, sweep_, index_);
  std::size_t replicas = 0, bytes = 0;
  const auto save = [&] {
    if (replicas > 0) target.commit();
    replicas = bytes = 0;
    progress(looked_at_);
  };
  for (const auto& [id, status] : source.rows(sweep_.replicas.size())) {
    const ReplicaConfig& config = sweep_.replicas[static_cast<std::size_t>(id)];
    const ReplicaRecord::Status before = here[static_cast<std::size_t>(id)];
    if (status == ReplicaRecord::Status::pending || source.database().run() != part.run) {
      save();
      throw Error(in_quotes_of(part.path) +
                      " has changed while it was joined; repeat with --overwrite when it is trained",
                  ExitCode::interrupted);
    }
    if (before != ReplicaRecord::Status::pending && before != status)
      throw Error(name_of_replica(id) + " of " + in_quotes_of(part.path) + " has other results than in " +
                  in_quotes_of(run.path()) + ", which was joined before; replace that with --overwrite");
    ++looked_at_;
    if (before != ReplicaRecord::Status::pending) continue;
    if (stop) break;
    if (replicas == 0) {
      run.check_still_there();
      target.begin();
    }
    const DatasetRecord& data =
        datasets_[static_cast<std::size_t>(index_.of_replica[static_cast<std::size_t>(id)])];
    ReplicaRecord record = recorded_replica(source, config, data);
    if (record.status == ReplicaRecord::Status::done)
      record.result.parameters = recorded_parameters(source, config, data.columns.size());
    if (record.status == ReplicaRecord::Status::skipped)
      target.skip(id);
    else
      target.finish(config, record.result);
    ++added_;
    bytes += record.result.parameters.size() * sizeof(float);
    if (++replicas >= most_copied_replicas || bytes >= most_copied_bytes) save();
  }
  save();
}

bool ShardSet::copy_into(RunDirectory& run, const std::function<void(std::size_t)>& progress,
                         const std::atomic<bool>& stop) {
  for (std::size_t d = 0; d < datasets_.size(); ++d) run.record_dataset(static_cast<int>(d), datasets_[d]);
  const std::vector<ReplicaRecord::Status> here = run.ledger().statuses(sweep_.replicas.size());
  looked_at_ = added_ = 0;
  for (const Part& part : parts_) {
    copy_part(part, run, here, progress, stop);
    if (stop) return false;
  }
  return true;
}

}  // namespace symscan
