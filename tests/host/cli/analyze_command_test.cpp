// `symscan analyze` as a user calls it: what it says about sets whose symmetries are known, and bad input.
#include <algorithm>
#include <cmath>

#include "host/base/json.hpp"
#include "tests/host/cli/run_program.hpp"
#include "tests/host/cli/shell.hpp"
#include "tests/host/text_checks.hpp"

namespace symscan::test {
namespace {

using Arguments = std::vector<std::string>;

Arguments joined(Arguments first, const Arguments& more) {
  first.insert(first.end(), more.begin(), more.end());
  return first;
}

/// One run of four datasets, trained once for all tests below: about five seconds on two cores.
const std::string& trained_run() {
  static const TemporaryFolder folder;
  static const std::string run = folder / "run";
  static const bool trained = [] {
    write_text(folder / "sweep.json", R"({"name": "known",
      "dataset": [{"kind": "circle"}, {"kind": "square"}, {"kind": "sphere", "dimension": 2},
                  {"kind": "ee_mumu", "sqrt_s": 10}],
      "model": {"hidden": [64, 32], "latent_dim": 4}, "loss": {"beta": [0.1, 0.2]},
      "train": {"epochs": 40}, "seeds": [1, 2]})");
    const auto train =
        run_program({"train", folder / "sweep.json", "--out", run, "--no-analysis", "--no-report"});
    EXPECT_EQ(train.code, 0) << train.errors;
    return !std::filesystem::exists(run + "/analysis.json");
  }();
  EXPECT_TRUE(trained) << "--no-analysis wrote an analysis";
  return run;
}

Finished analyze(const Arguments& more) {
  return run_program(joined({"analyze", trained_run(), "--no-report"}, more));
}

/// analysis.json of the run, written once.
const Json& known_sets() {
  static const Json analysis = [] {
    const auto run = analyze({"--only-named"});
    EXPECT_EQ(run.code, 0) << run.errors;
    return Json::parse(read_text_file(trained_run() + "/analysis.json"));
  }();
  return analysis;
}

const Json& dataset(const std::string& label) {
  for (const Json& entry : known_sets()["datasets"])
    if (entry["dataset"].get<std::string>().starts_with(label)) return entry;
  throw std::runtime_error("no dataset " + label);
}

void expect_one_rotation_of_the_circle() {
  const Json& circle = dataset("circle");
  EXPECT_EQ(circle["dimension"]["value"], 1);
  ASSERT_FALSE(circle["symmetry"].is_null());
  EXPECT_EQ(circle["symmetry"]["algebra"], "so(2)");
  ASSERT_EQ(circle["symmetry"]["generators"].size(), 1u);
  const Json& generator = circle["symmetry"]["generators"][0];
  const double expected[2][2] = {{0, -1}, {1, 0}};
  const double sign = generator["matrix"][1][0].get<double>() > 0 ? 1 : -1;
  for (std::size_t i : {0, 1}) {
    for (std::size_t j : {0, 1})
      EXPECT_NEAR(sign * generator["matrix"][i][j].get<double>(), expected[i][j], 0.03) << i << j;
    EXPECT_NEAR(generator["shift"][i].get<double>(), 0, 0.03);
  }
  EXPECT_EQ(generator["density"]["verdict"], "invariant");
  ASSERT_EQ(circle["constraints"].size(), 1u);
  EXPECT_EQ(circle["constraints"][0]["equation"], "x^2 + y^2 = 1");
}

void expect_no_symmetry_of_the_square() {
  const Json& square = dataset("square");
  EXPECT_EQ(square["dimension"]["value"], 2);
  EXPECT_EQ(square["dimension"]["fills_its_span"], true);
  EXPECT_TRUE(square["symmetry"].is_null());
  EXPECT_TRUE(square["constraints"].empty());
}

void expect_three_rotations_of_spheres() {
  for (const char* label : {"sphere", "ee_mumu"}) {
    const Json& entry = dataset(label);
    EXPECT_EQ(entry["dimension"]["value"], 2) << label;
    ASSERT_FALSE(entry["symmetry"].is_null()) << label;
    EXPECT_EQ(entry["symmetry"]["found"], 3) << label;
    EXPECT_EQ(entry["symmetry"]["algebra"], "so(3)") << label;
    EXPECT_LT(entry["symmetry"]["closure_residual"].get<double>(), 0.03) << label;
    EXPECT_NEAR(entry["neighbour_dimension"]["two_nn"]["value"].get<double>(), 2, 0.15) << label;
  }
}

void expect_only_the_rotation_about_the_beam() {
  int kept = 0;
  for (const Json& generator : dataset("ee_mumu")["symmetry"]["generators"]) {
    const bool about_beam = generator["name"] == "rotation in px(mu-)-py(mu-)";
    EXPECT_EQ(generator["density"]["verdict"], about_beam ? "invariant" : "broken") << generator["name"];
    kept += about_beam ? 1 : 0;
  }
  EXPECT_EQ(kept, 1);
}

void expect_conservation_and_mass_shell() {
  std::string equations;
  for (const Json& constraint : dataset("ee_mumu")["constraints"])
    equations += constraint["equation"].get<std::string>() + "\n";
  for (const char* equation :
       {"E(mu-) = 5 GeV", "px(mu-) + px(mu+) = 0 GeV", "py(mu-) + py(mu+) = 0 GeV",
        "pz(mu-) + pz(mu+) = 0 GeV", "E(mu-)^2 - px(mu-)^2 - py(mu-)^2 - pz(mu-)^2 = 0.011164 GeV^2"})
    EXPECT_NE(equations.find(equation), std::string::npos) << equation << " is not among\n" << equations;
}

/// A user's field, in a file, for the datasets that have its columns.
void expect_fields_of_a_file() {
  const TemporaryFolder folder;
  write_text(folder / "fields", "# turns\nx*d/dy - y*d/dx\nx*d/dx + y*d/dy\n");
  const auto run = analyze({"--only-named", "--json", "--fields", folder / "fields"});
  ASSERT_EQ(run.code, 0) << run.errors;
  for (const Json& entry : Json::parse(run.output)["datasets"]) {
    const auto label = entry["dataset"].get<std::string>();
    if (label == "circle") {
      ASSERT_EQ(entry["fields"]["fields"].size(), 1u);
      EXPECT_EQ(entry["fields"]["keeps"], "the set");
      EXPECT_EQ(entry["fields"]["fields"][0]["equation"], "dx = -y, dy = x");
      EXPECT_FALSE(entry["fields"]["fields"][0]["orbits"].empty());
    } else if (label == "square") {
      EXPECT_EQ(entry["fields"]["keeps"], "the distribution");
      EXPECT_TRUE(entry["fields"]["fields"].empty());
    } else {
      EXPECT_TRUE(entry["fields"].is_null()) << label;
    }
  }
}

void expect_the_same_file_whatever_the_threads() {
  const std::string file = trained_run() + "/analysis.json";
  ASSERT_EQ(analyze({"--only-named", "--threads", "1"}).code, 0);
  const std::string one = read_text_file(file);
  ASSERT_EQ(analyze({"--only-named", "--threads", "3"}).code, 0);
  EXPECT_EQ(read_text_file(file), one);
}

void expect_the_table_of_truth() {
  const auto run = analyze({"--only-named", "--table"});
  ASSERT_EQ(run.code, 0) << run.errors;
  EXPECT_NE(run.output.find("15 of 15 right"), std::string::npos) << run.output;
}

void expect_named_transformations_tested() {
  const auto run =
      analyze({"--only-named", "--json", "--candidate", "rotation(x,y)", "--candidate", "parity"});
  ASSERT_EQ(run.code, 0) << run.errors;
  const Json analysis = Json::parse(run.output);
  int tested = 0;
  for (const Json& entry : analysis["datasets"]) {
    for (const Json& candidate : entry["candidates"]) {
      ++tested;
      const auto label = entry["dataset"].get<std::string>();
      const auto verdict = candidate["verdict"].get<std::string>();
      if (label == "circle" || label == "ee_mumu") {
        EXPECT_EQ(verdict, label == "circle" ? "symmetry" : "no change seen") << label << candidate["name"];
      }
      EXPECT_EQ(candidate["named"], true);
      // Of a set that fills the plane the distribution alone tells; corners move out of a square.
      if (label == "square") {
        EXPECT_EQ(verdict, "no symmetry");
      }
    }
  }
  EXPECT_EQ(tested, 3);  // the rotation of circle and square, parity of the muons
}

// Tests may run in processes of their own, so that those which need the run are few.
TEST(Analyze, FindsWhatIsKnown) {
  expect_one_rotation_of_the_circle();
  expect_no_symmetry_of_the_square();
  expect_three_rotations_of_spheres();
  expect_only_the_rotation_about_the_beam();
  expect_conservation_and_mass_shell();
}

TEST(Analyze, DoesWhatItsOptionsSay) {
  expect_the_same_file_whatever_the_threads();
  expect_the_table_of_truth();
  expect_named_transformations_tested();
  expect_fields_of_a_file();
}

TEST(Analyze, BadInputIsOneSentence) {
  const TemporaryFolder folder;
  write_text(folder / "file", "no run");
  write_text(folder / "wrong", "x*d/dy - y*d/dx\nx*d/dw\n");
  std::filesystem::create_directory(folder.path() / "empty");
  const struct {
    Arguments arguments;
    int code;
    const char* sentence;
  } cases[] = {
      {{"analyze"}, 2, "DIRECTORY is required"},
      {{"analyze", folder / "nowhere"}, 42, "nowhere"},
      {{"analyze", folder / "empty"}, 42, "empty"},
      {{"analyze", folder / "file"}, 42, "file"},
      {{"analyze", trained_run(), "--no-report", "--candidate", "twist(x)"}, 42, "twist"},
      {{"analyze", trained_run(), "--no-report", "--candidate", "rotation(x,nosuch)"}, 42, "nosuch"},
      {{"analyze", trained_run(), "--no-report", "--candidate", ""}, 42, ""},
      {{"analyze", trained_run(), "--threads", "0"}, 2, "--threads"},
      {{"analyze", trained_run(), "--fields", "quadric"}, 2, "did you mean 'quadratic'"},
      {{"analyze", trained_run(), "--no-report", "--fields", folder / "file"},
       42,
       "file, line 1: unknown name"},
      {{"analyze", trained_run(), "--no-report", "--fields", folder / "wrong"}, 42, "line 2"},
  };
  (void)known_sets();
  const std::string before = read_text_file(trained_run() + "/analysis.json");
  for (const auto& bad : cases) {
    const auto run = run_program(bad.arguments);
    std::string text;
    for (const std::string& argument : bad.arguments) text += argument + " ";
    EXPECT_EQ(run.code, bad.code) << text << run.errors;
    EXPECT_NE(run.errors.find(bad.sentence), std::string::npos) << text << run.errors;
    EXPECT_FALSE(run.errors.empty()) << text;
    EXPECT_LE(std::count(run.errors.begin(), run.errors.end(), '\n'), 2) << text << run.errors;
  }
  EXPECT_EQ(read_text_file(trained_run() + "/analysis.json"), before);
}

TEST(Analyze, ADamagedAnalysisIsToldAndWrittenAgain) {
  const TemporaryFolder folder;
  const std::string run = folder / "run";
  ASSERT_EQ(
      run_program({"train", "circle", "dataset.n=1000", "train.epochs=2", "--out", run, "--quiet"}).code, 0);
  const std::string good = read_text_file(run + "/analysis.json");
  EXPECT_TRUE(std::filesystem::exists(run + "/report.html"));
  for (const std::string& text :
       {std::string(), std::string("{\"datasets\""), std::string("[]"), std::string("{}")}) {
    write_text(run + "/analysis.json", text);
    const auto report = run_program({"report", run});
    EXPECT_EQ(report.code, 42) << text;
    EXPECT_NE(report.errors.find("analysis.json"), std::string::npos) << report.errors;
    EXPECT_EQ(run_program({"analyze", run}).code, 0);
    EXPECT_EQ(run_program({"report", run}).code, 0);
  }
  // A run that is finished keeps its analysis, and gets one if it has none.
  EXPECT_EQ(run_program({"analyze", run, "--no-report"}).code, 0);
  const std::string full = read_text_file(run + "/analysis.json");
  EXPECT_NE(full, good);
  const std::vector<std::string> again = {"train", "circle", "dataset.n=1000", "train.epochs=2",
                                          "--out", run,      "--quiet",        "--resume"};
  ASSERT_EQ(run_program(again).code, 0);
  EXPECT_EQ(read_text_file(run + "/analysis.json"), full);
  write_text(run + "/analysis.json", "{}");
  ASSERT_EQ(run_program(
                {"train", "circle", "dataset.n=1000", "train.epochs=2", "--out", run, "--quiet", "--resume"})
                .code,
            0);
  EXPECT_EQ(read_text_file(run + "/analysis.json"), good);
}

TEST(Analyze, AnAnalysisIsUsedForItsOwnResultsOnly) {
  const TemporaryFolder folder;
  const Arguments short_run = {"train", "circle", "dataset.n=500", "train.epochs=2", "--quiet", "--out"};
  const std::string one = folder / "one", two = folder / "two";
  ASSERT_EQ(run_program(joined(short_run, {one})).code, 0);
  ASSERT_EQ(run_program(joined(short_run, {two, "seed=2"})).code, 0);
  const std::string of_two = read_text_file(two + "/analysis.json");
  std::filesystem::copy_file(one + "/analysis.json", two + "/analysis.json",
                             std::filesystem::copy_options::overwrite_existing);
  const auto report = run_program({"report", two});
  EXPECT_EQ(report.code, 42);
  EXPECT_NE(report.errors.find("of other results than this run has now; symscan analyze writes it again"),
            std::string::npos)
      << report.errors;
  const auto kept = run_program(joined(short_run, {two, "seed=2", "--resume", "--no-analysis"}));
  EXPECT_EQ(kept.code, 0);
  EXPECT_NE(kept.errors.find("of other results"), std::string::npos) << kept.errors;
  ASSERT_EQ(run_program(joined(short_run, {two, "seed=2", "--resume"})).code, 0);
  EXPECT_EQ(read_text_file(two + "/analysis.json"), of_two);
}

TEST(Analyze, FindsTheDataOfARunFromAnyFolder) {
  const TemporaryFolder folder;
  const std::string path = folder.path().string();
  const auto train = run_shell(
      "symscan generate circle --n 3000 --out c.csv && symscan train --data c.csv "
      "train.epochs=2 --out run --quiet --no-analysis",
      path);
  ASSERT_EQ(train.code, 0) << train.errors;
  std::filesystem::create_directory(folder / "elsewhere");
  const auto analysis = run_shell("symscan analyze ../run --no-report", folder / "elsewhere");
  EXPECT_EQ(analysis.code, 0) << analysis.errors;
  EXPECT_EQ(analysis.output.find("rows kept with the run"), std::string::npos) << analysis.output;
  std::filesystem::remove(folder / "c.csv");
  EXPECT_NE(
      run_shell("symscan analyze ../run --no-report", folder / "elsewhere").output.find("rows kept with"),
      std::string::npos);
}

TEST(Analyze, LongNamesAndBetasOfZeroAreAnalysed) {
  const TemporaryFolder folder;
  std::string table = std::string(120, 'a') + "," + std::string(120, 'b') + "\n";
  for (int i = 0; i < 1000; ++i)
    table += std::to_string(std::cos(0.1 * i)) + "," + std::to_string(std::sin(0.1 * i)) + "\n";
  write_text(folder / "long.csv", table);
  const auto run = run_program({"train", "--data", folder / "long.csv", "--out", folder / "run",
                                "train.epochs=60", "loss.beta=[0,0.1,0.2]", "--no-report"});
  ASSERT_EQ(run.code, 0) << run.errors;
  EXPECT_NE(run.output.find("Models of beta 0 are left out"), std::string::npos) << run.output;
  const Json curves = Json::parse(read_text_file(folder / "run/analysis.json"))["datasets"][0]["beta_curves"];
  EXPECT_EQ(curves[0]["beta"], Json({0.1, 0.2}));
}

TEST(Analyze, SmallBudgetSaysWhatIsLeftOut) {
  const auto run = analyze({"--budget", "0.001", "--quiet"});
  EXPECT_EQ(run.code, 0) << run.errors;
  EXPECT_EQ(run.errors, "");
  expect_in(run.output, "Not looked for, since it takes long: linear relations (about ");
  EXPECT_EQ(run.output.find("Constraints: no linear"), std::string::npos) << run.output;
  EXPECT_EQ(analyze({"--budget", "0"}).code, 2);
  // With more of it nothing is left out.
  EXPECT_EQ(analyze({"--budget", "1000"}).output.find("Not looked for"), std::string::npos);
}

TEST(Analyze, OddTablesAreAnalysedOrRefused) {
  const TemporaryFolder folder;
  std::string one_row = "x,y\n", few = "x,y\n", equal = "x,y\n", duplicate = "x,copy,constant\n",
              single = "x\n", huge = "x,y\n";
  for (int i = 0; i < 400; ++i) {
    const double phi = 0.1 * i;
    const std::string x = std::to_string(std::cos(phi)), y = std::to_string(std::sin(phi));
    if (i < 3) few += x + "," + y + "\n";
    equal += "1,2\n";
    duplicate += x + "," + x + ",7\n";
    single += x + "\n";
    huge += x + "e30," + y + "e-30\n";
  }
  const std::pair<const char*, std::string> tables[] = {
      {"few", few}, {"equal", equal}, {"duplicate", duplicate}, {"single", single}, {"huge", huge}};
  for (const auto& [name, text] : tables) {
    write_text(folder / (std::string(name) + ".csv"), text);
    const auto train = run_program({"train", "--data", folder / (std::string(name) + ".csv"),
                                    "train.epochs=3", "--out", folder / name, "--no-report", "--quiet"});
    EXPECT_TRUE(train.code == 0 || train.code == 42) << name << train.code << train.errors;
    if (train.code != 0) continue;
    const auto run = run_program({"analyze", folder / name, "--no-report", "--json"});
    EXPECT_EQ(run.code, 0) << name << run.errors;
    EXPECT_TRUE(Json::accept(run.output)) << name << run.output;
    EXPECT_EQ(run.output.find("nan"), std::string::npos) << name;
  }
}

}  // namespace
}  // namespace symscan::test
