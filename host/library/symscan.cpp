#include "host/library/symscan.hpp"

#include <algorithm>
#include <cmath>

#include "host/base/cores.hpp"
#include "host/base/file.hpp"
#include "host/config/config_file.hpp"
#include "host/config/dataset_config.hpp"
#include "host/config/json_text.hpp"
#include "host/config/overrides.hpp"
#include "host/data/dataset.hpp"
#include "host/data/table_limits.hpp"
#include "host/findings/analysis_file.hpp"
#include "host/findings/findings.hpp"
#include "host/findings/model_json.hpp"
#include "host/library/chosen_settings.hpp"
#include "host/library/figures.hpp"
#include "host/library/run_outputs.hpp"
#include "host/library/run_state.hpp"
#include "host/library/sharding.hpp"
#include "host/library/sweep_training.hpp"
#include "host/models/export_formats.hpp"
#include "host/models/saved_model.hpp"
#include "host/report/comparison.hpp"
#include "host/report/comparison_page.hpp"
#include "host/report/comparison_records.hpp"
#include "host/report/comparison_text.hpp"
#include "host/store/run_directory.hpp"
#include "host/store/summary.hpp"

namespace symscan {
namespace {

TrainedReplica::Status public_status(ReplicaRecord::Status status) {
  switch (status) {
    case ReplicaRecord::Status::done:
      return TrainedReplica::Status::done;
    case ReplicaRecord::Status::failed:
      return TrainedReplica::Status::failed;
    case ReplicaRecord::Status::skipped:
      return TrainedReplica::Status::skipped;
    case ReplicaRecord::Status::elsewhere:
      return TrainedReplica::Status::elsewhere;
    case ReplicaRecord::Status::pending:
      break;
  }
  return TrainedReplica::Status::pending;
}

TrainedReplica trained_replica(const RunResults& results, const ReplicaConfig& config) {
  const ReplicaRecord& record = results.replicas[config.id];
  TrainedReplica replica;
  replica.id = config.id;
  replica.group = config.group;
  replica.status = public_status(record.status);
  replica.message = record.result.message;
  replica.dataset = results.label_of(config);
  replica.latent_dim = config.model.latent_dim;
  replica.beta = config.loss.beta;
  replica.tau = results.tau_of(config);
  replica.seed = config.seed;
  if (record.status != ReplicaRecord::Status::done) return replica;
  const ReplicaResult& result = record.result;
  const RelevanceMeasure measure = config.relevance.measure;
  replica.epochs = record.epochs;
  replica.loss = result.loss;
  replica.reconstruction = result.reconstruction;
  replica.kl = result.kl;
  replica.active_latents = active_latents(result.latent_kl(), config.relevance.threshold);
  replica.relevance = reordered(result.measures[measure], relevance_order(result, measure));
  return replica;
}

TrainingChoice choice_of(const TrainingOptions& options) {
  TrainingChoice choice;
  choice.device = parse_device(options.device);
  choice.threads = threads_or_all_cores(options.threads);
  choice.checkpoint_seconds = options.checkpoint_seconds;
  return choice;
}

/// The shard that the options want, if any.
std::optional<ShardPlan> shard_of(const SweepInput& input, const TrainingOptions& options) {
  if (options.shard.empty()) return std::nullopt;
  return plan_shard(input, parse_shard(options.shard));
}

/// The ledger of a run: in its directory, or in memory.
void open_ledger(Run::State& run, const SweepInput& input, const TrainingOptions& options) {
  const std::optional<ShardPlan> shard = shard_of(input, options);
  run.is_shard = shard.has_value();
  const std::vector<DatasetRecord>& records = input.data().records;
  if (options.directory.empty()) {
    run.ledger_without_directory.emplace(Ledger::create(":memory:", input.sweep(), input.backend().name()));
    for (std::size_t d = 0; d < records.size(); ++d)
      run.ledger_without_directory->add_dataset(static_cast<int>(d), records[d]);
    return;
  }
  run.directory =
      std::make_unique<RunDirectory>(options.directory, directory_mode(options.existing), input.sweep(),
                                     input.backend().name(), shard ? &shard->replicas : nullptr);
  for (std::size_t d = 0; d < records.size(); ++d)
    run.directory->record_dataset(static_cast<int>(d), records[d]);
}

TrainingProgress public_progress(const SweepProgress& progress) {
  const double share = progress.steps > 0
                           ? static_cast<double>(progress.steps_done) / static_cast<double>(progress.steps)
                           : 1.0;
  return {progress.replicas, progress.finished, progress.failed, std::min(1.0, share), progress.seconds};
}

TrainingObserver observer_of(const Run::State& run, const TrainingOptions& options) {
  TrainingObserver observer;
  if (options.progress)
    observer.progress = [&](const SweepProgress& progress) { options.progress(public_progress(progress)); };
  if (options.warn) observer.warn = options.warn;
  if (run.directory) observer.before_saving = [&run] { run.directory->check_still_there(); };
  return observer;
}

/// What is worth reading about the settings, and then about each dataset.
LoadingHooks hooks_of(std::function<Table(const ReplicaConfig&)> load, const TrainingOptions& options) {
  LoadingHooks hooks{std::move(load)};
  if (options.note)
    hooks.loaded = [&options](const DatasetRecord& record) {
      for (const std::string& note : record.notes) options.note(record.label + ": " + note);
    };
  return hooks;
}

Run train_sweep(SweepConfig sweep, const std::function<Table(const ReplicaConfig&)>& load,
                const TrainingOptions& options) {
  const LogChoice logs = {options.directory, options.logs};
  if (!options.shard.empty()) {
    (void)parse_shard(options.shard);
    if (options.directory.empty())
      throw UsageError(
          "a shard is joined with the others from its run directory; give TrainingOptions::directory");
  }
  check_logs(logs, sweep);
  if (!options.directory.empty()) RunDirectory::check(options.directory, directory_mode(options.existing));
  if (options.note)
    for (const std::string& note : sweep.notes) options.note(note);
  SweepInput input(std::move(sweep), choice_of(options));
  input.load(hooks_of(load, options));
  const Backend& backend = input.open_backend();
  if (options.warn && !backend.warning.empty()) options.warn(backend.warning);
  input.check();
  auto run = std::make_unique<Run::State>();
  open_ledger(*run, input, options);
  run->path = options.directory;
  run->backend = backend.name();
  run->threads = input.choice().threads;
  static const std::atomic<bool> never{false};
  SweepTraining training(input, run->ledger(), logs);
  run->complete = training.run(observer_of(*run, options), options.stop != nullptr ? *options.stop : never);
  run->rows = input.take_rows();
  input.forget_replicas();
  run->results = load_progress(run->ledger());
  if (run->directory && run->complete && !run->is_shard) {
    run->directory->check_still_there();
    write_results(run->directory->path(), run->results, run->sample_measures(), run->ledger());
  }
  return Run(std::move(run));
}

/// The config with the settings applied.
Json document_of(const SweepText& sweep) {
  Json document = parse_json_text(sweep.json, "the config", true);
  if (!document.is_object()) throw ConfigError("the config is no JSON object");
  for (const std::string& setting : sweep.settings) apply_override(document, setting);
  return document;
}

/// The sweep, with what was chosen for it among its notes.
SweepConfig parsed_sweep(const Json& document, const std::vector<std::string>& chosen) {
  SweepConfig sweep = parse_config(document);
  sweep.notes.insert(sweep.notes.begin(), chosen.begin(), chosen.end());
  return sweep;
}

/// The dataset that stands for a table: of what a config may say about it, what is about its meaning.
Json table_section(const Json& document, const std::string& name) {
  Json section = {{"kind", "file"}, {"path", name}};
  if (!document.contains("dataset")) return section;
  const Json& given = document.at("dataset");
  for (const auto& [key, value] : given.items()) {
    if (!given.is_object() || (key != "acceptance" && key != "angles"))
      throw ConfigError("the table is the dataset; take 'dataset" + (given.is_object() ? "." + key : "") +
                        "' out of the config");
    section[key] = value;
  }
  return section;
}

/// A table that is handed out as often as datasets are prepared from it, without a copy at the last time.
class TableSource {
 public:
  TableSource(Table table, const SweepConfig& sweep)
      : table_(std::move(table)), left_(index_datasets(sweep).first_replica.size()) {}
  Table operator()() { return --left_ == 0 ? std::move(table_) : table_; }

 private:
  Table table_;
  std::size_t left_;
};

}  // namespace

Table make_table(std::vector<std::string> columns, std::vector<double> values) {
  if (columns.empty()) throw DataError("a table needs at least one column");
  if (values.empty()) throw DataError("the table has no rows");
  for (std::size_t d = 0; d < columns.size(); ++d)
    if (std::count(columns.begin(), columns.end(), columns[d]) > 1)
      throw DataError("two columns of the table are called '" + columns[d] + "'");
  for (std::size_t i = 0; i < values.size(); ++i)
    if (!std::isfinite(values[i]))
      throw DataError("row " + std::to_string(i / columns.size() + 1) + ", column '" +
                      columns[i % columns.size()] + "' of the table is not finite");
  if (values.size() % columns.size() != 0) {
    throw DataError("a table of " + std::to_string(columns.size()) + " columns cannot hold " +
                    std::to_string(values.size()) + " values; give whole rows");
  }
  Table table;
  table.rows = values.size() / columns.size();
  table.columns = std::move(columns);
  table.values = std::move(values);
  check_magnitudes(table, "the table");
  return table;
}

Table load_table(const std::string& dataset) {
  const Json section = check_datasets(parse_json_text(dataset, "the dataset", true));
  if (section.is_array()) throw ConfigError("load_table takes one dataset, not a list");
  return load_dataset(section);
}

std::string read_config(const std::filesystem::path& file) {
  return read_config_document(file.string()).dump();
}

const SampleMeasures& Run::State::sample_measures() {
  if (!measures) measures = symscan::sample_measures(results, ledger(), threads);
  return *measures;
}

Run Run::open(const std::filesystem::path& directory) {
  auto run = std::make_unique<State>();
  run->ledger_without_directory.emplace(Ledger::open(ledger_file(directory), true));
  run->path = directory;
  run->backend = run->ledger().meta("backend");
  run->results = load_results(run->ledger());
  run->complete = std::none_of(
      run->results.replicas.begin(), run->results.replicas.end(),
      [](const ReplicaRecord& record) { return record.status == ReplicaRecord::Status::pending; });
  return Run(std::move(run));
}

Run::Run(std::unique_ptr<State> state) : state_(std::move(state)) {}
Run::Run(Run&&) noexcept = default;
Run& Run::operator=(Run&&) noexcept = default;
Run::~Run() = default;

bool Run::complete() const {
  return state_->complete;
}

const std::string& Run::name() const {
  return state_->results.sweep.name;
}

const std::string& Run::backend() const {
  return state_->backend;
}

std::vector<TrainedReplica> Run::replicas() const {
  std::vector<TrainedReplica> replicas;
  for (const ReplicaConfig& config : state_->results.sweep.replicas)
    replicas.push_back(trained_replica(state_->results, config));
  return replicas;
}

std::string Run::summary() const {
  return summary_text(state_->results, state_->sample_measures());
}

std::string Run::config() const {
  return state_->results.sweep.resolved.dump(1) + "\n";
}

const std::filesystem::path& Run::directory() const {
  return state_->path;
}

void Run::unlock() {
  if (state_->directory) state_->directory->unlock();
}

int Run::best() const {
  return chosen_replica(state_->results, std::nullopt);
}

Model Run::model(int replica) const {
  return Model(saved_model(state_->results, state_->ledger(), chosen_replica(state_->results, replica)));
}

Run train(const SweepText& sweep, const TrainingOptions& options) {
  Json document = document_of(sweep);
  std::vector<std::string> chosen;
  if (options.choose_open_settings && document.contains("dataset")) chosen = choose_settings(document);
  return train_sweep(
      parsed_sweep(document, chosen),
      [](const ReplicaConfig& config) { return load_dataset(config.dataset); }, options);
}

Run train(Table table, const SweepText& sweep, const TrainingOptions& options) {
  Json document = document_of(sweep);
  document["dataset"] = table_section(document, options.table_name);
  std::vector<std::string> chosen;
  if (options.choose_open_settings) chosen = choose_settings(document, table);
  SweepConfig parsed = parsed_sweep(document, chosen);
  TableSource source(std::move(table), parsed);
  return train_sweep(
      std::move(parsed), [&](const ReplicaConfig&) { return source(); }, options);
}

Findings analyse(const Run& run, const FindingsOptions& options) {
  Run::State& state = run.state();
  state.refuse_shard();
  return analyse(state.results, state.ledger(), options, state.rows);
}

Findings analyse(const Table& table, const FindingsOptions& options, const TableMeaning& meaning) {
  ReplicaConfig config;
  config.dataset = Json{{"acceptance", meaning.acceptance}, {"angles", meaning.angles}};
  LoadedData data;
  add_dataset(config, meaning.name, table, data);
  return analyse_rows(data.records.front(), data.rows.front(), options);
}

void write_page(const std::string& page, const std::filesystem::path& file) {
  refuse_file_of_a_run(file);
  write_file_atomically(file, page);
}

void export_model(const Model& model, const std::filesystem::path& file, const ModelFile& how) {
  const ExportChoice choice{part_called(how.part), how.float32};
  refuse_file_of_a_run(file);
  export_format(how.format, file, choice).write(model.saved(), choice, file);
}

ComparisonTexts compare(const NamedRun& a, const NamedRun& b) {
  const Comparison comparison =
      compare_runs({a.name, a.run.state().results, a.findings}, {b.name, b.run.state().results, b.findings});
  return {comparison_text(comparison), comparison_html(comparison),
          versioned_json(comparison, comparison_schema_version)
              .dump(-1, ' ', false, Json::error_handler_t::replace)};
}

std::string json_of(const Findings& findings) {
  return to_json(findings).dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

Findings findings_of(const std::string& json) {
  return findings_from_json(parse_json_text(json, "the analysis", true));
}

std::string report_page(const Run& run, const Findings* findings) {
  run.state().refuse_shard();
  return report_page(run.state().results, run.state().sample_measures(), run.state().ledger(), findings);
}

std::vector<std::string> write_figures(const Run& run, const Findings* findings,
                                       const std::filesystem::path& folder, const std::string& formats) {
  Run::State& state = run.state();
  state.refuse_shard();
  const FigureFormats wanted = parse_figure_formats(formats);
  const Json report = report_of(state.results, state.sample_measures(), state.ledger(), findings);
  return write_figures(folder, report, wanted, [](double) {});
}

std::string latex_table(const Run& run, const Findings& findings) {
  Run::State& state = run.state();
  state.refuse_shard();
  return latex_table(report_of(state.results, state.sample_measures(), state.ledger(), &findings));
}

void write_report(const Run& run, const Findings& findings) {
  Run::State& state = run.state();
  if (state.path.empty()) throw UsageError("this run has no directory; give TrainingOptions::directory");
  state.refuse_shard();
  if (state.directory) state.directory->check_still_there();
  // Another training may have replaced it since it was opened.
  Ledger now = Ledger::open(ledger_file(state.path), true);
  if (digest_of(load_results(now)) != digest_of(state.results))
    throw UsageError("the run in '" + state.path.string() +
                     "' is not the one that was opened any more; open it again, or give another path");
  write_findings(state.path, findings);
  write_report(state.path, state.results, state.sample_measures(), state.ledger(), &findings);
}

}  // namespace symscan
