#include <algorithm>
#include <cstdio>
#include <filesystem>

#include "host/base/cores.hpp"
#include "host/base/text.hpp"
#include "host/cli/commands.hpp"
#include "host/cli/outputs.hpp"
#include "host/data/table_limits.hpp"
#include "host/data/write_table.hpp"
#include "host/models/model.hpp"
#include "host/models/model_input.hpp"
#include "host/models/saved_model.hpp"
#include "host/store/run_directory.hpp"

namespace symscan {
namespace {

/// Before anything takes long.
void check_out(const ModelOptions& options) {
  refuse_existing(options.out, options.overwrite);
  std::error_code error;  // a pattern or a pipe is no file
  if (!options.data.empty() && std::filesystem::equivalent(options.out, options.data, error))
    throw UsageError("'" + options.out + "' is the file of --data; give --out another name");
  check_table_writer(options.out);
}

/// The model that a command asks for, and the run that it came from.
struct OpenedModel {
  explicit OpenedModel(const ModelOptions& options)
      : ledger(Ledger::open(ledger_file(options.run), true)),
        results(load_results(ledger)),
        replica(chosen_replica(results, options.replica)),
        model(saved_model(results, ledger, replica)),
        threads(threads_or_all_cores(options.threads)) {}

  Ledger ledger;
  RunResults results;
  int replica;
  Model model;
  int threads;
};

Table events_of(const OpenedModel& opened, const ModelOptions& options) {
  if (options.data.empty() && !options.settings.empty())
    throw UsageError("'" + options.settings.front() + "' is about a file; give it with --data");
  Table table = events_for(opened.results, opened.replica, {options.data, options.settings});
  for (const std::string& note : table.notes)
    std::fprintf(stderr, "note: %s\n", printable_line(note).c_str());
  for (const std::string& note : opened.model.notes_on(table.values))
    std::fprintf(stderr, "note: %s\n", note.c_str());
  return table;
}

/// A name that no column has yet.
std::string free_name(std::string name, const std::vector<std::string>& columns) {
  while (std::find(columns.begin(), columns.end(), name) != columns.end()) name = "model_" + name;
  return name;
}

/// Columns beside each other, filled row by row.
class WideTable {
 public:
  explicit WideTable(std::size_t rows) { table_.rows = rows; }

  /// `values`: [rows][names].
  void add(const std::vector<std::string>& names, const std::vector<double>& values) {
    for (const std::string& name : names) table_.columns.push_back(free_name(name, table_.columns));
    blocks_.push_back({&values, names.size()});
  }

  Table take() {
    table_.values.reserve(table_.rows * table_.columns.size());
    for (std::size_t row = 0; row < table_.rows; ++row)
      for (const auto& [values, width] : blocks_)
        table_.values.insert(table_.values.end(), values->begin() + static_cast<std::ptrdiff_t>(row * width),
                             values->begin() + static_cast<std::ptrdiff_t>((row + 1) * width));
    return std::move(table_);
  }

 private:
  Table table_;
  std::vector<std::pair<const std::vector<double>*, std::size_t>> blocks_;
};

/// Weights, trajectories and target stay with their events.
void keep_special(Table& made, Table& events) {
  made.weights = std::move(events.weights);
  made.groups = std::move(events.groups);
  made.target = std::move(events.target);
}

std::vector<double> row_sums(const std::vector<double>& values, std::size_t columns) {
  std::vector<double> sums(values.size() / columns);
  for (std::size_t i = 0; i < values.size(); ++i) sums[i / columns] += values[i];
  return sums;
}

std::vector<std::string> prefixed(const std::string& prefix, std::vector<std::string> names) {
  for (std::string& name : names) name.insert(0, prefix);
  return names;
}

ExitCode write_and_tell(const Table& table, const OpenedModel& opened, const ModelOptions& options) {
  write_table(table, options.out);
  std::printf("%s: %s, %s, by replica %d\n", options.out.c_str(), plural(table.rows, "row").c_str(),
              plural(table.features(), "column").c_str(), opened.replica);
  return ExitCode::done;
}

/// What a model makes of events, with what stays with them.
ExitCode write_beside(Table& events, WideTable& made, const OpenedModel& opened,
                      const ModelOptions& options) {
  Table table = made.take();
  keep_special(table, events);
  return write_and_tell(table, opened, options);
}

}  // namespace

ExitCode encode_command(const ModelOptions& options) {
  check_out(options);
  const OpenedModel opened(options);
  Table events = events_of(opened, options);
  const Encoding encoding = opened.model.encode(events.values, opened.threads);
  const std::vector<std::string> names = latent_names(opened.model.latents());
  const std::vector<double> kl = row_sums(encoding.latent_kl, names.size());
  WideTable wide(events.rows);
  wide.add(names, encoding.mean);
  wide.add(prefixed("sd_", names), encoding.deviation);
  wide.add(prefixed("kl_", names), encoding.latent_kl);
  wide.add({"kl"}, kl);
  return write_beside(events, wide, opened, options);
}

ExitCode decode_command(const ModelOptions& options) {
  check_out(options);
  const OpenedModel opened(options);
  Table latents = latents_from(options.data, opened.model.latents(), options.settings);
  Table table;
  table.rows = latents.rows;
  table.columns = opened.model.columns();
  table.values = opened.model.decode(latents.values, opened.threads);
  keep_special(table, latents);
  return write_and_tell(table, opened, options);
}

ExitCode reconstruct_command(const ModelOptions& options) {
  check_out(options);
  const OpenedModel opened(options);
  Table events = events_of(opened, options);
  const Reconstruction result = opened.model.reconstruct(events.values, opened.threads);
  WideTable wide(events.rows);
  wide.add(opened.model.columns(), result.values);
  wide.add({"reconstruction_error"}, result.error);
  wide.add({"kl"}, result.kl);
  wide.add({"loss"}, result.loss);
  return write_beside(events, wide, opened, options);
}

ExitCode sample_command(const ModelOptions& options) {
  check_out(options);
  const OpenedModel opened(options);
  const auto rows = static_cast<std::size_t>(options.rows);
  check_table_size("the sample", rows, opened.model.columns().size(), "--n");
  Table table;
  table.rows = rows;
  table.columns = opened.model.columns();
  table.values = opened.model.sample(rows, options.seed, options.noise, opened.threads);
  return write_and_tell(table, opened, options);
}

}  // namespace symscan
