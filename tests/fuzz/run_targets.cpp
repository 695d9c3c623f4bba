#include "host/data/expression.hpp"
#include "host/data/selection.hpp"
#include "host/findings/analysis_parts.hpp"
#include "host/findings/model_json.hpp"
#include "host/store/progress_file.hpp"
#include "host/store/run_files.hpp"
#include "host/store/stored_json.hpp"
#include "host/store/summary.hpp"
#include "tests/fuzz/ledger_edits.hpp"
#include "tests/fuzz/small_run.hpp"
#include "tests/fuzz/targets.hpp"

namespace symscan::test {
namespace {

/// All that is read of a ledger, and the files that are made of it.
bool read_ledger(const std::string& path) {
  try {
    Ledger ledger = Ledger::open(path, true);
    (void)ledger.count_statuses();
    const RunResults results = ledger.shard() ? load_progress(ledger) : load_results(ledger);
    make_groups(results);
    (void)summary_text(results, sample_measures(results, ledger, 1));
    write_metrics(scratch_folder() + "/metrics.jsonl", results, ledger);
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

const std::string& small_ledger() {
  static const std::string bytes = [] {
    const std::string path = scratch_folder() + "/small.sqlite";
    SmallRun().write_ledger(path);
    return bytes_of_file(path);
  }();
  return bytes;
}

/// The bytes are orders to change entries of a good ledger.
bool take_ledger_edits(std::string_view bytes) {
  const std::string path = scratch_file(small_ledger(), ".edited.sqlite");
  edit_ledger(path, bytes);
  return read_ledger(path);
}

bool take_checkpoint(std::string_view bytes) {
  static const SmallRun small;
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

/// What lies beside a ledger: progress.json, analysis_shard_0_of_2.json.
template <class Document>
bool is_document(const Json& json, int version) {
  try {
    const auto document = read_versioned<Document>(json, version);
    versioned_json(document, version).dump(1, ' ', false, Json::error_handler_t::replace);
    return true;
  } catch (const Error&) {
    return false;
  }
}

bool take_beside(std::string_view bytes) {
  try {
    const Json json = stored_json(std::string(bytes));
    const bool progress = is_document<RunProgress>(json, progress_schema_version);
    return is_document<AnalysisPart>(json, analysis_part_version) || progress;
  } catch (const Json::exception&) {
    return false;
  } catch (const Error&) {
    return false;
  }
}

/// Vector fields, one a line; the whole as an expression, and as a condition on rows.
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
    Table table;
    table.columns = columns;
    table.rows = 2;
    table.values = {0.5, -1, 2, 3, 0, 1, 1, 1, 1, 1};
    keep_selected(table, "input", text);
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
  static const std::vector<FuzzTarget> targets = {
      {"ledger", take_ledger},         {"ledger_edits", take_ledger_edits},
      {"checkpoint", take_checkpoint}, {"analysis", take_analysis},
      {"beside", take_beside},         {"fields", take_fields}};
  return targets;
}

}  // namespace symscan::test
