#include <cstdio>

#include "host/base/text.hpp"
#include "host/cli/commands.hpp"
#include "host/cli/outputs.hpp"
#include "host/models/export_formats.hpp"
#include "host/models/saved_model.hpp"
#include "host/store/run_directory.hpp"

namespace symscan {

ExitCode export_command(const ExportOptions& options) {
  const ExportChoice choice{part_called(options.part), options.float32};
  const ExportFormat& format = export_format(options.format, options.out, choice);
  refuse_existing(options.out, options.overwrite);
  Ledger ledger = Ledger::open(ledger_file(options.run), true);
  const RunResults results = load_results(ledger);
  const SavedModel model = saved_model(results, ledger, chosen_replica(results, options.replica));
  format.write(model, choice, options.out);
  std::printf("%s: %s of replica %d, %s, %s\n", options.out.c_str(),
              format.chooses ? to_string(choice.part.value_or(ModelPart::model)) : "model", model.replica,
              plural(model.features(), "column").c_str(), plural(model.latents(), "latent").c_str());
  return ExitCode::done;
}

}  // namespace symscan
