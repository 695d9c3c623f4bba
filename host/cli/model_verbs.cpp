// The commands that use trained models: options and examples.
#include "host/cli/verb_parts.hpp"
#include "host/data/formats.hpp"

namespace symscan {
namespace {

constexpr auto kModelExits = {ExitCode::done, ExitCode::usage, ExitCode::bad_input, ExitCode::interrupted};

void define_model(CLI::App& app, GivenOptions& given) {
  ModelOptions& model = given.model;
  add_argument(app, given, "DIRECTORY", "Run directory")->required();
  add_model_options(app, model.replica, model.out, model.overwrite, written_endings());
  app.add_option("--threads", model.threads, "Threads that share the rows (default: all cores)")
      ->type_name("N")
      ->check(between(1, 4096));
}

CLI::Option* add_data(CLI::App& app, GivenOptions& given, const std::string& text) {
  add_settings(app, given, "Settings for the reading of the file, e.g. dataset.max_rows=1000");
  return app.add_option("--data", given.model.data, text)->type_name("FILE")->check(not_empty());
}

void define_on_events(CLI::App& app, GivenOptions& given) {
  define_model(app, given);
  add_data(app, given,
           "Events to look at, a file or a pattern, read as the data of the training were (default: these)");
}

void define_decode(CLI::App& app, GivenOptions& given) {
  define_model(app, given);
  add_data(app, given, "File with the columns z1, z2, ..., as encode writes them")->required();
}

void define_sample(CLI::App& app, GivenOptions& given) {
  ModelOptions& model = given.model;
  define_model(app, given);
  app.add_option("--n", model.rows, "Rows (default: " + std::to_string(model.rows) + ")")
      ->type_name("N")
      ->check(between(1LL, 1000000000LL));
  app.add_option("--seed", model.seed, "Of the random numbers (default: " + std::to_string(model.seed) + ")")
      ->type_name("SEED")
      ->check(between(0ULL, 9007199254740991ULL));
  app.add_flag("--noise", model.noise, "Add the decoder's own noise, of variance tau in prepared units");
}

template <ExitCode (*command)(const ModelOptions&)>
ExitCode run_model_command(GivenOptions& given) {
  given.model.run = given.first;
  given.model.settings = given.settings;
  return command(given.model);
}

}  // namespace

Verb encode_verb() {
  return {"encode",
          "Write what a trained encoder says of events: latents, their deviations, KL",
          define_on_events,
          run_model_command<encode_command>,
          {{"symscan encode runs/circle --out latents.csv", "the events of the training"},
           {"symscan encode runs/circle --data other.csv --replica 0 --out other_latents.npz",
            "other events, with the model of replica 0"}},
          kModelExits};
}

Verb decode_verb() {
  return {"decode",
          "Write the events that a trained decoder makes of latents",
          define_decode,
          run_model_command<decode_command>,
          {{"symscan decode runs/circle --data latents.csv --out decoded.csv",
            "latents as encode writes them: columns z1, z2, ..."},
           {"symscan decode runs/circle --data latents.csv --replica 0 --out decoded.npy",
            "with the model of replica 0"}},
          kModelExits};
}

Verb reconstruct_verb() {
  return {"reconstruct",
          "Write events as a trained model gives them back, with error, KL and loss of each (anomaly scores)",
          define_on_events,
          run_model_command<reconstruct_command>,
          {{"symscan reconstruct runs/circle --out reconstructed.csv", "the events of the training"},
           {"symscan reconstruct runs/circle --data other.csv --out scores.csv",
            "anomaly scores of other events"}},
          kModelExits};
}

Verb sample_verb() {
  return {"sample",
          "Write new events: latents drawn from the prior, decoded",
          define_sample,
          run_model_command<sample_command>,
          {{"symscan sample runs/circle --n 1000 --out sample.csv", "1000 events"},
           {"symscan sample runs/circle --noise --seed 2 --out noisy.csv", "with the decoder's noise"}},
          kModelExits};
}

}  // namespace symscan
