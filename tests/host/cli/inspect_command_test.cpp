// symscan inspect, and train on several files.
#include <gtest/gtest.h>

#include "host/base/json.hpp"
#include "tests/host/cli/shell.hpp"
#include "tests/host/text_checks.hpp"

namespace symscan::test {
namespace {

void write_file(const TemporaryFolder& folder, const std::string& name, const std::string& text) {
  std::ofstream(folder / name) << text;
}

/// 60 rows: a row number, two features, one of which may be missing, a weight.
std::string table_text(int first) {
  std::string text = "id,x,y,weight\n";
  for (int i = 0; i < 60; ++i) {
    const int n = first + i;
    text += std::to_string(i) + "," + std::to_string(n * 37 % 101) + "," +
            (i == 7 ? "" : std::to_string(n * 53 % 97)) + "," + std::to_string(1 + n % 3) + "\n";
  }
  return text;
}

TEST(Inspect, ItsCommandTrains) {
  const TemporaryFolder folder;
  const std::string here = folder.path().string();
  write_file(folder, "a b.csv", table_text(0));
  const Finished said = run_shell("symscan inspect 'a b.csv' --json", here);
  ASSERT_EQ(said.code, 0) << said.errors;
  const Json survey = Json::parse(said.output);
  EXPECT_EQ(survey["rows"], 60);
  EXPECT_EQ(survey["incomplete_rows"], 1);
  EXPECT_EQ(survey["columns"][0]["remarks"], Json({"counts the rows"}));
  const auto command = survey["command"].get<std::string>();
  expect_in(command, "symscan train --data 'a b.csv'");
  expect_in(command, "dataset.on_nonfinite=drop");
  expect_in(command, "dataset.weights=weight");
  const Finished trained = run_shell(command + " --dry-run", here);
  ASSERT_EQ(trained.code, 0) << trained.errors;
  expect_in(trained.errors, "59 rows, 2 features");
  const Finished shown = run_shell("symscan inspect 'a b.csv'", here);
  expect_in(shown.output, command);
  expect_in(shown.output, "counts the rows");
}

TEST(Inspect, EventsAreShownByTheirParticles) {
  const TemporaryFolder folder;
  const std::string here = folder.path().string();
  ASSERT_EQ(run_shell("symscan generate ee_mumu --n 200 --out e.lhe.gz", here).code, 0);
  const Finished said = run_shell("symscan inspect e.lhe.gz --json", here);
  ASSERT_EQ(said.code, 0) << said.errors;
  const Json survey = Json::parse(said.output);
  EXPECT_EQ(survey["format"], "lhe");
  EXPECT_EQ(survey["four_momenta"].size(), 2u);
  const Finished trained = run_shell(survey["command"].get<std::string>() + " --dry-run", here);
  ASSERT_EQ(trained.code, 0) << trained.errors;
  expect_in(trained.errors, "200 rows, 8 features");
}

TEST(Inspect, AFileThatCannotBeReadSaysWhy) {
  const TemporaryFolder folder;
  const std::string here = folder.path().string();
  write_file(folder, "a.csv", "x,y\n1,2\n3\n");
  const Finished said = run_shell("symscan inspect a.csv", here);
  EXPECT_EQ(said.code, 0);
  expect_in(said.output, "cannot be trained on as it is: a.csv line 3 has 1 field");
  EXPECT_EQ(run_shell("symscan inspect none.csv", here).code, 42);
  EXPECT_EQ(run_shell("symscan inspect", here).code, 2);
  const Finished unknown = run_shell("symscan inspect a.csv dataset.colums=x", here);
  EXPECT_EQ(unknown.code, 42);
  expect_in(unknown.errors, "columns");
}

TEST(Inspect, SeveralFilesAreOneDatasetOrEachItsOwn) {
  const TemporaryFolder folder;
  const std::string here = folder.path().string();
  for (int i = 0; i < 3; ++i) write_file(folder, "r" + std::to_string(i) + ".csv", table_text(60 * i));
  const std::string settings =
      " dataset.columns=x,y dataset.on_nonfinite=drop model.latent_dim=1 loss.beta=1 train.epochs=1 seeds=[1]"
      " model.hidden=[4] --no-report --no-analysis --device cpu --out ";
  const Finished joined = run_shell("symscan train --data 'r*.csv'" + settings + "joined", here);
  ASSERT_EQ(joined.code, 0) << joined.errors;
  expect_in(joined.errors, "177 rows, 2 features");
  const Finished named = run_shell("symscan train --data r0.csv --data r2.csv" + settings + "named", here);
  ASSERT_EQ(named.code, 0) << named.errors;
  expect_in(named.errors, "118 rows, 2 features");
  const Finished each = run_shell("symscan train --data 'r*.csv' --each-file" + settings + "each", here);
  ASSERT_EQ(each.code, 0) << each.errors;
  for (const char* label : {"r0: 59 rows", "r1: 59 rows", "r2: 59 rows"}) expect_in(each.errors, label);
  // The ledger names the files; analyze reads them again.
  const Finished analysed = run_shell("symscan analyze joined --no-report", here);
  ASSERT_EQ(analysed.code, 0) << analysed.errors;
  expect_in(analysed.errors, "reading 'r0.csv' and 2 further files");
  write_file(folder, "r3.csv", table_text(200));
  const Finished changed = run_shell("symscan analyze joined --no-report", here);
  expect_in(changed.errors + changed.output, "not those of the training");
}

}  // namespace
}  // namespace symscan::test
