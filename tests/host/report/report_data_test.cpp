// Data of the report of a small run, against what the run says elsewhere.
#include "host/report/report_data.hpp"

#include <cmath>

#include "host/models/model.hpp"
#include "host/models/saved_model.hpp"
#include "host/report/report_model.hpp"
#include "host/report/training_curves.hpp"
#include "host/store/run_directory.hpp"
#include "tests/host/cli/run_program.hpp"

namespace symscan {
namespace {

/// A trained run that is open.
struct OpenRun {
  explicit OpenRun(const std::string& config) {
    test::write_text(folder / "sweep.json", config);
    const auto train = test::run_program(
        {"train", folder / "sweep.json", "--out", folder / "run", "--quiet", "--no-report", "--no-analysis"});
    EXPECT_EQ(train.code, 0) << train.errors;
    ledger.emplace(Ledger::open(ledger_file(folder / "run"), true));
    results = load_results(*ledger);
  }

  Report report() {
    return report_data(results, sample_measures(results, *ledger, 1), *ledger, "2026-01-31 12:00 UTC");
  }

  test::TemporaryFolder folder;
  std::optional<Ledger> ledger;
  RunResults results;
};

/// Columns of sizes that need preprocessing, and one that is constant.
OpenRun& plane_run() {
  static OpenRun run = [] {
    const test::TemporaryFolder folder;
    std::string rows = "a,constant,b\n";
    for (int i = 0; i < 300; ++i)
      rows += std::to_string(100 + 7 * std::cos(0.37 * i)) + ",5," +
              std::to_string(0.02 * std::sin(0.37 * i)) + "\n";
    test::write_text(folder / "plane.csv", rows);
    return OpenRun(R"({"dataset": [{"kind": "file", "path": ")" + (folder / "plane.csv") +
                   R"("}, {"kind": "disk", "n": 300}],
      "model": {"hidden": [8], "latent_dim": [1, 6]}, "train": {"steps": 300, "batch_size": 50, "learning_rate": 0.01},
      "loss": {"beta": 0.02}, "seeds": [1, 2]})");
  }();
  return run;
}

TEST(ReportData, PlaneIsWhatTheModelSaysOfItsPoints) {
  OpenRun& run = plane_run();
  const Report report = run.report();
  for (const StudyGroup& group : report.studies.at(0).groups) {
    const Representative& representative = group.representative.value();
    const EncodedPlane& plane = representative.plane.value();
    EXPECT_EQ(plane.columns, (std::vector<std::size_t>{0, 2}));
    ASSERT_EQ(plane.mean.size(), static_cast<std::size_t>(std::min(group.latent_dim, 4)));
    EXPECT_NEAR(plane.x.front(), 93 - 3.5, 0.02);
    EXPECT_NEAR(plane.x.back(), 107 + 3.5, 0.02);
    EXPECT_NEAR(plane.y.back(), 0.03, 1e-4);
    const Model model(saved_model(run.results, *run.ledger, representative.replica));
    std::vector<double> rows;
    for (const double y : plane.y)
      for (const double x : plane.x) rows.insert(rows.end(), {x, 5, y});
    const std::vector<double> mean = model.encode(rows).mean;
    const auto latents = static_cast<std::size_t>(group.latent_dim);
    for (std::size_t j = 0; j < plane.mean.size(); ++j) {
      ASSERT_EQ(plane.mean[j].size(), plane.y.size());
      for (std::size_t iy = 0; iy < plane.y.size(); ++iy)
        for (std::size_t ix = 0; ix < plane.x.size(); ++ix)
          ASSERT_NEAR(plane.mean[j].at(iy).at(ix), mean[(iy * plane.x.size() + ix) * latents + j], 0.00502)
              << "hundredths";
    }
    const auto [low, high] = std::minmax_element(mean.begin(), mean.end());
    EXPECT_GT(*high - *low, 1) << "a plane on which something changes";
  }
}

TEST(ReportData, PlaneIsOfTwoVaryingColumnsOnly) {
  OpenRun run(R"({"dataset": [{"kind": "ee_mumu", "n": 100}], "model": {"hidden": [4], "latent_dim": 2},
    "train": {"steps": 5}})");
  EXPECT_FALSE(run.report().studies.at(0).groups.at(0).representative.value().plane.has_value());
}

TEST(ReportData, CountsWhatHasFinished) {
  OpenRun& run = plane_run();
  const RunResults whole = run.results;
  run.results.replicas[0].status = ReplicaRecord::Status::pending;
  run.results.replicas[1].status = ReplicaRecord::Status::failed;
  run.results.replicas[7].status = ReplicaRecord::Status::skipped;
  const Report report = run.report();
  const Json data = report_json(report);
  run.results = whole;
  EXPECT_EQ(report.replicas, 8u);
  EXPECT_EQ(report.done, 5u);
  EXPECT_EQ(report.failed, 1u);
  EXPECT_EQ(report.skipped, 1u);
  const Study& first = report.studies.at(0);
  EXPECT_EQ(first.replicas, 4u);
  EXPECT_EQ(first.done, 2u);
  EXPECT_EQ(first.failed, 1u);
  EXPECT_EQ(first.summary.front(), "2 of 4 replicas are finished: what follows is of these.");
  EXPECT_EQ(report.studies.at(1).replicas, 3u);
  EXPECT_EQ(report.studies.at(1).done, 3u);
  EXPECT_EQ(test::schema_error(report_schema(), data), "");
  const Json& unfinished = data["studies"][0]["groups"][0];
  for (const char* quantity : {"active_latents", "loss", "reconstruction", "kl"})
    EXPECT_TRUE(unfinished[quantity]["mean"].is_null()) << quantity << " reads as a result";
  EXPECT_TRUE(data["studies"][0]["groups"][1]["active_latents"]["mean"].is_number());
}

TEST(ReportData, SettingsOfGroupsAreThoseThatVary) {
  const Json data = report_json(plane_run().report());
  EXPECT_EQ(data["studies"][0]["groups"][1]["settings"],
            (Json{{"model", {{"latent_dim", 6}}}, {"loss", {{"beta", 0.02}}}}));
  EXPECT_EQ(data["settings"]["train"]["batch_size"], 50);
  const Json& defaults = data["defaults"];
  EXPECT_NE(std::find(defaults.begin(), defaults.end(), "loss.kind"), defaults.end());
  EXPECT_EQ(std::find(defaults.begin(), defaults.end(), "loss.beta"), defaults.end());
}

TEST(ReportData, OfManyDatasetsDrawsLessOfEach) {
  Json config = {{"model", {{"hidden", {4}}, {"latent_dim", {1, 2, 3, 4}}}}, {"train", {{"steps", 2}}}};
  for (int seed = 1; seed <= 60; ++seed)
    config["dataset"].push_back({{"kind", "circle"}, {"n", 1600}, {"seed", seed}});
  OpenRun run(config.dump());
  const Report report = run.report();
  ASSERT_EQ(report.studies.size(), 60u);
  for (const Study& study : report.studies) {
    EXPECT_EQ(study.kept_rows, 1500u);
    ASSERT_EQ(study.sample.size(), 300u);
    std::size_t drawn = 0;
    for (const StudyGroup& group : study.groups) {
      if (!group.representative) continue;
      ++drawn;
      EXPECT_EQ(group.representative->activations.size(), 300u);
      EXPECT_EQ(group.representative->plane->x.size(), 21u);
    }
    EXPECT_TRUE(drawn == 1 || drawn == 2) << "the last and the main one";
  }
  EXPECT_LT(report_json(report).dump().size(), 3'000'000u);
  const Study& first = report.studies.front();
  const auto sample = run.results.datasets.front().sample;
  EXPECT_EQ(first.sample[299][1], sample[2 * 1495 + 1]);
}

TEST(ReportData, WholeNumbersHaveNoFraction) {
  Report report;
  report.studies.emplace_back().eigenvalues = {2.0, 0.0, -1.00000001, 0.25, 1e20};
  EXPECT_EQ(report_json(report)["studies"][0]["eigenvalues"].dump(), "[2,0,-1,0.25,1e+20]");
}

TEST(ReportData, CurvesHaveFirstAndLastEpochAndFewBetween) {
  EXPECT_EQ(shown_epochs(0), std::vector<std::size_t>{});
  EXPECT_EQ(shown_epochs(1), std::vector<std::size_t>{1});
  EXPECT_EQ(shown_epochs(60).size(), 60u);
  for (const std::size_t last : {81u, 120u, 1000u, 1000000u}) {
    const auto epochs = shown_epochs(last);
    EXPECT_EQ(epochs.front(), 1u);
    EXPECT_EQ(epochs.back(), last);
    EXPECT_GE(epochs.size(), 80u);
    EXPECT_LE(epochs.size(), 104u);
    EXPECT_TRUE(std::adjacent_find(epochs.begin(), epochs.end(), std::greater_equal<>()) == epochs.end());
  }
}

}  // namespace
}  // namespace symscan
