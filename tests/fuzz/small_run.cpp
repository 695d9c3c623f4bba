#include "tests/fuzz/small_run.hpp"

#include "host/data/dataset.hpp"
#include "host/store/ledger.hpp"
#include "host/store/run_results.hpp"

namespace symscan::test {

SmallRun::SmallRun()
    : sweep(parse_config({{"dataset", {{"kind", "circle"}, {"n", 40}}}},
                         {"model.latent_dim=2", "model.hidden=[4]", "train.epochs=3", "seeds=[1]"})),
      table(load_dataset(sweep.replicas[0].dataset)),
      data(prepare(table, sweep.replicas[0].preprocess)),
      plan(sweep.replicas[0], data) {}

void SmallRun::write_ledger(const std::string& path) const {
  const ReplicaConfig& config = sweep.replicas[0];
  Ledger ledger = Ledger::create(path, sweep, "cpu (baseline)");
  ledger.begin();
  ledger.add_dataset(0, make_record(config, index_datasets(sweep).labels[0], table, data));
  const auto latents = static_cast<std::size_t>(plan.network().latents);
  std::vector<double> sums(RelevanceSums::size(latents), 20.0);
  const std::vector<double> relevance_history(plan.relevance_history_size());
  const ReplicaSnapshot snapshot = initial_snapshot(plan);
  ledger.finish(config,
                plan.result({60.0, 20.0}, RelevanceSums::in(sums.data(), latents), snapshot.parameters.data(),
                            {{1.5, 1.4, 0.1, 1.6}, {1.4, 1.3, 0.1, 1.5}, {1.3, 1.2, 0.1, 1.4}},
                            relevance_history.data()));
  ledger.save_checkpoint(0, to_blob(snapshot));
  ledger.commit();
}

}  // namespace symscan::test
