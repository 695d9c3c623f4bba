// Values at both sides of the limits of host/data/table_limits.hpp, from reading to analysis.
#include <cmath>

#include "host/data/table_limits.hpp"
#include "host/library/symscan.hpp"
#include "tests/host/cli/run_program.hpp"

namespace symscan::test {
namespace {

/// A circle whose coordinates are in these units, and a third column x y.
Table table_in(double x_unit, double y_unit) {
  std::vector<double> values;
  for (int row = 0; row < 400; ++row) {
    const double x = std::cos(2.4 * row), y = std::sin(2.4 * row);
    values.insert(values.end(), {x * x_unit, y * y_unit});
  }
  return make_table({"x", "y"}, std::move(values));
}

/// Trains and analyses; what is found must be finite and the same in all units.
void expect_circle(const Table& table, const std::vector<std::string>& settings = {}) {
  SweepText sweep{.json = R"({"model": {"hidden": [8], "latent_dim": 2}, "train": {"epochs": 3}})",
                  .settings = settings};
  const symscan::Run run = train(table, sweep, {.device = "cpu", .threads = 1});
  ASSERT_EQ(run.replicas().front().status, TrainedReplica::Status::done) << run.replicas().front().message;
  EXPECT_TRUE(std::isfinite(run.replicas().front().loss));
  FindingsOptions options;
  options.natural_candidates = options.discrete = false;
  const Findings findings = analyse(run, options);
  const DatasetFinding& found = findings.datasets.front();
  ASSERT_TRUE(found.dimension) << found.sentences.front();
  EXPECT_EQ(found.dimension->value, 1) << found.sentences.front();
  ASSERT_EQ(found.constraints.size(), 1u);
  EXPECT_TRUE(found.constraints[0].exact);
  ASSERT_TRUE(found.symmetry);
  EXPECT_EQ(found.symmetry->algebra, "so(2)");
}

std::string refusal(const std::function<void()>& what) {
  try {
    what();
  } catch (const DataError& error) {
    return error.what();
  }
  return "";
}

void expect_part(const std::string& text, const std::string& part) {
  EXPECT_NE(text.find(part), std::string::npos) << text;
}

TEST(ValueLimits, FeaturesWithinAreAnalysed) {
  expect_circle(table_in(1, 1));
  expect_circle(table_in(0.99 * largest_value, 0.99 * largest_value));
  expect_circle(table_in(1.5 * smallest_value, 1.5 * smallest_value));
  expect_circle(table_in(0.99 * largest_value, 1.5 * smallest_value));
}

TEST(ValueLimits, FeaturesBeyondAreRefusedWithTheColumn) {
  const std::string large = refusal([] { (void)table_in(1, 1.1 * largest_value); });
  expect_part(large, "the table, row ");
  expect_part(large, "column 'y': the size 1.1e+60 is beyond 1e+60");
  expect_part(large, "rescale the column");
  expect_part(refusal([] { (void)table_in(0.9 * smallest_value, 1); }), "column 'x': the size 9e-61");
  expect_part(refusal([] { (void)table_in(1e-310, 1); }), "column 'x'");
  expect_part(refusal([] { (void)table_in(1e300, 1); }), "column 'x'");
  Table narrow = table_in(1, 1);  // of a size that is allowed, with a spread that is not
  for (std::size_t row = 0; row < narrow.rows; ++row) narrow.values[2 * row] = row == 7 ? smallest_value : 0;
  expect_part(refusal([&] { (void)train(narrow, {}, {.device = "cpu"}); }),
              "'x' has a standard deviation of");
}

TEST(ValueLimits, HoldForFilesWeightsAndTargets) {
  const TemporaryFolder folder;
  const auto load = [&](const std::string& text, const std::string& settings = "") {
    write_text(folder / "t.csv", text);
    return refusal([&] {
      (void)load_table(R"({"kind": "file", "path": ")" + folder / "t.csv" + "\"" + settings + "}");
    });
  };
  expect_part(load("a,b\n1,2\n3,1e300\n5,6\n"), "t.csv, row 2, column 'b': the size 1e+300");
  expect_part(load("a,b\n1e-310,2\n2e-310,1\n"), "t.csv, row 2, column 'a': the size 2e-310");
  expect_part(load("a,w\n1,1e200\n2,2e200\n", R"(, "weights": "w")"), "row 2, the event weight");
  expect_part(load("a,b,f\n1,3,1e200\n2,1,2\n", R"(, "target": "f")"), "row 1, the target");
  EXPECT_EQ(load("a,b\n1,2e-310\n3,2\n5,6\n"), "");  // one small value in a column of larger ones
}

TEST(ValueLimits, HoldForBuiltInDatasets) {
  const auto circle = [](const std::string& radius) {
    return refusal([&] { (void)load_table(R"({"kind": "circle", "n": 100, "radius": )" + radius + "}"); });
  };
  EXPECT_EQ(circle("1e30"), "");
  EXPECT_EQ(circle("2e-37"), "");
  expect_part(circle("1e-38"), "dataset 'circle', row ");
  expect_part(circle("1e40"), "dataset 'circle', row ");
}

TEST(ValueLimits, OfTrainingWithoutStandardisationNameTheSetting) {
  const auto sentence = [](double unit, const std::string& how) {
    return refusal([&] {
      (void)train(table_in(unit, unit), {.settings = {"preprocess=" + how, "train.epochs=2"}},
                  {.device = "cpu", .threads = 1});
    });
  };
  for (const std::string how : {"none", "center"}) {
    expect_part(sentence(1.1 * largest_input, how), "set preprocess to standardize");
    expect_part(sentence(0.9 * smallest_input, how), "set preprocess to standardize");
    expect_circle(table_in(2 * smallest_input, 2 * smallest_input), {"preprocess=" + how});
    expect_circle(table_in(10, 10), {"preprocess=" + how});
    // Larger inputs are no error of the data; whether a network learns them is the network's matter.
    EXPECT_EQ(sentence(0.99 * largest_input, how), "");
  }
}

}  // namespace
}  // namespace symscan::test
