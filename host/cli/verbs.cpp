// The commands: their options, in the order and groups of their help, and their examples.
#include "host/cli/verbs.hpp"

#include <cstdio>

#include "host/base/text.hpp"
#include "host/cli/verb_parts.hpp"
#include "host/config/config.hpp"
#include "host/config/schema.hpp"
#include "host/data/formats.hpp"
#include "host/findings/model_json.hpp"
#include "host/findings/options.hpp"

namespace symscan {
namespace {

constexpr auto kDone = ExitCode::done, kFailed = ExitCode::some_failed, kUsage = ExitCode::usage,
               kInput = ExitCode::bad_input, kInterrupted = ExitCode::interrupted;

void define_generate(CLI::App& app, GivenOptions& given) {
  GenerateOptions& generate = given.generate;
  add_argument(app, given, "DATASET", "Name of a built-in dataset; symscan datasets lists them")->required();
  add_settings(app, given, "Settings of the dataset, e.g. radius=2");
  app.add_option("--out", generate.out, "File to write: " + written_endings())
      ->type_name("FILE")
      ->required()
      ->check(not_empty());
  app.add_option("--n", generate.rows, "Rows (default: " + std::to_string(generate.rows) + ")")
      ->type_name("N")
      ->check(between(1LL, 1000000000LL));
  app.add_flag("--overwrite", generate.overwrite, "Replace the file if there is one");
}

ExitCode run_generate(GivenOptions& given) {
  given.generate.arguments = given.arguments();
  return generate_command(given.generate);
}

Verb generate_verb() {
  return {"generate",
          "Write a built-in dataset to a file",
          define_generate,
          run_generate,
          {{"symscan generate circle --out circle.csv", "10000 points of a circle"},
           {"symscan generate circle radius=2 --n 500 --out circle.npy", "500 points, radius 2"},
           {"symscan generate ee_mumu --n 1000 --out ee_mumu.lhe.gz", "collisions as Les Houches events"}},
          {kDone, kUsage, kInput, kInterrupted}};
}

void define_analyze(CLI::App& app, GivenOptions& given) {
  AnalyzeOptions& analyze = given.analyze;
  add_argument(app, given, "DIRECTORY", "Run directory")->required();
  const char* const tests = "What is tested";
  app.add_option("--candidate", analyze.candidates,
                 "Test this transformation too: rotation(a,b), rotations, boost(z), boosts, lorentz, parity, "
                 "reflection(a), permutation(a,b), charge_conjugation, translation(a), scaling")
      ->type_name("TRANSFORMATION")
      ->take_all()
      ->group(tests);
  app.add_flag("--only-named", analyze.only_named, "Test no transformations but those of --candidate")
      ->group(tests);
  app.add_option(
         "--fields", analyze.fields,
         "Motions to look for: affine, quadratic (polynomials of degree 2), pairs (in the plane of each "
         "two columns, with exp, log, sin and cos), or a file with a vector field per line, such as "
         "x*d/dy - y*d/dx")
      ->type_name("DICTIONARY")
      ->group(tests);
  app.add_option("--data", analyze.data,
                 "The data of the training, where the file is not (or should not be read) where the run says")
      ->type_name("FILE")
      ->check(not_empty())
      ->group("Data");
  app.add_option("--shard", analyze.shard,
                 "Only measure this part of the models, such as 0/8 to 7/8, for the analysis that comes "
                 "after: runs of "
                 "thousands of groups on several machines")
      ->type_name("I/N")
      ->check(not_empty())
      ->group("Processors");
  const std::string seconds = number_text(FindingsOptions{}.budget);
  app.add_option("--budget", analyze.budget,
                 "Leave out what would take longer: seconds of one core for the rows of a dataset, counted "
                 "before it starts (default: " +
                     seconds + ")")
      ->type_name("SECONDS")
      ->check(between(0.001, 1e9))
      ->group(tests);
  const char* const shown = "What is printed and written";
  app.add_flag("--table", analyze.table, "Print the known truth of built-in datasets beside the findings")
      ->group(shown);
  app.add_flag("--json", analyze.json, "Print analysis.json as one line")->group(shown);
  app.add_flag("--no-report", analyze.no_report, "Leave report.html as it is")->group(shown);
  app.add_flag("--quiet", analyze.quiet, "Do not show how far it is")->group(shown);
  app.add_option("--threads", analyze.threads, "Datasets at one time (default: all cores)")
      ->type_name("N")
      ->check(between(1, 4096))
      ->group("Processors");
}

ExitCode run_analyze(GivenOptions& given) {
  given.analyze.run = given.first;
  return analyze_command(given.analyze);
}

Verb analyze_verb() {
  return {
      "analyze",
      "Find the degrees of freedom, constraints and symmetries of the data of a run",
      define_analyze,
      run_analyze,
      {{"symscan analyze runs/circle", "print the findings and write them to analysis.json and report.html"},
       {"symscan analyze runs/circle --candidate 'rotation(x,y)' --only-named", "test one transformation"},
       {"symscan analyze runs/circle --table", "compare with the known truth"},
       {"symscan analyze runs/circle --budget 3600", "look for what takes up to an hour, too"},
       {"symscan analyze runs/circle --json > circle.json", "for other programs"}},
      {kDone, kUsage, kInput, kInterrupted}};
}

void define_inspect(CLI::App& app, GivenOptions& given) {
  add_argument(app, given, "FILE", "Data file, or a pattern such as 'run*.csv'")->required();
  add_settings(app, given, "Settings of the dataset, e.g. dataset.array=data, or further files");
  app.add_option("--rows", given.inspect.rows,
                 "Look at so many rows at most (default: " + std::to_string(given.inspect.rows) + ")")
      ->type_name("N")
      ->check(between(2, 1000000000));
  app.add_flag("--json", given.inspect.json, "Print one machine-readable line instead");
}

ExitCode run_inspect(GivenOptions& given) {
  given.inspect.arguments = given.arguments();
  return inspect_command(given.inspect);
}

Verb inspect_verb() {
  return {
      "inspect",
      "Show what a data file holds, and the command that trains on it",
      define_inspect,
      run_inspect,
      {{"symscan inspect events.csv", "columns with their types, ranges and missing values"},
       {"symscan inspect muons.lhe.gz", "which particles the events have, which occur together"},
       {"symscan inspect arrays.npz dataset.array=data --json", "one of several arrays, for other programs"}},
      {kDone, kUsage, kInput, kInterrupted}};
}

void define_report(CLI::App& app, GivenOptions& given) {
  add_argument(app, given, "DIRECTORY", "Run directory")->required();
  ReportOptions& report = given.report;
  app.add_option(
         "--figures", report.figures,
         "Write every figure of the report into this folder, without a browser; report.html stays as it is")
      ->type_name("DIR");
  app.add_option(
         "--format", report.format,
         "Formats of the figures: svg, png, pdf, or several, as in svg,pdf; default: all that can be made")
      ->type_name("LIST");
  app.add_option("--latex", report.latex,
                 "Write what the data sets obey as a LaTeX table into this file, or - to print it")
      ->type_name("FILE");
  app.add_flag("--quiet", report.quiet, "Do not show how far it is");
}

ExitCode run_report(GivenOptions& given) {
  given.report.run = given.first;
  return report_command(given.report);
}

Verb report_verb() {
  return {"report",
          "Build report.html of a run directory again",
          define_report,
          run_report,
          {{"symscan report runs/circle", "write runs/circle/report.html"},
           {"symscan report runs/circle --figures figures --format svg,pdf",
            "every figure of it as a file, without a browser"},
           {"symscan report runs/circle --latex results.tex",
            "degrees of freedom, symmetries, constraints as a table for a paper"},
           {"for run in runs/*; do symscan report $run; done", "the reports of all runs"}},
          {kDone, kUsage, kInput, kInterrupted}};
}

void define_datasets(CLI::App& app, GivenOptions& given) {
  add_argument(app, given, "DATASET", "Show this dataset only; file: data from files");
  app.add_flag("--names", given.datasets.names, "Print the names of the built-in datasets only");
}

ExitCode run_datasets(GivenOptions& given) {
  given.datasets.kind = given.first;
  return datasets_command(given.datasets);
}

Verb datasets_verb() {
  return {"datasets",
          "List the datasets and their settings",
          define_datasets,
          run_datasets,
          {{"symscan datasets", "all datasets"},
           {"symscan datasets kepler", "one of them"},
           {"symscan datasets file", "how files are read"}}};
}

void define_nothing(CLI::App&, GivenOptions&) {}

void define_schema(CLI::App& app, GivenOptions& given) {
  app.add_flag("--analysis", given.schema_of_analysis, "The schema of analysis.json instead");
}

ExitCode run_schema(GivenOptions& given) {
  const Json schema = given.schema_of_analysis ? analysis_schema() : config_schema();
  std::printf("%s\n", schema.dump(2).c_str());
  return ExitCode::done;
}

Verb schema_verb() {
  return {"schema",
          "Print the JSON Schema of configs: every setting with its default and range",
          define_schema,
          run_schema,
          {{"symscan schema > schema.json", "for an editor that completes and checks JSON"},
           {"symscan schema | grep -A 4 '\"beta\"'", "look one setting up"},
           {"symscan schema --analysis", "what the members of analysis.json mean"}}};
}

ExitCode run_doctor(GivenOptions&) {
  return doctor_command();
}

Verb doctor_verb() {
  return {"doctor",
          "Show the backends, and why one is not used",
          define_nothing,
          run_doctor,
          {{"symscan doctor", "processor, driver and devices"},
           {"CUDA_VISIBLE_DEVICES=0 symscan doctor", "the same with the first GPU only"}}};
}

ExitCode run_version(GivenOptions&) {
  std::printf("symscan %s\n", SYMSCAN_VERSION);
  return ExitCode::done;
}

Verb version_verb() {
  return {"version",
          "Print the version",
          define_nothing,
          run_version,
          {{"symscan version", "name and version"}, {"symscan --version", "the same"}}};
}

void define_help(CLI::App& app, GivenOptions& given) {
  add_argument(app, given, "COMMAND", "Print the help of this command");
}

ExitCode run_help(GivenOptions& given) {
  return help_command(given.first);
}

Verb help_verb() {
  return {"help",
          "Print this page, or the help of a command",
          define_help,
          run_help,
          {{"symscan help", "the overview"}, {"symscan help train", "the same as symscan train --help"}}};
}

ExitCode run_man(GivenOptions&) {
  std::printf("%s", man_page().c_str());
  return ExitCode::done;
}

Verb man_verb() {
  return {
      "man",
      "Print the man page in roff",
      define_nothing,
      run_man,
      {{"symscan man > symscan.1", "write the page to a file"}, {"symscan man | head", "its first lines"}}};
}

void define_completion(CLI::App& app, GivenOptions& given) {
  add_argument(app, given, "bash|zsh|fish", "Shell")->required();
}

ExitCode run_completion(GivenOptions& given) {
  std::printf("%s", completion_script(given.first).c_str());
  return ExitCode::done;
}

Verb completion_verb() {
  return {"completion",
          "Print the completions for a shell",
          define_completion,
          run_completion,
          {{"symscan completion bash > symscan.bash", "then: source symscan.bash"},
           {"symscan completion zsh > _symscan", "for a folder of $fpath"},
           {"symscan completion fish > symscan.fish", "for ~/.config/fish/completions"}}};
}

}  // namespace

std::vector<std::string> GivenOptions::arguments() const {
  std::vector<std::string> all;
  if (!first.empty()) all.push_back(first);
  all.insert(all.end(), settings.begin(), settings.end());
  return all;
}

const std::vector<Verb>& verbs() {
  static const std::vector<Verb> all = {
      train_verb(),  inspect_verb(), analyze_verb(),  report_verb(),   compare_verb(),
      merge_verb(),  status_verb(),  encode_verb(),   decode_verb(),   reconstruct_verb(),
      sample_verb(), export_verb(),  generate_verb(), datasets_verb(), schema_verb(),
      doctor_verb(), help_verb(),    version_verb(),  man_verb(),      completion_verb()};
  return all;
}

}  // namespace symscan
