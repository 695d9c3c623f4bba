// Ablation and phi_k of a run: from its ledger alone, in the order of relevance, whatever the threads.
#include "host/store/sample_measures.hpp"

#include <cmath>

#include "host/analysis/phi_k.hpp"
#include "host/analysis/trained_model.hpp"
#include "host/library/symscan.hpp"
#include "host/store/prepared_sample.hpp"
#include "host/store/run_directory.hpp"
#include "host/train/replica_network.hpp"
#include "tests/host/store/ledger_fixture.hpp"

namespace symscan::test {
namespace {

/// x and y of a circle, and a column that is 1000 but for the last bits of float32.
Table circle_and_constant() {
  std::vector<double> values;
  for (int row = 0; row < 400; ++row) {
    const double angle = 2.4 * row, noise = row % 2 == 0 ? 0.0 : 0x1.0p-14;
    values.insert(values.end(), {std::cos(angle), std::sin(angle), 1000 + noise});
  }
  return make_table({"x", "y", "c"}, std::move(values));
}

/// A run in a folder of its own, and what its ledger says.
struct MeasuredRun {
  TemporaryFolder folder;
  std::string summary;
  std::optional<Ledger> ledger;
  RunResults results;

  MeasuredRun(const Table& table, const std::string& config) {
    TrainingOptions options;
    options.device = "cpu";
    options.directory = folder / "run";
    summary = train(table, {.json = config}, options).summary();
    ledger.emplace(Ledger::open(ledger_file(folder / "run"), true));
    results = load_results(*ledger);
  }
};

const char* const two_seeds = R"({"model": {"hidden": [12], "latent_dim": 3}, "seeds": [1, 2],
  "loss": {"kind": "mean", "beta": 0.05}, "train": {"epochs": 30, "batch_size": 50}})";

using RowMajorFloats = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

TEST(SampleMeasures, AblationIsInTheOrderOfRelevanceAndInUnitsOfTheLoss) {
  MeasuredRun run(circle_and_constant(), two_seeds);
  const Json summary = Json::parse(run.summary);
  const std::vector<float> prepared = prepared_sample(run.results.datasets[0]);
  const Eigen::MatrixXd x = Eigen::Map<const RowMajorFloats>(prepared.data(), 400, 3).cast<double>();
  for (int id = 0; id < 2; ++id) {
    const auto order = summary["replicas"][id]["relevance"]["order"].get<std::vector<Eigen::Index>>();
    const auto found = summary["replicas"][id]["ablation"].get<std::vector<double>>();
    const TrainedModel model(network_of(run.results.sweep.replicas[static_cast<std::size_t>(id)], 3),
                             trained_parameters(run.results, *run.ledger, id));
    const Eigen::MatrixXd mean = model.encode(x).mean;
    const double whole = (x - model.decode(mean)).squaredNorm();
    ASSERT_EQ(found.size(), 3u);
    for (std::size_t position = 0; position < 3; ++position) {
      Eigen::MatrixXd z = mean;
      z.col(order[position]).setConstant(mean.col(order[position]).mean());
      // loss.kind mean: the weight of the squared error is 1/3.
      EXPECT_NEAR(found[position], ((x - model.decode(z)).squaredNorm() - whole) / 400 / 3, 1e-5);
    }
    EXPECT_GT(found[0], 0.1);  // a circle cannot be drawn without its latent
  }
  const Json& group = summary["groups"][0];
  const auto measures = sample_measures(run.results, *run.ledger, 1);
  const auto groups = make_groups(run.results);
  double mean = 0;
  for (const int id : groups[0].best)
    mean += measures.ablation[static_cast<std::size_t>(id)][0] / static_cast<double>(groups[0].best.size());
  EXPECT_NEAR(group["ablation"]["mean"][0].get<double>(), mean, 1e-12);
}

TEST(SampleMeasures, PhiKIsThatOfTheBestReplicaAndNullForAConstant) {
  MeasuredRun run(circle_and_constant(), two_seeds);
  const Json group = Json::parse(run.summary)["groups"][0];
  const int id = group["phi_k"]["replica"];
  EXPECT_EQ(id, make_groups(run.results)[0].representative);
  const auto order =
      relevance_order(run.results.replicas[static_cast<std::size_t>(id)].result, RelevanceMeasure::kl);
  const std::vector<double>& sample = run.results.datasets[0].sample;
  const std::vector<float> mean = encoded_rows(run.results, *run.ledger, id, sample);
  ASSERT_EQ(sample.size(), 1200u);
  for (std::size_t position = 0; position < 3; ++position) {
    std::vector<double> latent, feature;
    for (std::size_t row = 0; row < 400; ++row) {
      latent.push_back(mean[3 * row + order[position]]);
      feature.push_back(sample[3 * row + 1]);
    }
    const Json& values = group["phi_k"]["values"][position];
    ASSERT_EQ(values.size(), 3u);
    const auto expected = phi_k(bin_values(latent), bin_values(feature));
    EXPECT_NEAR(values[1].get<double>(), expected.value(), 0.5001e-4);  // four decimals
    EXPECT_TRUE(values[2].is_null());
  }
  EXPECT_GT(group["phi_k"]["values"][0][0].get<double>(), 0.3);
}

TEST(SampleMeasures, DoNotDependOnThreadsNorOnTheProcessThatTrained) {
  MeasuredRun run(circle_and_constant(), R"({"model": {"hidden": [[8], [8, 4]], "latent_dim": [1, 2, 3]},
    "seeds": [1, 2], "train": {"epochs": 3, "batch_size": 50}})");
  const SampleMeasures one = sample_measures(run.results, *run.ledger, 1);
  const SampleMeasures many = sample_measures(run.results, *run.ledger, 7);
  EXPECT_EQ(one.ablation, many.ablation);
  EXPECT_EQ(one.phi_k, many.phi_k);
  EXPECT_EQ(symscan::Run::open(run.folder / "run").summary(), run.summary);
  EXPECT_EQ(read_text_file(run.folder / "run/summary.json"), run.summary);
}

TEST(SampleMeasures, OfWideTablesPhiKIsOfTheFirstColumnsAndTheMostRelevantLatents) {
  std::vector<std::string> columns;
  std::vector<double> values;
  for (int d = 0; d < 70; ++d) columns.push_back("c" + std::to_string(d));
  for (int i = 0; i < 70 * 100; ++i) values.push_back(std::sin(1.7 * i * i));
  MeasuredRun run(make_table(columns, values), R"({"model": {"hidden": [8], "latent_dim": 18},
    "train": {"epochs": 2, "batch_size": 50}})");
  const Json summary = Json::parse(run.summary);
  EXPECT_EQ(summary["replicas"][0]["ablation"].size(), 18u);
  const Json& phi = summary["groups"][0]["phi_k"]["values"];
  ASSERT_EQ(phi.size(), SampleMeasures::most_latents);
  for (const Json& latent : phi) EXPECT_EQ(latent.size(), SampleMeasures::most_features);
}

TEST(SampleMeasures, OfReplicasThatAreNotDoneThereAreNone) {
  Ledger ledger = Ledger::create(":memory:", stored_sweep(), "cpu");
  ledger.add_dataset(0, stored_dataset());
  RunResults results;
  results.sweep = stored_sweep();
  results.index = index_datasets(results.sweep);
  results.datasets = {stored_dataset()};
  for (const ReplicaConfig& config : results.sweep.replicas)
    results.replicas.push_back(ledger.replica(config.id, false));
  const SampleMeasures measures = sample_measures(results, ledger, 2);
  for (const auto& values : measures.ablation) EXPECT_TRUE(values.empty());
  for (const auto& values : measures.phi_k) EXPECT_TRUE(values.empty());
  EXPECT_TRUE(measures.ablation_of(make_groups(results)[0]).empty());
}

TEST(PreparedSample, OfAConstantColumnIsTheSameInEveryRow) {
  DatasetRecord record = stored_dataset();  // two rows: 1, 2 and 3, 4
  record.constant = {false, true};
  record.scale = {1, 1};
  EXPECT_EQ(prepared_sample(record), (std::vector<float>{1, 0, 3, 0}));
  record.preprocess = Preprocess::none;
  record.offset = {0, 0};
  EXPECT_EQ(constant_values(record), (std::vector<double>{0, 3}));
  EXPECT_EQ(prepared_sample(record), (std::vector<float>{1, 3, 3, 3}));
}

}  // namespace
}  // namespace symscan::test
