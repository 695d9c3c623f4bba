// The command that puts two runs side by side: options and examples.
#include "host/cli/verb_parts.hpp"

namespace symscan {
namespace {

void define_compare(CLI::App& app, GivenOptions& given) {
  CompareOptions& compare = given.compare;
  add_argument(app, given, "DIRECTORY", "Run directory, called A")->required();
  app.add_option("second", compare.b, "Run directory, called B")->type_name("DIRECTORY")->required();
  app.add_option("--out", compare.out, "HTML page to write, one file that opens offline")
      ->type_name("FILE")
      ->check(not_empty());
  app.add_flag("--overwrite", compare.overwrite, "Replace the page if there is one");
  app.add_flag("--json", compare.json, "Print one machine-readable line instead of the table");
  app.add_option("--threads", compare.threads,
                 "Datasets at one time, where a run has not been analysed yet (default: all cores)")
      ->type_name("N")
      ->check(between(1, 4096));
}

ExitCode run_compare(GivenOptions& given) {
  given.compare.a = given.first;
  return compare_command(given.compare);
}

}  // namespace

Verb compare_verb() {
  return {"compare",
          "Put two runs side by side: what they say of their data, and their relevances",
          define_compare,
          run_compare,
          {{"symscan compare runs/circle runs/events", "differences first, then what agrees"},
           {"symscan compare runs/circle runs/events --out compare.html", "as a page, too"},
           {"symscan compare runs/circle runs/events --json > compare.json", "for other programs"}},
          {ExitCode::done, ExitCode::usage, ExitCode::bad_input, ExitCode::interrupted}};
}

}  // namespace symscan
