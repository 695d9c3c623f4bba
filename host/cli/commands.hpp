#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "host/base/error.hpp"

namespace symscan {

struct TrainOptions {
  std::vector<std::string> arguments;  ///< the config (file or built-in dataset) and key=value overrides
  std::vector<std::string> data;  ///< --data: files or patterns that take the place of the config's dataset
  bool each_file = false;         ///< every file is a dataset of its own
  std::string out;                ///< run directory; empty: runs/<name>, of a shard runs/<name>/shard_I_of_N
  std::string scratch;            ///< folder on a local disk to train in; empty: train in `out`
  std::string shard;              ///< "3/8"; empty: the whole sweep
  std::vector<std::string> command = {};  ///< the words of the command line
  std::string device = "auto", tier = "auto";
  bool generate_on_device = false;
  int threads = 0;  ///< 0: all cores
  double checkpoint_seconds = 10;
  std::vector<std::string> logs;  ///< beside metrics.jsonl: "tensorboard"
  bool resume = false, overwrite = false, retry_failed = false, dry_run = false, json = false, quiet = false;
  bool no_report = false, no_analysis = false;
};

struct GenerateOptions {
  std::vector<std::string> arguments;  ///< the dataset's kind and key=value settings
  std::string out;
  long long rows = 10000;
  bool overwrite = false;
};

struct AnalyzeOptions {
  std::string run;                      ///< run directory
  std::vector<std::string> candidates;  ///< transformations to test, see host/analysis/candidates.hpp
  bool only_named = false;              ///< not those that the features suggest
  std::string fields = "affine";        ///< the dictionary of motions, see FindingsOptions
  std::string data;                     ///< the file to read; empty: the one that the run names
  std::string shard;                    ///< "3/8": measure these models alone; empty: the whole analysis
  double budget = 0;                    ///< seconds, see FindingsOptions; 0: the default
  bool table = false, json = false, no_report = false, quiet = false;
  int threads = 0;  ///< datasets at one time; 0: all cores
};

struct InspectOptions {
  std::vector<std::string> arguments;  ///< files or patterns, and key=value settings of the dataset
  long long rows = 200000;             ///< that are looked at, at most
  bool json = false;
};

struct ReportOptions {
  std::string run;      ///< run directory
  std::string figures;  ///< folder for the figures; "": report.html is written
  std::string format;   ///< of the figures: "svg,pdf"; "": all that can be made
  std::string latex;    ///< file for the table, or "-" for standard output
  bool quiet = false;
};

struct CompareOptions {
  std::string a, b;  ///< run directories
  std::string out;   ///< page to write; empty: none
  bool json = false, overwrite = false;
  int threads = 0;  ///< of an analysis that a run lacks; 0: all cores
};

/// Of encode, decode, reconstruct and sample.
struct ModelOptions {
  std::string run;                    ///< run directory
  std::optional<int> replica;         ///< none: the one with the lowest loss
  std::string data;                   ///< file or pattern; empty: the data of the training
  std::vector<std::string> settings;  ///< dataset.KEY=VALUE, for the reading of `data`
  std::string out;
  bool overwrite = false;
  long long rows = 10000;  ///< sample: that are drawn
  std::uint64_t seed = 1;  ///< sample
  bool noise = false;      ///< sample: with the decoder's noise
  int threads = 0;         ///< 0: all cores
};

struct ExportOptions {
  std::string run;             ///< run directory
  std::optional<int> replica;  ///< none: the one with the lowest loss
  std::string format;          ///< onnx, safetensors, python; empty: what the ending of `out` says
  std::string part;            ///< model, encoder, decoder; empty: model
  bool float32 = false;        ///< inputs and outputs of an ONNX graph
  std::string out;
  bool overwrite = false;
};

struct MergeOptions {
  std::vector<std::string> shards;  ///< run directories
  std::string out;                  ///< run directory
  std::string data;  ///< for the analysis: the file to read; empty: the one that the shards name
  bool resume = false, overwrite = false, json = false, quiet = false, no_report = false, no_analysis = false;
  int threads = 0;  ///< 0: all cores
};

struct StatusOptions {
  std::vector<std::string> runs;  ///< run directories
  bool json = false, watch = false;
};

struct DatasetsOptions {
  std::string kind;    ///< one dataset, or "file"; empty: all
  bool names = false;  ///< the names of the built-in ones only
};

ExitCode train_command(const TrainOptions& options);
ExitCode merge_command(const MergeOptions& options);
ExitCode status_command(const StatusOptions& options);
ExitCode generate_command(const GenerateOptions& options);
ExitCode analyze_command(const AnalyzeOptions& options);
ExitCode report_command(const ReportOptions& options);
ExitCode compare_command(const CompareOptions& options);
ExitCode inspect_command(const InspectOptions& options);
ExitCode encode_command(const ModelOptions& options);
ExitCode decode_command(const ModelOptions& options);
ExitCode reconstruct_command(const ModelOptions& options);
ExitCode sample_command(const ModelOptions& options);
ExitCode export_command(const ExportOptions& options);
ExitCode doctor_command();
ExitCode datasets_command(const DatasetsOptions& options);
/// Prints the help of a command, or the overview for an empty `topic`.
ExitCode help_command(const std::string& topic);

}  // namespace symscan
