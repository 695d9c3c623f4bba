#pragma once
// The library: which symmetries do data have? Three steps: a table, a trained sweep, its analysis.
//
//   symscan::Table table = symscan::make_table({"x", "y"}, values);
//   symscan::Run run = symscan::train(table, {.settings = {"model.latent_dim=[1,2]", "seeds=[1,2,3]"}});
//   symscan::Findings findings = symscan::analyse(run);
//   symscan::Model model = run.model(run.best());
//
// Constraints, dimension and symmetries of the rows need no training: symscan::analyse(table).
//
// Everything that goes wrong is thrown as symscan::Error with one sentence that says what to do. Functions
// may be called by several threads at one time; one Run belongs to one thread.
#include <atomic>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "host/base/error.hpp"
#include "host/data/table.hpp"
#include "host/findings/model.hpp"
#include "host/findings/options.hpp"
#include "host/models/model.hpp"
#include "host/models/model_state.hpp"

namespace symscan {

#pragma GCC visibility push(default)

/// A table of measurements: `columns` are the D names of the features, `values` is [rows][D], row-major,
/// float64, in any unit. Throws DataError if there are no columns or rows, if two columns have one name, if a
/// value is not finite or beyond the limits of host/data/table_limits.hpp, or if the values do not fill whole
/// rows.
Table make_table(std::vector<std::string> columns, std::vector<double> values);

/// Reads a file or makes a built-in dataset. `dataset`: the dataset section of a config as JSON, e.g.
/// {"kind": "file", "path": "events.csv"} or {"kind": "circle", "n": 1000}; `symscan datasets` lists what
/// there is. Throws ConfigError or DataError.
Table load_table(const std::string& dataset);

/// A sweep as text. Both may be used; lists are swept, and the rest has its defaults (configs/schema.json).
struct SweepText {
  std::string json = "{}";  ///< a config as in a file: {"model": {"latent_dim": [1, 2]}}
  /// As on the command line, "loss.beta=[0.03,0.1]"; stronger than `json`.
  std::vector<std::string> settings = {};
};

/// A config file (// comments allowed) as JSON text, as it stands; relative paths of data are taken from the
/// file's folder. Throws ConfigError with file, line and column.
std::string read_config(const std::filesystem::path& file);

struct TrainingProgress {
  std::size_t replicas = 0, finished = 0, failed = 0;
  double share = 0;    ///< of all steps that are done, 0 to 1
  double seconds = 0;  ///< since training began
};

struct TrainingOptions {
  /// Run directory as `symscan train --out` makes it; empty: nothing is written to disk.
  std::filesystem::path directory = {};
  enum class Existing { refuse, resume, overwrite };
  Existing existing = Existing::refuse;  ///< what to do with a run that is in the directory
  std::string device = "auto";  ///< "auto" (a CUDA device if there is one), "cpu", "cuda", "cuda:0,1"
  int threads = 0;              ///< that train on the CPU, in all; 0: all cores
  double checkpoint_seconds = 10;
  std::string table_name = "table";  ///< what sentences and files call a table that the caller made
  /// As `symscan train --data` without settings: latent_dim, beta and seeds that the sweep leaves open are
  /// chosen from the data; `note` tells which. Where the dataset is not a table or a file, nothing is chosen.
  bool choose_open_settings = false;
  /// What else grows in the directory during training, beside metrics.jsonl: "tensorboard" (event files in
  /// tensorboard/, at most 1000 replicas).
  std::vector<std::string> logs = {};
  /// "3/8": the fourth of eight parts of the sweep alone, into a directory of its own; merge() joins them.
  /// Such a Run has its own replicas only and cannot be analysed. Empty: the whole sweep.
  std::string shard = {};

  // Called on the thread that called train(); each may be empty.
  std::function<void(const TrainingProgress&)> progress = {};  ///< several times a second
  std::function<void(const std::string&)> warn = {};           ///< a sentence: no device, a lost device, ...
  std::function<void(const std::string&)> note = {};           ///< a sentence about the data or the settings
  /// Becomes true, on any thread: training ends soon with a checkpoint, and Run::complete() is false.
  const std::atomic<bool>* stop = nullptr;
};

/// One trained autoencoder of a sweep.
struct TrainedReplica {
  /// skipped: with seeds "auto", not needed; elsewhere: of another shard
  enum class Status { pending, done, failed, skipped, elsewhere };
  int id = 0;     ///< position in the sweep, from 0
  int group = 0;  ///< replicas that differ only in the seed share a group
  Status status = Status::pending;
  std::string message;  ///< why it failed; else empty
  std::string dataset;  ///< label
  int latent_dim = 0;
  double beta = 0;
  double tau =
      0;  ///< variance of the Gaussian decoder that the loss stands for, squared units of prepared data
  std::uint64_t seed = 0;
  // Of replicas that are done; averages over the dataset after training, z sampled.
  std::size_t epochs = 0;
  double loss = 0, reconstruction = 0, kl = 0;  ///< loss = reconstruction + beta * kl; kl in nats
  int active_latents = 0;                       ///< latents with a KL above relevance.threshold (0.01 nats)
  std::vector<double> relevance;                ///< [latent_dim] by relevance.measure, most relevant first
};

/// A sweep that has been trained, and what was learned.
class Run {
 public:
  /// Reads a run directory; nothing is changed. Throws Error if there is no run.
  static Run open(const std::filesystem::path& directory);

  Run(Run&&) noexcept;
  Run& operator=(Run&&) noexcept;
  ~Run();

  bool complete() const;                           ///< false: train() was stopped before its end
  const std::string& name() const;                 ///< of the sweep
  const std::string& backend() const;              ///< what trained it: "cpu (avx512)", "cuda (NVIDIA H200)"
  std::vector<TrainedReplica> replicas() const;    ///< of all groups, in the order of the sweep
  std::string summary() const;                     ///< the text of summary.json
  std::string config() const;                      ///< the resolved config: the text of config.json
  const std::filesystem::path& directory() const;  ///< empty: the run has none

  /// Gives the directory's lock back before the Run's end: others may go on with the run, or replace it.
  void unlock();

  /// The replica with the lowest loss. Throws UsageError where losses cannot be compared (several datasets or
  /// betas), with the best of each, or where no replica is done.
  int best() const;
  /// A trained model. Throws UsageError for a replica that is not done.
  Model model(int replica) const;

  /// What the functions of the library use; defined in the library alone.
  struct State;
  explicit Run(std::unique_ptr<State> state);
  State& state() const { return *state_; }

 private:
  std::unique_ptr<State> state_;
};

/// Trains a sweep whose config names its datasets. With a directory, also writes the files of `symscan train`
/// but the analysis and the report, and holds the directory's lock as long as the Run lives. Throws
/// ConfigError, DataError (the data cannot be used) or UsageError (a device that is not there).
Run train(const SweepText& sweep, const TrainingOptions& options = {});

/// The same on a table. Of the settings of a dataset the sweep may have "acceptance" and "angles" alone.
/// `symscan analyze` of the run directory later looks at the rows that are kept with the run (at most 1500),
/// since it cannot make the table again.
Run train(Table table, const SweepText& sweep, const TrainingOptions& options = {});

/// How merge() makes the run of a whole sweep.
struct MergeChoice {
  std::filesystem::path directory = {};                                    ///< of the whole run
  TrainingOptions::Existing existing = TrainingOptions::Existing::refuse;  ///< resume: after an interruption
  int threads = 0;                            ///< of what is measured on the models; 0: all cores
  std::function<void(double)> progress = {};  ///< share that is joined, 0 to 1; on the caller's thread
  const std::atomic<bool>* stop = nullptr;    ///< as TrainingOptions::stop
};

/// Joins the run directories of all shards of a sweep (TrainingOptions::shard) into the run that an undivided
/// training would have made: the same files, byte for byte, as train() writes with a directory. Throws Error
/// with ExitCode::interrupted that names shards which are missing or not finished, ConfigError for shards of
/// other configs, DataError for those of other data, UsageError for what are no shards of one division.
/// `table`: that of the training, where it is no file, for the analysis; DataError if it is another one.
Run merge(const std::vector<std::filesystem::path>& shards, const MergeChoice& choice,
          const Table* table = nullptr);

/// How far runs are: the line of `symscan status --json`. Never in the way of a run that trains.
std::string status(const std::vector<std::filesystem::path>& runs);

/// What a run says about its data: degrees of freedom, symmetries, constraints (host/findings/model.hpp).
/// Depends on the run, its data and the options alone. A run that this process trained is looked at with the
/// rows that were loaded then (20 000 per dataset at most). For one that was opened the datasets are loaded
/// again; where that is not possible any more, the rows kept with the run are used, and a note says so.
/// Throws DataError for candidates that no dataset has.
Findings analyse(const Run& run, const FindingsOptions& options = {});

/// What the rows of a table say without any training. `name`: what sentences call it; `acceptance`, `angles`:
/// as dataset.acceptance and dataset.angles. Throws DataError for a table that cannot be used, and for
/// candidates, angles or an acceptance that do not suit its columns.
struct TableMeaning {
  std::string name = "table", acceptance = {};
  std::vector<std::string> angles = {};
};
Findings analyse(const Table& table, const FindingsOptions& options = {}, const TableMeaning& meaning = {});

/// How a model is written for other programs (docs/models.md). Empty texts: what the ending of the file says,
/// the whole model.
struct ModelFile {
  std::string format = {};  ///< onnx, safetensors, python
  std::string part = {};    ///< of onnx: model, encoder, decoder
  bool float32 = false;     ///< of onnx: inputs and outputs
};
/// The file appears whole or not at all, in the place of another one. Throws UsageError or Error (disk).
void export_model(const Model& model, const std::filesystem::path& file, const ModelFile& how = {});

/// Two runs side by side: what their data are and what their trainings found, where that differs and where it
/// agrees (docs/compare.md).
struct ComparisonTexts {
  std::string text;  ///< as `symscan compare` prints it
  std::string page;  ///< one HTML page
  std::string json;  ///< as with --json
};
/// A run, what it says, and how the texts call it.
struct NamedRun {
  std::string name;
  const Run& run;
  const Findings& findings;
};
ComparisonTexts compare(const NamedRun& a, const NamedRun& b);

/// The text of analysis.json, and back. findings_of() throws DataError for what is no analysis.
std::string json_of(const Findings& findings);
Findings findings_of(const std::string& json);

/// Writes analysis.json and report.html into the run's directory. Throws UsageError if the run has none, or
/// if another one has taken its place.
void write_report(const Run& run, const Findings& findings);
/// The report as one HTML page that needs no other file. `findings`: null if the run has not been analysed.
std::string report_page(const Run& run, const Findings* findings);
/// Writes every figure of the report into a folder, which is made, and returns the names of the files:
/// NAME.svg, NAME.png, NAME.pdf. Files of these names are replaced. `formats`: "svg", "svg,pdf", ...; "" for
/// all that can be made here. `findings`: as above. Throws Error where this symscan was built without
/// figures, or where librsvg is missing for png and pdf.
std::vector<std::string> write_figures(const Run& run, const Findings* findings,
                                       const std::filesystem::path& folder, const std::string& formats);
/// What the datasets obey, as a LaTeX table. Throws as write_figures().
std::string latex_table(const Run& run, const Findings& findings);
/// Writes a page, whole or not at all. Throws UsageError in the place of one of a run's own files.
void write_page(const std::string& page, const std::filesystem::path& file);

#pragma GCC visibility pop

}  // namespace symscan
