// The library's header, and what it promises: the program's numbers, nothing on
// disk unless asked for, errors that say what to do.
#include <cmath>

#include "host/base/json.hpp"
#include "host/data/write_table.hpp"
#include "host/library/symscan.hpp"
#include "tests/host/cli/run_program.hpp"

namespace symscan::test {
namespace {

const char* const small =
    R"({"model": {"hidden": [16, 8], "latent_dim": [1, 2]}, "seeds": [1, 2],
  "train": {"epochs": 4, "batch_size": 50}})";

Table circle(std::size_t rows = 600) {
  std::vector<double> values;
  for (std::size_t row = 0; row < rows; ++row) {
    const double angle = 2.4 * static_cast<double>(row);
    values.insert(values.end(), {std::cos(angle), std::sin(angle)});
  }
  return make_table({"x", "y"}, std::move(values));
}

TrainingOptions on_cpu() {
  return {.device = "cpu", .threads = 2};
}

Json replicas_of(const Run& run) {
  return Json::parse(run.summary())["replicas"];
}

TEST(Library, TrainsATable) {
  std::size_t finished = 0;
  TrainingOptions options = on_cpu();
  options.progress = [&](const TrainingProgress& progress) { finished = progress.finished; };
  const symscan::Run run = train(circle(), {.json = small}, options);
  EXPECT_TRUE(run.complete());
  EXPECT_TRUE(run.backend().starts_with("cpu (")) << run.backend();
  EXPECT_EQ(finished, 4u);
  const auto replicas = run.replicas();
  ASSERT_EQ(replicas.size(), 4u);
  for (const TrainedReplica& replica : replicas) {
    EXPECT_EQ(replica.status, TrainedReplica::Status::done);
    EXPECT_EQ(replica.dataset, "table");
    EXPECT_EQ(replica.epochs, 4u);
    EXPECT_EQ(replica.relevance.size(), static_cast<std::size_t>(replica.latent_dim));
    EXPECT_NEAR(replica.loss, replica.reconstruction + replica.beta * replica.kl, 1e-12 * replica.loss);
    EXPECT_DOUBLE_EQ(replica.tau, replica.beta / 2);
  }
  EXPECT_EQ(replicas[1].group, 0);
  EXPECT_EQ(replicas[2].group, 1);
  EXPECT_EQ(replicas[3].seed, 2u);
}

TEST(Library, GivesTheProgramsNumbers) {
  const TemporaryFolder folder;
  const Table table = circle();
  write_table(table, folder / "circle.csv");
  write_text(folder / "small.json", small);
  const auto program = run_program({"train", folder / "small.json", "--data", folder / "circle.csv", "--out",
                                    folder / "run", "--no-analysis", "--no-report", "--device", "cpu"});
  ASSERT_EQ(program.code, 0) << program.errors;
  const Json expected = Json::parse(read_text_file(folder / "run/summary.json"))["replicas"];
  TrainingOptions options = on_cpu();
  options.table_name = "circle.csv";
  EXPECT_EQ(replicas_of(train(table, {.json = small}, options)), expected);
  EXPECT_EQ(replicas_of(symscan::Run::open(folder / "run")), expected);
}

TEST(Library, WritesARunDirectoryOnlyIfAsked) {
  const TemporaryFolder folder;
  const auto before = std::filesystem::current_path();
  std::filesystem::current_path(folder.path());
  const symscan::Run in_memory = train(circle(), {.json = small}, on_cpu());
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
  std::filesystem::current_path(before);
  TrainingOptions options = on_cpu();
  options.directory = folder / "run";
  const symscan::Run written = train(circle(), {.json = small}, options);
  EXPECT_EQ(written.summary(), in_memory.summary());
  EXPECT_EQ(read_text_file(folder / "run/summary.json"), written.summary());
  for (const char* file : {"run/models.safetensors", "run/metrics.jsonl", "run/config.json"})
    EXPECT_TRUE(std::filesystem::exists(folder / file)) << file;
  EXPECT_THROW((void)train(circle(), {.json = small}, options),
               Error);  // there is a run
}

TEST(Library, AnalysesARun) {
  const TemporaryFolder folder;
  TrainingOptions options = on_cpu();
  options.directory = folder / "run";
  const symscan::Run run = train(circle(), {.json = small}, options);
  const Findings findings = analyse(run);
  ASSERT_EQ(findings.datasets.size(), 1u);
  ASSERT_EQ(findings.datasets[0].constraints.size(), 1u);
  EXPECT_EQ(findings.datasets[0].constraints[0].equation, "x^2 + y^2 = 1");
  EXPECT_TRUE(findings.datasets[0].notes.empty()) << findings.datasets[0].notes.front();
  write_report(run, findings);
  EXPECT_TRUE(std::filesystem::exists(folder / "run/analysis.json"));
  EXPECT_TRUE(std::filesystem::exists(folder / "run/report.html"));
  // The table cannot be made again from the directory.
  const Findings again = analyse(symscan::Run::open(folder / "run"));
  ASSERT_EQ(again.datasets[0].notes.size(), 1u);
  EXPECT_NE(again.datasets[0].notes[0].find("600 rows kept with the run"), std::string::npos);
  EXPECT_THROW(write_report(train(circle(), {.json = small}, on_cpu()), findings), UsageError);
}

TEST(Library, StopsAndGoesOn) {
  const TemporaryFolder folder;
  std::atomic<bool> stop = true;
  TrainingOptions options = on_cpu();
  options.directory = folder / "run";
  options.stop = &stop;
  EXPECT_FALSE(train(circle(), {.json = small}, options).complete());
  EXPECT_FALSE(symscan::Run::open(options.directory).complete());
  stop = false;
  options.existing = TrainingOptions::Existing::resume;
  const symscan::Run resumed = train(circle(), {.json = small}, options);
  EXPECT_TRUE(resumed.complete());
  EXPECT_EQ(resumed.summary(), train(circle(), {.json = small}, on_cpu()).summary());
}

TEST(Library, TrainsTheDatasetsOfAConfig) {
  const SweepText sweep = {.json = small, .settings = {"dataset=circle", "dataset.n=[300,400]", "seeds=[1]"}};
  const auto replicas = train(sweep, on_cpu()).replicas();
  ASSERT_EQ(replicas.size(), 4u);
  EXPECT_EQ(replicas[0].dataset, "circle (n 300)");
  EXPECT_EQ(replicas[3].dataset, "circle (n 400)");
  EXPECT_EQ(load_table(R"({"kind": "circle", "n": 300})").rows, 300u);
}

template <class Call>
void expect_error(const std::string& part, Call call) {
  try {
    call();
    ADD_FAILURE() << "no error: " << part;
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find(part), std::string::npos) << error.what();
  }
}

TEST(Library, ErrorsSayWhatToDo) {
  expect_error("give whole rows", [] { (void)make_table({"x", "y"}, {1, 2, 3}); });
  expect_error("at least one column", [] { (void)make_table({}, {}); });
  expect_error("no rows", [] { (void)make_table({"x", "y"}, {}); });
  expect_error("called 'x'", [] { (void)make_table({"x", "x"}, {1, 2}); });
  expect_error("row 2, column 'y' of the table is not finite", [] {
    (void)make_table({"x", "y"}, {1, 2, 3, std::nan("")});
  });
  expect_error("not a list", [] { (void)load_table(R"([{"kind": "circle"}, {"kind": "square"}])"); });
  expect_error("known:", [] { (void)load_table(R"({"kind": "circel"})"); });
  expect_error("dataset is missing", [] { (void)train({.json = small}, on_cpu()); });
  expect_error("take 'dataset' out", [] { (void)train(circle(), {.json = R"({"dataset": "circle"})"}); });
  expect_error("take 'dataset.columns' out",
               [] { (void)train(circle(), {.settings = {"dataset.columns=[x]"}}, on_cpu()); });
  expect_error("dataset", [] { (void)train(circle(), {.settings = {"dataset=circle"}}, on_cpu()); });
  expect_error("the config", [] { (void)train(circle(), {.json = "{"}, on_cpu()); });
  expect_error("--device", [] { (void)train(circle(), {}, {.device = "gpu"}); });
  expect_error("not a run directory", [] { (void)symscan::Run::open("/nowhere"); });
}

}  // namespace
}  // namespace symscan::test
