// Which file symscan analyze reads, and what it says of it.
#include <sys/stat.h>

#include "host/data/write_table.hpp"
#include "host/library/symscan.hpp"
#include "tests/host/cli/run_program.hpp"

namespace symscan::test {
namespace {

/// A run on data.csv, 300 points of a circle.
class AnalyzeData : public ::testing::Test {
 protected:
  void SetUp() override {
    write_circle("data.csv", 1);
    const Finished trained =
        run_program({"train", "--data", folder_ / "data.csv", "--out", folder_ / "run", "train.epochs=2",
                     "model.latent_dim=2", "--quiet", "--no-analysis", "--no-report", "--device", "cpu"});
    ASSERT_EQ(trained.code, 0) << trained.errors;
  }
  void write_circle(const std::string& name, double radius) const {
    std::vector<double> values;
    for (int row = 0; row < 300; ++row)
      values.insert(values.end(), {radius * std::cos(2.4 * row), radius * std::sin(2.4 * row)});
    write_table(make_table({"x", "y"}, std::move(values)), folder_ / name);
  }
  Finished analyze(const std::vector<std::string>& more = {}) const {
    std::vector<std::string> arguments = {"analyze", folder_ / "run", "--no-report"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run_program(arguments);
  }

  const TemporaryFolder folder_;
};

void expect_part(const std::string& text, const std::string& part) {
  EXPECT_NE(text.find(part), std::string::npos) << text;
}

TEST_F(AnalyzeData, OfTheRunIsReadAndNamed) {
  const Finished found = analyze();
  EXPECT_EQ(found.code, 0);
  expect_part(found.errors, "note: reading '" + folder_ / "data.csv" + "', which the ledger names\n");
  EXPECT_EQ(found.output.find("kept with the run"), std::string::npos);
}

TEST_F(AnalyzeData, ThatHaveChangedAreNotUsed) {
  write_circle("data.csv", 2);
  const Finished found = analyze();
  EXPECT_EQ(found.code, 0);
  const std::string note =
      "Looked at 300 rows kept with the run, since the dataset could not be used again: they are not those "
      "of "
      "the training";
  expect_part(found.output, note);
  expect_part(found.errors, note);
}

TEST_F(AnalyzeData, AreReadFromRegularFilesOnly) {
  std::filesystem::remove(folder_ / "data.csv");
  ASSERT_EQ(mkfifo((folder_ / "data.csv").c_str(), 0600), 0);
  const Finished found = analyze();  // opening the pipe would block for ever
  EXPECT_EQ(found.code, 0);
  expect_part(found.output, "data.csv' is not a regular file");
  const Finished given = analyze({"--data", "/dev/zero"});
  EXPECT_EQ(given.code, 42);
  expect_part(given.errors, "'/dev/zero' is not a regular file");
}

TEST_F(AnalyzeData, AreTakenFromTheFileThatIsGiven) {
  std::filesystem::rename(folder_ / "data.csv", folder_ / "moved.csv");
  expect_part(analyze().output, "kept with the run");
  const Finished moved = analyze({"--data", folder_ / "moved.csv"});
  EXPECT_EQ(moved.code, 0) << moved.errors;
  EXPECT_EQ(moved.errors, "");
  EXPECT_EQ(moved.output.find("kept with the run"), std::string::npos) << moved.output;
  write_circle("other.csv", 2);
  const Finished other = analyze({"--data", folder_ / "other.csv"});
  EXPECT_EQ(other.code, 42);
  expect_part(other.errors,
              "other.csv' are not those of the training (300 rows of 2 columns then, 300 rows of "
              "2 columns now, with other values)");
}

TEST_F(AnalyzeData, AreNotGivenForBuiltInDatasets) {
  ASSERT_EQ(run_program({"train", "circle", "dataset.n=300", "train.epochs=2", "--out", folder_ / "run",
                         "--overwrite", "--quiet", "--no-analysis", "--no-report", "--device", "cpu"})
                .code,
            0);
  const Finished found = analyze({"--data", folder_ / "data.csv"});
  EXPECT_EQ(found.code, 2);
  expect_part(found.errors, "this run has no dataset that is a file");
}

}  // namespace
}  // namespace symscan::test
