#include "host/base/cores.hpp"
#include "host/library/run_outputs.hpp"
#include "host/library/run_state.hpp"
#include "host/store/run_status.hpp"
#include "host/store/shard_set.hpp"

namespace symscan {

RunDirectory::Mode directory_mode(TrainingOptions::Existing existing) {
  switch (existing) {
    case TrainingOptions::Existing::resume:
      return RunDirectory::Mode::resume;
    case TrainingOptions::Existing::overwrite:
      return RunDirectory::Mode::overwrite;
    case TrainingOptions::Existing::refuse:
      break;
  }
  return RunDirectory::Mode::fresh;
}

void Run::State::refuse_shard() const {
  if (is_shard)
    throw UsageError(
        "the run is a shard of a sweep, which says nothing about the whole; merge() joins all shards");
}

namespace {

void check_table(const Table& table, const std::vector<DatasetRecord>& records) {
  for (const DatasetRecord& record : records)
    if (!is_recorded_table(record, table))
      throw DataError("the table is not the one that the shards of '" + record.label + "' were trained on");
}

}  // namespace

Run merge(const std::vector<std::filesystem::path>& directories, const MergeChoice& choice,
          const Table* table) {
  if (choice.directory.empty())
    throw UsageError("the joined run needs a directory; give MergeChoice::directory");
  const RunDirectory::Mode mode = directory_mode(choice.existing);
  RunDirectory::check(choice.directory, mode);
  ShardSet shards(directories);
  shards.refuse_as_place(choice.directory);
  shards.check_complete();
  if (table != nullptr) check_table(*table, shards.datasets());
  auto run = std::make_unique<Run::State>();
  run->path = choice.directory;
  run->backend = shards.backend();
  run->threads = threads_or_all_cores(choice.threads);
  run->directory = std::make_unique<RunDirectory>(choice.directory, mode, shards.sweep(), shards.backend());
  const auto replicas = static_cast<double>(shards.sweep().replicas.size());
  const auto tell = [&](std::size_t copied) {
    if (choice.progress) choice.progress(static_cast<double>(copied) / replicas);
  };
  static const std::atomic<bool> never{false};
  run->complete = shards.copy_into(*run->directory, tell, choice.stop != nullptr ? *choice.stop : never);
  run->results = load_results(run->ledger());
  if (run->complete) {
    if (table != nullptr) run->rows.assign(run->results.datasets.size(), evenly_spaced_rows(*table));
    run->directory->check_still_there();
    write_results(run->directory->path(), run->results, run->sample_measures(), run->ledger());
  }
  return Run(std::move(run));
}

std::string status(const std::vector<std::filesystem::path>& runs) {
  return versioned_json(status_of_runs({runs.begin(), runs.end()}), status_schema_version)
      .dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace symscan
