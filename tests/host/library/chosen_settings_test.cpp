#include "host/library/chosen_settings.hpp"

#include <gtest/gtest.h>

#include "tests/host/cli/shell.hpp"
#include "tests/host/text_checks.hpp"

namespace symscan::test {
namespace {

TEST(ChosenSettings, BetasAreThoseThatNeighboursResolve) {
  using Betas = std::vector<double>;
  EXPECT_EQ(betas_for(0), (Betas{0.03, 0.1, 0.3}));
  EXPECT_EQ(betas_for(0.015), (Betas{0.03, 0.1, 0.3}));
  EXPECT_EQ(betas_for(0.016), (Betas{0.1, 0.3, 1}));
  EXPECT_EQ(betas_for(100), (Betas{0.1, 0.3, 1}));
}

TEST(ChosenSettings, ATableWithoutAConfigGetsAScan) {
  const TemporaryFolder folder;
  const std::string here = folder.path().string();
  ASSERT_EQ(run_shell("symscan generate sphere --n 300 --out s.csv", here).code, 0);
  const Finished all = run_shell("symscan train --data s.csv --dry-run", here);
  ASSERT_EQ(all.code, 0) << all.errors;
  expect_in(all.errors, "chosen from the data: model.latent_dim 1, 2, 3 (3 columns); loss.beta ");
  expect_in(all.errors, "seeds auto");
  expect_in(all.output, "27 to 108 replicas");
  const Finished given =
      run_shell("symscan train --data s.csv model.latent_dim=2 loss.beta=0.1 seeds=7 --dry-run", here);
  EXPECT_EQ(given.code, 0) << given.errors;
  expect_not_in(given.errors, "chosen");
  expect_in(given.output, "1 replica,");
}

TEST(ChosenSettings, APipeIsReadOnce) {
  const TemporaryFolder folder;
  const std::string here = folder.path().string();
  ASSERT_EQ(run_shell("symscan generate sphere --n 300 --out s.csv", here).code, 0);
  const Finished piped =
      run_shell("cat s.csv | symscan train --data /dev/stdin dataset.format=csv --dry-run", here);
  EXPECT_EQ(piped.code, 0) << piped.errors;
  expect_not_in(piped.errors, "chosen");
}

TEST(ChosenSettings, AllRowsAreReadWhereTheFirstOnesDoNotDo) {
  const TemporaryFolder folder;
  const std::string here = folder.path().string();
  std::string table = "t,x,y\n";
  for (int i = 0; i < 5000; ++i)
    table += (i < 4500 ? "0," : "1,") + std::to_string(i % 97) + "," + std::to_string(i % 89) + "\n";
  write_text(folder / "late.csv", table);
  const Finished run = run_shell(
      "symscan train --data late.csv 'dataset.select=t > 0' 'dataset.columns=[x, y]' --dry-run", here);
  EXPECT_EQ(run.code, 0) << run.errors;
  expect_in(run.errors, "chosen from the data: model.latent_dim 1, 2 (2 columns); loss.beta ");
}

TEST(ChosenSettings, WrongSectionsAreToldByTheConfig) {
  const TemporaryFolder folder;
  const std::string here = folder.path().string();
  ASSERT_EQ(run_shell("symscan generate sphere --n 300 --out s.csv", here).code, 0);
  for (const char* setting : {"model=5", "loss=x", "dataset=5", "'dataset=[1]'", "model=null"}) {
    const Finished run = run_shell(std::string("symscan train --data s.csv --dry-run ") + setting, here);
    EXPECT_EQ(run.code, 42) << setting << ": " << run.errors;
    expect_in(run.errors, "must be");
  }
}

}  // namespace
}  // namespace symscan::test
