// The command that trains: options and examples.
#include "host/cli/verb_parts.hpp"
#include "host/data/formats.hpp"
#include "host/store/tensorboard_log.hpp"

namespace symscan {
namespace {

void define_train(CLI::App& app, GivenOptions& given) {
  TrainOptions& train = given.train;
  add_argument(app, given, "CONFIG|DATASET", "Config file, or name of a built-in dataset");
  add_settings(
      app, given,
      "Settings in place of those of the config, e.g. loss.beta=[0.03,0.1]; symscan schema lists them");
  const char* const data = "Data and results";
  app.add_option(
         "--data", train.data,
         "Train on this file instead, or on the files of a pattern such as 'run*.lhe.gz'; may be repeated: " +
             read_endings())
      ->type_name("FILE")
      ->check(not_empty())
      ->expected(1)
      ->take_all()
      ->allow_extra_args(false)
      ->group(data);
  app.add_flag("--each-file", train.each_file,
               "Every file of --data is a dataset of its own; else they are one")
      ->group(data);
  app.add_option("--out", train.out, "Run directory (default: runs/NAME)")
      ->check(not_empty())
      ->type_name("DIRECTORY")
      ->group(data);
  app.add_option("--shard", train.shard,
                 "Train this part of the sweep alone, such as 0/8 to 7/8; symscan merge joins the parts (its "
                 "default --out: runs/NAME/shard_I_of_N)")
      ->check(not_empty())
      ->type_name("I/N")
      ->group(data);
  app.add_option("--scratch", train.scratch,
                 "Train in a folder of this one, on a local disk, and copy the run to --out now and then and "
                 "at the end: "
                 "for file systems that are slow to sync or have no locks")
      ->check(not_empty())
      ->type_name("DIRECTORY")
      ->group(data);
  app.add_flag(
         "--resume", train.resume,
         "Go on with the run in the directory, with the same config and settings; start it if there is none")
      ->group(data);
  app.add_flag("--overwrite", train.overwrite, "Replace the run in the directory")->group(data);
  app.add_flag("--retry-failed", train.retry_failed, "With --resume: train failed replicas again")
      ->group(data);
  app.add_option("--checkpoint-every", train.checkpoint_seconds,
                 "Seconds between checkpoints (default: " + number_text(train.checkpoint_seconds) + ")")
      ->type_name("SECONDS")
      ->check(between(0.01, 86400.0))
      ->group(data);
  const char* const shown = "What is printed and written";
  app.add_flag("--dry-run", train.dry_run, "Print replicas, parameters, memory and tiers; train nothing")
      ->group(shown);
  app.add_flag("--no-analysis", train.no_analysis,
               "Do not look for symmetries and constraints; symscan analyze does it later")
      ->group(shown);
  app.add_flag("--no-report", train.no_report, "Do not write report.html")->group(shown);
  app.add_option(
         "--log", train.logs,
         "Also write these files while training: tensorboard (event files in tensorboard/, for up to " +
             std::to_string(most_tensorboard_replicas) + " replicas); may be repeated")
      ->type_name("tensorboard")
      ->expected(1)
      ->take_all()
      ->allow_extra_args(false)
      ->group(shown);
  app.add_flag("--json", train.json, "End with one machine-readable line instead of the table")->group(shown);
  app.add_flag("--quiet", train.quiet, "Print errors and warnings only")->group(shown);
  const char* const machine = "Processors and devices";
  app.add_option(
         "--threads", train.threads,
         "Threads that train, one replica each or, when few are left, several on one (default: all cores)")
      ->type_name("N")
      ->check(between(1, 4096))
      ->group(machine);
  app.add_option("--device", train.device,
                 "auto (the default): CUDA if there is a device, else the CPU; cuda: all devices; cuda:0,2: "
                 "these two")
      ->type_name("auto|cpu|cuda|cuda:N,...")
      ->group(machine);
  app.add_option("--tier", train.tier, "Where a CUDA device keeps a replica (default: auto)")
      ->type_name("auto|fused|streamed|cached|layered")
      ->group(machine);
  app.add_flag("--generate-on-device", train.generate_on_device,
               "A CUDA device makes built-in datasets itself; numbers may differ from the CPU's in the last "
               "place")
      ->group(machine);
}

ExitCode run_train(GivenOptions& given) {
  if (given.train.dry_run && given.train.json) {
    throw UsageError("--dry-run prints a table and has no JSON; leave out --json or --dry-run");
  }
  given.train.arguments = given.arguments();
  given.train.command = given.command;
  return train_command(given.train);
}

}  // namespace

Verb train_verb() {
  return {
      "train",
      "Train every replica of a config and write a run directory with report.html",
      define_train,
      run_train,
      {{"symscan train circle", "train on a built-in dataset; results are in runs/circle"},
       {"symscan train --data events.csv --out runs/events", "train on a table of your own"},
       {"symscan train --data muons.lhe.gz 'dataset.particles=[13,-13]'",
        "train on the muon pairs of Les Houches events"},
       {"symscan train config.json 'loss.beta=[0.03,0.1]' --dry-run", "show what this scan would train"},
       {"symscan train circle --resume", "go on after an interruption"}},
      {ExitCode::done, ExitCode::some_failed, ExitCode::usage, ExitCode::bad_input, ExitCode::interrupted}};
}

}  // namespace symscan
