#pragma once
#include <string>

#include "host/store/run_results.hpp"

/// A ledger may come from anywhere. Everything that is read from it is held against the settings in its own
/// config before it is used; what does not fit is an Error (exit code 42) that names the row. Nothing of a
/// size that only the ledger states is allocated, but that a shard's config may have most_replicas replicas.
namespace symscan {

/// The sweep of the recorded config, which must have as many replicas as the ledger has rows for them; that
/// of a shard has more.
SweepConfig recorded_sweep(Ledger& ledger);

/// The rows of replicas are 0 to n - 1, of a shard some of them, with the settings of the sweep's replicas.
void check_replica_rows(Ledger& ledger, const SweepConfig& sweep, const DatasetIndex& index);

/// The record of a dataset of the sweep. Throws Error (75) if the run was interrupted before there was one.
DatasetRecord recorded_dataset(Ledger& ledger, const DatasetIndex& index, std::size_t dataset);

/// The record of a replica, without its weights.
ReplicaRecord recorded_replica(Ledger& ledger, const ReplicaConfig& config, const DatasetRecord& data);

/// The results of all replicas, one after the other.
void check_replica_results(Ledger& ledger, const SweepConfig& sweep, const DatasetIndex& index);

/// The weights of a replica that is done, in the order of canonical_parameters().
std::vector<float> recorded_parameters(Ledger& ledger, const ReplicaConfig& config, std::size_t features);

}  // namespace symscan
