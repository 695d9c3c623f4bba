#pragma once
#include <string>
#include <type_traits>
#include <vector>

#include "host/base/json.hpp"
#include "host/store/dataset_record.hpp"
#include "host/train/replica_result.hpp"

namespace symscan {

/// The bytes of plain numbers, in the machine's order.
template <class Values>
std::string_view bytes_of(const Values& values) {
  return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(values[0])};
}

/// What a ledger keeps of a dataset as JSON.
Json details_json(const DatasetRecord& record);
void details_from(const Json& details, DatasetRecord& record);

/// Columns `history` and `relevances` of a replica.
Json history_json(const std::vector<EpochMetrics>& history);
std::vector<EpochMetrics> history_from(const Json& rows);
Json relevances_json(const ReplicaResult& result);
void relevances_from(const Json& relevances, ReplicaResult& result);

}  // namespace symscan
