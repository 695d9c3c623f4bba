// The commands about shards and runs under way: options and examples.
#include "host/cli/verb_parts.hpp"

namespace symscan {
namespace {

void add_directories(CLI::App& app, std::vector<std::string>& directories, const std::string& text) {
  app.add_option("first", directories, text)->type_name("DIRECTORY")->required()->check(not_empty());
}

void define_merge(CLI::App& app, GivenOptions& given) {
  MergeOptions& merge = given.merge;
  add_directories(app, merge.shards, "Run directories of all shards of a sweep");
  const char* const data = "Data and results";
  app.add_option("--out", merge.out, "Run directory of the whole sweep")
      ->type_name("DIRECTORY")
      ->required()
      ->check(not_empty())
      ->group(data);
  app.add_option(
         "--data", merge.data,
         "The data of the training, where the file is not (or should not be read) where the shards say")
      ->type_name("FILE")
      ->check(not_empty())
      ->group(data);
  app.add_flag("--resume", merge.resume,
               "Go on with a joining that was interrupted; begin it if there is none")
      ->group(data);
  app.add_flag("--overwrite", merge.overwrite, "Replace the run in --out")->group(data);
  const char* const shown = "What is printed and written";
  app.add_flag("--no-analysis", merge.no_analysis,
               "Do not look for symmetries and constraints; symscan analyze does it later")
      ->group(shown);
  app.add_flag("--no-report", merge.no_report, "Do not write report.html")->group(shown);
  app.add_flag("--json", merge.json, "End with one machine-readable line instead of the table")->group(shown);
  app.add_flag("--quiet", merge.quiet, "Print errors and warnings only")->group(shown);
  app.add_option("--threads", merge.threads, "Threads of the analysis (default: all cores)")
      ->type_name("N")
      ->check(between(1, 4096))
      ->group("Processors");
}

ExitCode run_merge(GivenOptions& given) {
  return merge_command(given.merge);
}

void define_status(CLI::App& app, GivenOptions& given) {
  add_directories(app, given.status.runs, "Run directories, such as those of shards");
  app.add_flag("--json", given.status.json, "Print one machine-readable line instead of the table");
  app.add_flag("--watch", given.status.watch, "Again every two seconds, until all is trained");
}

ExitCode run_status(GivenOptions& given) {
  return status_command(given.status);
}

}  // namespace

Verb merge_verb() {
  return {
      "merge",
      "Join the shards of a sweep into the run that an undivided training would have made",
      define_merge,
      run_merge,
      {{"symscan train circle 'seeds=[1,2]' --shard 0/2 --out part_0", "the first of two shards"},
       {"symscan train circle 'seeds=[1,2]' --shard 1/2 --out part_1", "the second, anywhere else"},
       {"symscan merge part_0 part_1 --out runs/whole",
        "models, summary, analysis and report of all shards"}},
      {ExitCode::done, ExitCode::some_failed, ExitCode::usage, ExitCode::bad_input, ExitCode::interrupted}};
}

Verb status_verb() {
  return {"status",
          "Show how far runs and shards are",
          define_status,
          run_status,
          {{"symscan status runs/circle", "one run"},
           {"symscan status part_0 part_1 --watch", "all shards of a sweep, until they are trained"},
           {"symscan status runs/circle --json", "for other programs"}},
          {ExitCode::done, ExitCode::usage}};
}

}  // namespace symscan
