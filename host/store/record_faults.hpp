#pragma once
#include <string>

#include "host/store/ledger.hpp"

/// What a ledger's records must be like to be used: as long as the settings say, finite, in range. Each
/// function says what is wrong, in words that follow "damaged: ", or "" if nothing is.
namespace symscan {

/// `config`: of a replica that uses the dataset.
std::string fault_of(const DatasetRecord& record, const ReplicaConfig& config);

/// Of a replica that is done or failed; `record` holds no parameters. `data`: has no fault.
std::string fault_of(const ReplicaRecord& record, const ReplicaConfig& config, const DatasetRecord& data);

/// Of the weights of a replica that is done.
std::string fault_of_parameters(const std::vector<float>& parameters, const ReplicaConfig& config,
                                std::size_t features);

/// Whether every setting of `recorded` has the same value in `now`; settings that a later version added are
/// in `now` alone.
bool same_settings(const Json& recorded, const Json& now);

}  // namespace symscan
