#pragma once
#include <string>

#include "kernels/block/layout.hpp"

namespace symscan::bench {

template <class Value>
struct Named {
  Value value;
  const char* name;
};

/// Every tier and precision that cuda_bench measures, and with it gpu/run_gpu_checks.sh: a new one is added
/// here.
inline constexpr Named<Tier> tiers[] = {{Tier::fused, "fused"},
                                        {Tier::streamed, "streamed"},
                                        {Tier::cached, "cached"},
                                        {Tier::layered, "layered"}};
inline constexpr Named<Precision> precisions[] = {
    {Precision::fp32, "fp32"}, {Precision::tf32, "tf32"}, {Precision::bf16, "bf16"}};

template <class Value, std::size_t count>
const char* name_of(const Named<Value> (&table)[count], Value value) {
  for (const Named<Value>& entry : table) {
    if (entry.value == value) return entry.name;
  }
  return "unnamed";
}

/// The entry with this name, or nullptr.
template <class Value, std::size_t count>
const Named<Value>* find_named(const Named<Value> (&table)[count], const std::string& name) {
  for (const Named<Value>& entry : table) {
    if (name == entry.name) return &entry;
  }
  return nullptr;
}

}  // namespace symscan::bench
