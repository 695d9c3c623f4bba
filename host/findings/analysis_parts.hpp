#pragma once
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "host/base/json_record.hpp"
#include "host/config/shard.hpp"
#include "host/store/run_results.hpp"

/// What an analysis measures on trained models takes most of its time in runs of thousands of groups. It can
/// be measured in shards, on several machines, before: RUN/analysis_shard_3_of_8.json. The analysis takes
/// what is there and measures the rest; its result does not depend on it.
namespace symscan {

inline constexpr int analysis_part_version = 1;

/// Of a trained replica, at the rows of its dataset.
struct ModelMeasures {
  int replica = -1;
  double local_dimension = 0;
  double normal_directions = 0;
  std::vector<double> eigenvalues;  ///< of its generator spectrum (host/analysis/generators.hpp)
};

struct AnalysisPart {
  std::string symscan;            ///< version that measured
  std::string checksum;           ///< of rows and models
  std::string results;            ///< digest_of() the results
  std::vector<std::size_t> rows;  ///< that were looked at, of each dataset
  std::vector<ModelMeasures> models;
};

template <>
struct JsonRecord<ModelMeasures> {
  static constexpr const char* doc = "a trained replica";
  static constexpr auto members =
      std::make_tuple(json_member("replica", &ModelMeasures::replica),
                      json_member("local_dimension", &ModelMeasures::local_dimension),
                      json_member("normal_directions", &ModelMeasures::normal_directions),
                      json_member("eigenvalues", &ModelMeasures::eigenvalues));
};

template <>
struct JsonRecord<AnalysisPart> {
  static constexpr const char* doc = "what was measured on some of the models of a run";
  static constexpr auto members = std::make_tuple(
      json_member("symscan", &AnalysisPart::symscan), json_member("checksum", &AnalysisPart::checksum),
      json_member("results", &AnalysisPart::results), json_member("rows", &AnalysisPart::rows),
      json_member("models", &AnalysisPart::models));
};

/// What is known of models before an analysis begins.
struct KnownModels {
  std::map<int, ModelMeasures> of_replica;
  std::vector<std::size_t> rows;  ///< at which they were measured, of each dataset; empty: nothing is known

  /// Null where it is to be measured. `rows`: that the analysis looks at.
  const ModelMeasures* find(int replica, std::size_t dataset, std::size_t rows_now) const;
};

std::filesystem::path analysis_part_file(const std::filesystem::path& run, const Shard& shard);
/// Adds version and checksum.
void write_analysis_part(const std::filesystem::path& run, const Shard& shard, AnalysisPart part);

/// What all files of a run say about these results. Files of other results, or that cannot be read, are told
/// to `tell` in a sentence each, and left out.
KnownModels read_analysis_parts(const std::filesystem::path& run, const RunResults& results,
                                const std::function<void(const std::string&)>& tell);

}  // namespace symscan
