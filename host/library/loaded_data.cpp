#include "host/library/loaded_data.hpp"

#include "host/analysis/acceptance.hpp"
#include "host/data/angle_values.hpp"

namespace symscan {

void add_dataset(const ReplicaConfig& config, const std::string& label, const Table& table,
                 LoadedData& loaded) {
  check_acceptance(config.dataset->value("acceptance", ""), table);
  if (const auto angles = config.dataset->find("angles"); angles != config.dataset->end())
    check_angles(angles->get<std::vector<std::string>>(), table.columns);
  loaded.prepared.push_back(prepare(table, config.preprocess));
  loaded.records.push_back(make_record(config, label, table, loaded.prepared.back()));
  loaded.rows.push_back(evenly_spaced_rows(table));
}

LoadedData load_data(const DatasetIndex& index, const LoadingHooks& hooks) {
  LoadedData loaded;
  for (std::size_t d = 0; d < index.first_replica.size(); ++d) {
    const ReplicaConfig& config = *index.first_replica[d];
    add_dataset(config, index.labels[d], hooks.load(config), loaded);
    hooks.loaded(loaded.records.back());
  }
  return loaded;
}

}  // namespace symscan
