#include "host/findings/analysis_parts.hpp"

#include <gtest/gtest.h>

#include "host/findings/findings.hpp"
#include "host/findings/model_json.hpp"
#include "host/store/run_directory.hpp"
#include "tests/host/cli/run_program.hpp"

namespace symscan::test {
namespace {

/// A run of two datasets and eight groups, trained once.
struct TrainedRun {
  TemporaryFolder folder;
  std::string path = folder / "run";
  std::optional<Ledger> ledger;
  RunResults results;

  TrainedRun() {
    const Finished trained =
        run_program({"train", R"(dataset=[{"kind":"circle","n":400},{"kind":"disk","n":300}])",
                     "model.latent_dim=[1,2]", "loss.beta=[0.05,0.1]", "seeds=[1,2,3]", "train.epochs=6",
                     "model.hidden=[8]", "circle", "--out", path, "--no-analysis", "--no-report", "--quiet"});
    EXPECT_EQ(trained.code, 0) << trained.errors;
    ledger.emplace(Ledger::open(ledger_file(path), true));
    results = load_results(*ledger);
  }

  std::string analysed(const KnownModels& known = {}) {
    return to_json(analyse(results, *ledger, {}, {}, known)).dump();
  }
  KnownModels read(std::vector<std::string>* told = nullptr) const {
    return read_analysis_parts(path, results, [&](const std::string& sentence) {
      if (told != nullptr) told->push_back(sentence);
    });
  }
  AnalysisPart part(const Shard& shard) { return measure_models(results, *ledger, {}, shard); }
};

TrainedRun& trained_run() {
  static TrainedRun run;
  return run;
}

TEST(AnalysisParts, MakeTheSameAnalysis) {
  TrainedRun& run = trained_run();
  const std::string whole = run.analysed();
  std::set<int> models;
  for (int index = 0; index < 3; ++index) {
    const AnalysisPart part = run.part({index, 3});
    EXPECT_EQ(part.rows, (std::vector<std::size_t>{400, 300}));
    for (const ModelMeasures& model : part.models) EXPECT_TRUE(models.insert(model.replica).second);
    write_analysis_part(run.path, {index, 3}, part);
    const KnownModels known = run.read();
    EXPECT_EQ(known.of_replica.size(), models.size());
    EXPECT_EQ(run.analysed(known), whole) << "with " << index + 1 << " of 3 parts";
  }
  EXPECT_FALSE(models.empty());
}

TEST(AnalysisParts, AreReallyUsed) {
  TrainedRun& run = trained_run();
  AnalysisPart part = run.part({0, 1});
  for (ModelMeasures& model : part.models) model.local_dimension += 0.25;
  KnownModels known;
  known.rows = part.rows;
  for (const ModelMeasures& model : part.models) known.of_replica[model.replica] = model;
  EXPECT_NE(run.analysed(known), run.analysed());
}

TEST(AnalysisParts, WhatDoesNotFitIsToldAndLeftOut) {
  TrainedRun& run = trained_run();
  for (const auto& file : analysis_part_files(run.path)) std::filesystem::remove(file);
  const AnalysisPart good = run.part({0, 1});
  const auto left_out = [&](AnalysisPart part, const char* reason) {
    write_analysis_part(run.path, {0, 1}, part);
    std::vector<std::string> told;
    const KnownModels known = run.read(&told);
    EXPECT_TRUE(known.of_replica.empty());
    ASSERT_EQ(told.size(), 1u);
    EXPECT_NE(told[0].find(reason), std::string::npos) << told[0];
  };
  AnalysisPart other = good;
  other.results = "0123456789abcdef";
  left_out(other, "of other results");
  other = good;
  other.rows.pop_back();
  left_out(other, "on other rows");
  other = good;
  other.models.front().replica = 24;
  left_out(other, "replicas that there are not");
  for (const char* text : {"", "[1, 2]", "{\"schema\": 1}", "{\"schema\": 2, \"results\": 3}", "\xff\xfe"}) {
    write_text(analysis_part_file(run.path, {0, 1}), text);
    std::vector<std::string> told;
    EXPECT_TRUE(run.read(&told).of_replica.empty());
    EXPECT_EQ(told.size(), 1u) << text;
  }
  write_analysis_part(run.path, {0, 1}, good);
  std::string text = read_text_file(analysis_part_file(run.path, {0, 1}));
  const std::size_t digit = text.find_first_of("123456789", text.find("local_dimension\":") + 19);
  text[digit] = text[digit] == '1' ? '2' : '1';
  write_text(analysis_part_file(run.path, {0, 1}), text);
  std::vector<std::string> told_of_damage;
  EXPECT_TRUE(run.read(&told_of_damage).of_replica.empty());
  ASSERT_EQ(told_of_damage.size(), 1u);
  EXPECT_NE(told_of_damage[0].find("do not match their checksum"), std::string::npos) << told_of_damage[0];
  // Numbers that no model of this dataset has are measured again.
  other = good;
  for (ModelMeasures& model : other.models) model.eigenvalues.resize(3);
  write_analysis_part(run.path, {0, 1}, other);
  EXPECT_EQ(run.analysed(run.read()), run.analysed());
  // Measured at other rows.
  other = good;
  for (ModelMeasures& model : other.models) model.local_dimension = 7;
  for (std::size_t& rows : other.rows) rows -= 1;
  write_analysis_part(run.path, {0, 1}, other);
  EXPECT_EQ(run.analysed(run.read()), run.analysed());
  std::filesystem::remove(analysis_part_file(run.path, {0, 1}));
}

TEST(AnalysisParts, OfTheCommandGiveTheSameFile) {
  TrainedRun& run = trained_run();
  ASSERT_EQ(run_program({"analyze", run.path, "--no-report"}).code, 0);
  const std::string whole = read_text_file(run.path + "/analysis.json");
  for (const char* shard : {"0/2", "1/2"}) {
    const Finished measured = run_program({"analyze", run.path, "--shard", shard});
    EXPECT_EQ(measured.code, 0) << measured.errors;
    EXPECT_NE(measured.output.find("measured "), std::string::npos) << measured.output;
  }
  const Finished again = run_program({"analyze", run.path, "--no-report"});
  ASSERT_EQ(again.code, 0);
  EXPECT_EQ(again.errors.find("is not used"), std::string::npos) << again.errors;
  EXPECT_TRUE(read_text_file(run.path + "/analysis.json") == whole);
  EXPECT_EQ(run_program({"analyze", run.path, "--shard", "2/2"}).code, 2);
  EXPECT_EQ(run_program({"analyze", run.path, "--shard", "0/2", "--json"}).code, 2);
}

}  // namespace
}  // namespace symscan::test
