#include <filesystem>

#include "host/analysis/expression.hpp"
#include "host/data/dataset.hpp"
#include "host/findings/model_json.hpp"
#include "host/library/symscan.hpp"
#include "host/store/run_files.hpp"
#include "host/train/replica_snapshot.hpp"
#include "tests/fuzz/run/ledger_edits.hpp"
#include "tests/fuzz/targets.hpp"

namespace symscan::test {
namespace {

/// All that is read of a ledger, and the files that are made of it.
bool read_ledger(const std::string& path) {
  try {
    Ledger ledger = Ledger::open(path, true);
    const RunResults results = load_results(ledger);
    make_groups(results);
    summary_json(results).dump();
    write_metrics(scratch_folder() + "/metrics.jsonl", results);
    write_models(scratch_folder() + "/models.safetensors", results, ledger);
    for (const ReplicaConfig& config : results.sweep.replicas) ledger.checkpoint(config.id);
    return true;
  } catch (const Error&) {
    return false;
  }
}

/// The bytes are a database file.
bool take_ledger(std::string_view bytes) {
  return read_ledger(scratch_file(bytes, ".sqlite"));
}

/// A ledger of two small replicas, as the trainer writes it.
const std::string& small_ledger() {
  static const std::string bytes = [] {
    const std::string folder = scratch_folder() + "/run";
    SweepText sweep;
    sweep.settings = {"dataset.kind=circle", "dataset.n=40",   "model.latent_dim=[1,2]",
                      "model.hidden=[4]",    "train.epochs=2", "seeds=[1]"};
    TrainingOptions options;
    options.directory = folder;
    options.device = "cpu";
    options.threads = 1;
    train(sweep, options);
    return bytes_of_file(folder + "/results.sqlite");
  }();
  return bytes;
}

/// The bytes are orders to change entries of a good ledger.
bool take_ledger_edits(std::string_view bytes) {
  const std::string path = scratch_file(small_ledger(), ".edited.sqlite");
  edit_ledger(path, bytes);
  return read_ledger(path);
}

/// A replica of 40 points of a circle, two latents and eight hidden neurons.
struct SmallPlan {
  SweepConfig sweep = parse_config({{"dataset", {{"kind", "circle"}, {"n", 40}}}},
                                   {"model.latent_dim=2", "model.hidden=[8]", "train.epochs=5", "seeds=[1]"});
  PreparedData data = prepare(load_dataset(sweep.replicas[0].dataset), sweep.replicas[0].preprocess);
  ReplicaPlan plan{sweep.replicas[0], data};
};

bool take_checkpoint(std::string_view bytes) {
  static const SmallPlan small;
  try {
    return !from_blob(bytes, small.plan).parameters.empty();
  } catch (const Error&) {
    return false;
  }
}

bool take_analysis(std::string_view bytes) {
  const Json analysis = Json::parse(bytes, nullptr, false);
  if (analysis.is_discarded()) return false;
  try {
    to_json(findings_from_json(analysis)).dump(1, ' ', false, Json::error_handler_t::replace);
    return true;
  } catch (const Error&) {
    return false;
  }
}

/// Vector fields, one a line, and each line as an expression.
bool take_fields(std::string_view bytes) {
  const std::vector<std::string> columns = {"x", "y", "px(mu-)", "d", "e"};
  const std::string text(bytes);
  try {
    const Expression expression = Expression::parse(text, columns);
    expression.values(Eigen::MatrixXd::Constant(3, 5, 0.5));
    Expression::parse(expression.text(columns), columns);
  } catch (const Error&) {
  }
  try {
    return !parse_fields(text, columns).empty();
  } catch (const Error&) {
    return false;
  }
}

}  // namespace

const std::vector<FuzzTarget>& run_targets() {
  static const std::vector<FuzzTarget> targets = {{"ledger", take_ledger},
                                                  {"ledger_edits", take_ledger_edits},
                                                  {"checkpoint", take_checkpoint},
                                                  {"analysis", take_analysis},
                                                  {"fields", take_fields}};
  return targets;
}

}  // namespace symscan::test
