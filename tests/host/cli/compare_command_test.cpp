// `symscan compare` as a user calls it.
#include <algorithm>
#include <map>

#include "host/base/json.hpp"
#include "host/report/comparison_records.hpp"
#include "tests/host/cli/run_program.hpp"

namespace symscan::test {
namespace {

/// A circle and a disk, trained and analysed once for all tests: about two seconds.
struct TwoRuns {
  TemporaryFolder folder;
  std::string circle = folder / "circle", disk = folder / "disk";

  TwoRuns() {
    for (const char* shape : {"circle", "disk"}) {
      const auto train = run_program({"train", shape, "dataset.n=1000", "model.latent_dim=2", "seeds=[1]",
                                      "model.hidden=[8]", "train.epochs=3", "--no-report", "--quiet", "--out",
                                      folder / shape});
      EXPECT_EQ(train.code, 0) << train.errors;
    }
  }
};

const TwoRuns& two_runs() {
  static const TwoRuns runs;
  return runs;
}

/// The files of a folder, without those that SQLite keeps beside a database.
std::map<std::string, std::string> files_in(const std::filesystem::path& folder) {
  std::map<std::string, std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const std::string name = entry.path().filename();
    if (!name.ends_with("-shm") && !name.ends_with("-wal")) files[name] = read_text_file(entry.path());
  }
  return files;
}

TEST(Compare, PrintsDifferencesFirstAndChangesNothing) {
  const TwoRuns& runs = two_runs();
  const auto before_a = files_in(runs.circle), before_b = files_in(runs.disk);
  const TemporaryFolder folder;
  const auto run = run_program({"compare", runs.circle, runs.disk, "--out", folder / "page.html"});
  EXPECT_EQ(run.code, 0) << run.errors;
  EXPECT_EQ(run.errors, "");
  const std::size_t different = run.output.find("\n  DIFFERENT\n"), same = run.output.find("\n  THE SAME\n");
  const std::size_t freedom = run.output.find("\n  degrees of freedom ");
  EXPECT_LT(different, freedom);
  EXPECT_LT(freedom, same);
  EXPECT_NE(same, std::string::npos) << run.output;
  EXPECT_EQ(files_in(runs.circle), before_a);
  EXPECT_EQ(files_in(runs.disk), before_b);
  const std::string page = read_text_file(folder / "page.html");
  EXPECT_TRUE(page.starts_with("<!doctype html>"));
  EXPECT_TRUE(page.ends_with("</html>\n"));
}

TEST(Compare, PrintsOneLineForPrograms) {
  const TwoRuns& runs = two_runs();
  const auto run = run_program({"compare", runs.circle, runs.disk, "--json"});
  EXPECT_EQ(run.code, 0) << run.errors;
  EXPECT_EQ(std::count(run.output.begin(), run.output.end(), '\n'), 1);
  const Json line = Json::parse(run.output);
  EXPECT_EQ(schema_error(versioned_schema<Comparison>("comparison", comparison_schema_version), line), "");
  EXPECT_EQ(line["pairs"][0]["exact_constraints"]["only_a"][0], "x^2 + y^2 = 1");
}

TEST(Compare, ARunIsTheSameAsItself) {
  const auto run = run_program({"compare", two_runs().circle, two_runs().circle});
  EXPECT_EQ(run.code, 0) << run.errors;
  EXPECT_NE(run.output.find("everything is the same"), std::string::npos) << run.output;
  EXPECT_EQ(run.output.find("DIFFERENT"), std::string::npos);
  EXPECT_EQ(run.output.find("NOT COMPARABLE"), std::string::npos);
}

/// Without an analysis, and with that of another run.
TEST(Compare, LooksAtARunThatHasNoAnalysisOfItsOwn) {
  const TwoRuns& runs = two_runs();
  const TemporaryFolder folder;
  const std::string copy = folder / "copy";
  std::filesystem::copy(runs.circle, copy, std::filesystem::copy_options::recursive);
  std::filesystem::remove(copy + "/analysis.json");
  const auto missing = run_program({"compare", copy, runs.disk});
  EXPECT_EQ(missing.code, 0) << missing.errors;
  EXPECT_NE(missing.errors.find("has no analysis.json"), std::string::npos) << missing.errors;
  EXPECT_NE(missing.output.find("x^2 + y^2 = 1"), std::string::npos) << missing.output;
  EXPECT_FALSE(std::filesystem::exists(copy + "/analysis.json"));
  const std::string foreign = read_text_file(runs.disk + "/analysis.json");
  write_text(copy + "/analysis.json", foreign);
  const auto stale = run_program({"compare", copy, runs.disk});
  EXPECT_EQ(stale.code, 0) << stale.errors;
  EXPECT_NE(stale.errors.find("it is of other results"), std::string::npos) << stale.errors;
  EXPECT_NE(stale.output.find("x^2 + y^2 = 1"), std::string::npos) << stale.output;
  EXPECT_EQ(read_text_file(copy + "/analysis.json"), foreign);
}

TEST(Compare, RefusesWhatItCannotDo) {
  const TwoRuns& runs = two_runs();
  const TemporaryFolder folder;
  write_text(folder / "page.html", "mine");
  struct Case {
    std::vector<std::string> more;
    int code;
    const char* fragment;
  };
  const Case cases[] = {
      {{runs.circle}, 2, "a second DIRECTORY is required"},
      {{runs.circle, runs.disk, "--out", folder / "page.html"}, 2, "exists; add --overwrite"},
      {{runs.circle, runs.disk, "--out", runs.disk + "/page.html"}, 2, "lies in the run directory"},
      {{runs.circle, runs.disk, "--out", runs.disk + "/report.html", "--overwrite"},
       2,
       "lies in the run directory"},
      {{runs.circle, runs.disk, "--overwrite"}, 2, "--overwrite is about the page of --out"},
      {{runs.circle, folder / "nowhere"}, 42, "is not a run directory"},
  };
  for (const Case& c : cases) {
    std::vector<std::string> arguments = {"compare"};
    arguments.insert(arguments.end(), c.more.begin(), c.more.end());
    const auto run = run_program(arguments);
    EXPECT_EQ(run.code, c.code) << run.errors;
    EXPECT_NE(run.errors.find(c.fragment), std::string::npos) << run.errors;
    EXPECT_EQ(std::count(run.errors.begin(), run.errors.end(), '\n'), 1) << run.errors;
    EXPECT_EQ(run.output, "");
  }
  EXPECT_EQ(read_text_file(folder / "page.html"), "mine");
  EXPECT_EQ(
      run_program({"compare", runs.circle, runs.disk, "--out", folder / "page.html", "--overwrite"}).code, 0);
  EXPECT_NE(read_text_file(folder / "page.html"), "mine");
}

}  // namespace
}  // namespace symscan::test
