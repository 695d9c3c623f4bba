// models.safetensors of a ledger: every weight at its place, and no weights of another length.
#include "host/store/run_files.hpp"

#include <algorithm>
#include <cstring>

#include "host/train/replica_network.hpp"
#include "tests/host/store/ledger_fixture.hpp"

namespace symscan::test {
namespace {

std::size_t weights_of(const ReplicaConfig& config) {
  std::size_t count = 0;
  for (const TensorShape& shape : tensor_shapes(network_of(config, 2))) {
    std::size_t values = 1;
    for (const std::size_t side : shape.shape) values *= side;
    count += values;
  }
  return count;
}

/// All four replicas are done, with `more` weights too many.
Ledger trained_ledger(std::size_t more = 0) {
  Ledger ledger = Ledger::create(":memory:", stored_sweep(), "cpu");
  ledger.add_dataset(0, stored_dataset());
  for (const ReplicaConfig& config : stored_sweep().replicas)
    ledger.finish(config, stored_result(config, weights_of(config) + more));
  return ledger;
}

RunResults results_of(Ledger& ledger) {
  RunResults results;
  results.sweep = stored_sweep();
  results.index = index_datasets(results.sweep);
  results.datasets = {*ledger.dataset(0)};
  for (const ReplicaConfig& config : results.sweep.replicas)
    results.replicas.push_back(ledger.replica(config.id, false));
  return results;
}

TEST(RunFiles, EveryWeightAtItsPlace) {
  const TemporaryFolder folder;
  Ledger ledger = trained_ledger();
  write_models(folder / "models.safetensors", results_of(ledger), ledger);
  const std::string bytes = read_text_file(folder / "models.safetensors");
  std::uint64_t length = 0;
  std::memcpy(&length, bytes.data(), 8);
  const Json header = Json::parse(bytes.substr(8, length));
  const Json members = Json::parse(header["__metadata__"]["model1"].get<std::string>())["replicas"];
  ASSERT_EQ(members, Json({2, 3}));
  for (std::size_t member = 0; member < 2; ++member) {
    const ReplicaConfig& config = stored_sweep().replicas[2 + member];
    const std::vector<float> parameters = stored_result(config, weights_of(config)).parameters;
    auto next = parameters.begin();
    for (const TensorShape& shape : tensor_shapes(network_of(config, 2))) {
      const Json& tensor = header["model1." + shape.name];
      ASSERT_EQ(tensor["shape"][0], 2);
      const std::size_t begin = tensor["data_offsets"][0], end = tensor["data_offsets"][1];
      std::vector<float> values((end - begin) / 2 / sizeof(float));
      std::memcpy(values.data(), bytes.data() + 8 + length + begin + member * (end - begin) / 2,
                  (end - begin) / 2);
      EXPECT_TRUE(std::equal(values.begin(), values.end(), next)) << shape.name;
      next += static_cast<std::ptrdiff_t>(values.size());
    }
    EXPECT_EQ(next, parameters.end());
  }
}

TEST(RunFiles, WeightsOfAnotherLengthAreRefused) {
  const TemporaryFolder folder;
  Ledger ledger = trained_ledger(3);
  const auto refusal =
      refusal_of([&] { write_models(folder / "models.safetensors", results_of(ledger), ledger); });
  expect_refusal(refusal, ExitCode::bad_input, "the parameters of replica 0: there are 43 of them");
  EXPECT_TRUE(names_in(folder.path()).empty());
}

}  // namespace
}  // namespace symscan::test
