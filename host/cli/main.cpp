#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <new>

#include "host/base/json.hpp"
#include "host/cli/commands.hpp"
#include "host/config/config.hpp"

namespace {

using symscan::ExitCode;

void add_train(CLI::App& app, symscan::TrainOptions& options) {
  auto* train = app.add_subcommand(
      "train", "Train every replica of a config and write a run directory with report.html");
  train->add_option("config", options.arguments,
                    "Config file or name of a built-in dataset, then settings such as loss.beta=[0.03,0.1]");
  train->add_option("--data", options.data, "Train on this file (.csv .npy .npz .h5 .lhe .lhe.gz) instead");
  train->add_option("--out", options.out, "Run directory (default: runs/NAME)");
  train->add_option(
      "--device", options.device,
      "auto (CUDA if there is a device, else the CPU), cpu, cuda (all devices), cuda:0, cuda:0,1");
  train->add_option("--tier", options.tier,
                    "Where a CUDA device keeps a replica: auto, fused, streamed, cached or layered");
  train->add_flag("--generate-on-device", options.generate_on_device,
                  "A CUDA device makes built-in datasets itself instead of copying them (numbers may differ "
                  "from the CPU's in the last place)");
  train->add_option("--threads", options.threads, "Replicas that train at one time (default: all cores)")
      ->check(CLI::Range(1, 4096));
  train->add_option("--checkpoint-every", options.checkpoint_seconds, "Seconds between checkpoints")
      ->check(CLI::Range(0.01, 86400.0));
  train->add_flag("--resume", options.resume,
                  "Go on with the run in the directory (start it if there is none)");
  train->add_flag("--overwrite", options.overwrite, "Replace the run in the directory");
  train->add_flag("--retry-failed", options.retry_failed, "With --resume: train failed replicas again");
  train->add_flag("--dry-run", options.dry_run,
                  "Print replicas, parameters, memory and tiers; train nothing");
  train->add_flag("--no-report", options.no_report, "Do not write report.html");
  train->add_flag("--no-analysis", options.no_analysis,
                  "Do not look for symmetries and constraints (symscan analyze does it later)");
  train->add_flag("--json", options.json, "End with one machine-readable line instead of the table");
  train->add_flag("--quiet", options.quiet, "Print errors and warnings only");
}

int run(int argc, char** argv) {
  CLI::App app(
      "Trains small variational autoencoders and ranks their latents by relevance: which symmetries and how "
      "many "
      "degrees of freedom do the data have?");
  app.name("symscan");
  app.require_subcommand(1);
  symscan::TrainOptions train;
  add_train(app, train);
  symscan::GenerateOptions generate;
  auto* generate_app = app.add_subcommand("generate", "Write a built-in dataset to a file");
  generate_app->add_option("dataset", generate.arguments, "Kind, then settings such as radius=2")->required();
  generate_app->add_option("--n", generate.rows, "Rows")->check(CLI::Range(1LL, 1000000000LL));
  generate_app->add_flag("--overwrite", generate.overwrite, "Replace the file if there is one");
  generate_app->add_option("--out", generate.out, "File: .csv .npy .npz .h5 .lhe .lhe.gz")->required();
  std::string run_directory;
  symscan::AnalyzeOptions analyze;
  CLI::App* analysis = app.add_subcommand(
      "analyze", "Say how many degrees of freedom the data of a run have, which constraints and symmetries");
  analysis->add_option("directory", analyze.run, "Run directory")->required();
  analysis->add_option(
      "--candidate", analyze.candidates,
      "Test this transformation too: rotation(a,b), rotations, boost(z), lorentz, parity, reflection(a), "
      "permutation(a,b), charge_conjugation, translation(a), scaling (may be repeated)");
  analysis->add_flag("--only-named", analyze.only_named, "Test no transformations but those of --candidate");
  analysis
      ->add_option("--threads", analyze.threads,
                   "Datasets that are looked at at one time (default: all cores)")
      ->check(CLI::Range(1, 4096));
  analysis->add_flag("--table", analyze.table,
                     "Print the known truth of built-in datasets against what was found");
  analysis->add_flag("--json", analyze.json, "Print analysis.json as one line");
  analysis->add_flag("--no-report", analyze.no_report, "Leave report.html as it is");
  app.add_subcommand("report", "Build report.html of a run directory again")
      ->add_option("directory", run_directory, "Run directory")
      ->required();
  app.add_subcommand("datasets", "List the datasets and their settings");
  app.add_subcommand("schema", "Print the JSON Schema of configs");
  app.add_subcommand("doctor", "Say which backends are there, and why one is not");
  app.add_subcommand("version", "Print the version");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    const int code = app.exit(error);
    return code == 0 ? 0 : static_cast<int>(ExitCode::usage);
  }
  ExitCode code = ExitCode::done;
  if (app.got_subcommand("train")) code = symscan::train_command(train);
  if (app.got_subcommand("generate")) code = symscan::generate_command(generate);
  if (app.got_subcommand("analyze")) code = symscan::analyze_command(analyze);
  if (app.got_subcommand("report")) code = symscan::report_command(run_directory);
  if (app.got_subcommand("datasets")) code = symscan::datasets_command();
  if (app.got_subcommand("doctor")) code = symscan::doctor_command();
  if (app.got_subcommand("schema")) std::printf("%s\n", symscan::config_schema().dump(2).c_str());
  if (app.got_subcommand("version")) std::printf("symscan %s\n", SYMSCAN_VERSION);
  if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0) {
    throw symscan::Error("the output could not be written (is the disk full?)", ExitCode::some_failed);
  }
  return static_cast<int>(code);
}

}  // namespace

int main(int argc, char** argv) {
  // A file that grows too large is then an error that can be told, not a sudden end.
  std::signal(SIGXFSZ, SIG_IGN);
  try {
    return run(argc, argv);
  } catch (const symscan::Error& error) {
    std::fprintf(stderr, "symscan: %s\n", error.what());
    return static_cast<int>(error.code());
  } catch (const symscan::Json::exception& error) {
    std::fprintf(
        stderr,
        "symscan: a stored entry cannot be read (%s); a run directory that is damaged or from another "
        "version can be replaced with --overwrite\n",
        error.what());
    return static_cast<int>(ExitCode::bad_input);
  } catch (const std::bad_alloc&) {
    std::fprintf(stderr, "symscan: not enough memory\n");
    return static_cast<int>(ExitCode::bad_input);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "symscan: unexpected error: %s\n", error.what());
    return static_cast<int>(ExitCode::some_failed);
  }
}
