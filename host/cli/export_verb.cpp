// The command that takes a trained model out of its run: options and examples.
#include "host/cli/verb_parts.hpp"
#include "host/models/export_formats.hpp"

namespace symscan {
namespace {

/// "onnx|safetensors|python"
std::string format_choices() {
  std::vector<std::string> names;
  for (const ExportFormat& format : export_formats()) names.push_back(format.name);
  return join_words(names, "|");
}

/// "onnx (a graph ...), safetensors (the weights ...)"
std::string format_contents() {
  std::vector<std::string> contents;
  for (const ExportFormat& format : export_formats())
    contents.push_back(format.name + " (" + format.content + ")");
  return list_words(contents, "or");
}

void define_export(CLI::App& app, GivenOptions& given) {
  ExportOptions& options = given.exported;
  add_argument(app, given, "DIRECTORY", "Run directory")->required();
  add_model_options(app, options.replica, options.out, options.overwrite, export_endings());
  app.add_option("--format", options.format,
                 "What is written: " + format_contents() + "; default: what the ending says")
      ->type_name(format_choices())
      ->check(not_empty());
  app.add_option("--part", options.part, "What an ONNX graph computes (default: model, which is both)")
      ->type_name("model|encoder|decoder")
      ->check(not_empty());
  app.add_flag("--float32", options.float32,
               "Inputs and outputs of an ONNX graph are float32, not float64, which keeps large offsets");
}

ExitCode run_export(GivenOptions& given) {
  given.exported.run = given.first;
  return export_command(given.exported);
}

}  // namespace

Verb export_verb() {
  return {"export",
          "Write a trained model as a file of its own: ONNX, safetensors, or Python with NumPy",
          define_export,
          run_export,
          {{"symscan export runs/circle --out circle.onnx", "the model with the lowest loss"},
           {"symscan export runs/circle --part encoder --float32 --out encoder.onnx",
            "its encoder, for float32 inputs"},
           {"symscan export runs/circle --replica 0 --out circle.safetensors",
            "weights and model card of replica 0"},
           {"symscan export runs/circle --out circle.py", "a module: import circle; circle.encode(x)"}},
          {ExitCode::done, ExitCode::usage, ExitCode::bad_input, ExitCode::interrupted}};
}

}  // namespace symscan
