#pragma once
#include "host/findings/analysis_file.hpp"
#include "host/report/report_data.hpp"
#include "host/store/run_directory.hpp"
#include "tests/host/cli/run_program.hpp"

/// Data of reports, from runs that are trained and analysed here.
namespace symscan::test {

inline Json report_of(const std::string& run) {
  Ledger ledger = Ledger::open(ledger_file(run), true);
  const RunResults results = load_results(ledger);
  const auto findings = read_findings(run, results);
  return report_json(report_data(results, sample_measures(results, ledger, 1), ledger, "2026-01-31 12:00 UTC",
                                 findings ? &*findings : nullptr));
}

/// Trains and analyses a config; `more`: arguments of train.
inline Json train_and_report(const std::string& config, const std::vector<std::string>& more = {}) {
  const TemporaryFolder folder;
  write_text(folder / "sweep.json", config);
  std::vector<std::string> arguments = {"train",   folder / "sweep.json", "--out", folder / "run",
                                        "--quiet", "--no-report"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  const Finished train = run_program(arguments);
  EXPECT_TRUE(train.code == 0 || train.code == 1) << train.errors;
  return report_of(folder / "run");
}

/// One circle, one group: half a second.
inline const Json& small_report() {
  static const Json data = train_and_report(R"({"name": "circle",
    "dataset": {"kind": "circle", "n": 2000}, "model": {"hidden": [32], "latent_dim": 4},
    "train": {"epochs": 30, "learning_rate": 0.003, "validation_fraction": 0.1}, "seeds": [1, 2]})");
  return data;
}

/// Several datasets (three widths of an annulus among them), sizes and betas; a few seconds.
inline Json large_report() {
  return train_and_report(R"({"name": "shapes", "dataset": [
      {"kind": "circle", "n": 2000}, {"kind": "disk", "n": 2000}, {"kind": "ee_mumu", "n": 2000},
      {"kind": "annulus", "n": 2000, "width": [0.02, 0.1, 0.3]}],
    "model": {"hidden": [32], "latent_dim": [2, 4]}, "loss": {"beta": [0.03, 0.1, 0.3]},
    "train": {"epochs": 40, "learning_rate": 0.003}, "seeds": [1, 2]})");
}

}  // namespace symscan::test
