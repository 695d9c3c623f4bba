#pragma once
#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "host/cli/command_text.hpp"
#include "host/cli/commands.hpp"

namespace symscan {

/// What the parser stores.
struct GivenOptions {
  TrainOptions train;
  MergeOptions merge;
  StatusOptions status;
  GenerateOptions generate;
  InspectOptions inspect;
  AnalyzeOptions analyze;
  ReportOptions report;
  CompareOptions compare;
  ModelOptions model;
  ExportOptions exported;
  DatasetsOptions datasets;
  bool schema_of_analysis = false;
  std::string first;                  ///< the first argument: config, dataset, run directory, topic or shell
  std::vector<std::string> settings;  ///< further arguments: key=value
  std::vector<std::string> command;   ///< the words of the command line

  /// All arguments.
  std::vector<std::string> arguments() const;
};

/// One command: everything that the parser, the help, the man page and the completions need.
struct Verb {
  std::string name;
  std::string summary;  ///< one sentence without its full stop
  void (*define)(CLI::App& app, GivenOptions& given);
  ExitCode (*run)(GivenOptions& given);
  std::vector<Example> examples;
  std::vector<ExitCode> exits = {};  ///< worth telling in its help
};

Verb train_verb();  // train_verb.cpp
/// Shards joined, and how far runs are (shard_verbs.cpp).
Verb merge_verb();
Verb status_verb();
/// Two runs side by side (compare_verb.cpp).
Verb compare_verb();
/// What is done with trained models (model_verbs.cpp).
Verb encode_verb();
Verb decode_verb();
Verb reconstruct_verb();
Verb sample_verb();
Verb export_verb();  // export_verb.cpp

/// In the order of the overview.
const std::vector<Verb>& verbs();

}  // namespace symscan
