// summary.json, written piece by piece, and the table of replicas.
#include "host/store/summary.hpp"

#include "host/store/replica_table.hpp"
#include "tests/host/store/ledger_fixture.hpp"

namespace symscan::test {
namespace {

/// What load_results() makes of a ledger whose weights are made up.
struct StoredResults {
  Ledger ledger = Ledger::create(":memory:", stored_sweep(), "cpu");
  RunResults results;
  SampleMeasures measures;

  explicit StoredResults(bool trained = true) {
    if (trained) store_results(ledger);
    results.sweep = stored_sweep();
    results.sweep.name = "two\nlines, \"quoted\"";
    results.index = index_datasets(results.sweep);
    results.datasets = {stored_dataset()};
    results.varying = {"loss.beta", "model.latent_dim"};
    for (const ReplicaConfig& config : results.sweep.replicas)
      results.replicas.push_back(ledger.replica(config.id, false));
    measures.ablation.resize(results.replicas.size());
    measures.phi_k.resize(2);
    for (const std::size_t id : {0u, 1u}) measures.ablation[id] = {0.25};
  }
};

std::vector<std::string> split_lines(const std::string& text, const std::string& end) {
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t next = text.find(end, at);
    lines.push_back(text.substr(at, next - at));
    at = next == std::string::npos ? text.size() : next + end.size();
  }
  return lines;
}

TEST(Summary, ItsTextIsThatOfTheWholeObject) {
  const TemporaryFolder folder;
  const StoredResults stored;
  const std::string text = summary_text(stored.results, stored.measures);
  const Json summary = Json::parse(text);
  EXPECT_EQ(summary.dump(1) + "\n", text);
  EXPECT_EQ(summary["replicas"].size(), 4u);
  EXPECT_EQ(summary["replicas"][0]["loss"], 1.25);
  EXPECT_EQ(summary["replicas"][2]["message"], "the loss is not finite");
  EXPECT_EQ(summary["groups"][0]["replicas"], Json({0, 1}));
  EXPECT_EQ(summary["optima"][0]["classes"][0]["replicas"], Json::array({0}));
  write_summary(folder / "summary.json", stored.results, stored.measures);
  EXPECT_EQ(read_text_file(folder / "summary.json"), text);
}

TEST(Summary, EmptyListsAreThoseOfJson) {
  const StoredResults stored(false);
  const std::string text = summary_text(stored.results, stored.measures);
  EXPECT_NE(text.find("\n \"optima\": [],\n"), std::string::npos) << text;
  EXPECT_EQ(Json::parse(text).dump(1) + "\n", text);
}

TEST(ReplicaTable, HasALineForEveryReplica) {
  const TemporaryFolder folder;
  StoredResults stored;
  stored.results.index.labels = {"a, \"b\""};
  write_replica_table(folder / "replicas.csv", stored.results);
  const auto lines = split_lines(read_text_file(folder / "replicas.csv"), "\r\n");
  ASSERT_EQ(lines.size(), 5u);
  EXPECT_EQ(
      lines[0],
      "id,group,dataset,latent_dim,beta,seed,status,epochs,converged,loss,reconstruction,kl,active_latents,"
      "relevance_1,relevance_2,message");
  EXPECT_EQ(lines[1], "0,0,\"a, \"\"b\"\"\",1,0.1,1,done,2,false,1.25,1,0.25,1,0.5,,");
  EXPECT_EQ(lines[3], "2,1,\"a, \"\"b\"\"\",2,0.1,1,failed,,,,,,,,,the loss is not finite");
  EXPECT_EQ(lines[4], "3,1,\"a, \"\"b\"\"\",2,0.1,2,pending,,,,,,,,,");
}

TEST(ReplicaTable, HasTheSettingsThatVary) {
  const TemporaryFolder folder;
  StoredResults stored;
  stored.results.sweep = parse_config(Json::parse(R"({"dataset": "circle",
    "model": {"hidden": [[4], [8, 4]]}, "train": {"epochs": 2, "optimizer": ["adam", "sgd"]}})"));
  stored.results.index = index_datasets(stored.results.sweep);
  stored.results.varying = {"loss.beta", "model.latent_dim", "model.hidden", "train.optimizer"};
  write_replica_table(folder / "replicas.csv", stored.results);
  const auto lines = split_lines(read_text_file(folder / "replicas.csv"), "\r\n");
  EXPECT_NE(lines[0].find("beta,model.hidden,train.optimizer,seed"), std::string::npos) << lines[0];
  EXPECT_NE(lines[4].find(",0.1,\"[8,4]\",sgd,1,pending"), std::string::npos) << lines[4];
}

TEST(LargeRun, IsOneWithManyGroupsOrReplicas) {
  const auto is_large_with = [](const std::string& config) {
    RunResults results;
    results.sweep = parse_config(Json::parse(config));
    return is_large(results);
  };
  EXPECT_FALSE(is_large_with(R"({"dataset":"circle","seeds":"1..20000"})"));
  EXPECT_TRUE(is_large_with(R"({"dataset":"circle","seeds":"1..20001"})"));
  Json betas = Json::array();
  for (int i = 1; i <= 2000; ++i) betas.push_back(i);
  Json config = {{"dataset", "circle"}, {"loss", {{"beta", betas}}}};
  EXPECT_FALSE(is_large_with(config.dump()));
  config["loss"]["beta"].push_back(0.5);
  EXPECT_TRUE(is_large_with(config.dump()));
}

}  // namespace
}  // namespace symscan::test
