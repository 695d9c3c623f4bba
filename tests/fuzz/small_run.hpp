#pragma once
#include <string>

#include "host/base/error.hpp"
#include "host/config/config.hpp"
#include "host/train/replica_snapshot.hpp"

namespace symscan::test {

/// A replica of 40 points of a circle, two latents and four hidden neurons, not trained.
struct SmallRun {
  SweepConfig sweep;
  Table table;
  PreparedData data;
  ReplicaPlan plan;
  SmallRun();
  /// Writes its ledger, with a result that nobody trained, to a new file.
  void write_ledger(const std::string& path) const;
};

}  // namespace symscan::test
