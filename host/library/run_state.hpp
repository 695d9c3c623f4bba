#pragma once
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "host/library/symscan.hpp"
#include "host/store/dataset_rows.hpp"
#include "host/store/run_directory.hpp"
#include "host/store/run_results.hpp"
#include "host/store/sample_measures.hpp"

namespace symscan {

struct Run::State {
  std::filesystem::path path;                      ///< of the run directory; empty: there is none
  std::unique_ptr<RunDirectory> directory;         ///< where the run was trained into, if anywhere
  std::optional<Ledger> ledger_without_directory;  ///< else in memory, or of a directory that is only read
  RunResults results;
  std::vector<DatasetRows> rows;  ///< of each dataset; empty: the run was not trained by this process
  std::string backend;
  bool complete = true;
  bool is_shard = false;  ///< results say nothing about the whole
  int threads = 1;

  std::optional<SampleMeasures> measures;  ///< once they are asked for

  /// Throws UsageError if the results say nothing about the whole.
  void refuse_shard() const;
  /// Of the results.
  const SampleMeasures& sample_measures();
  Ledger& ledger() { return directory ? directory->ledger() : *ledger_without_directory; }
};

RunDirectory::Mode directory_mode(TrainingOptions::Existing existing);

}  // namespace symscan
