#pragma once
#include <filesystem>

#include "host/store/run_results.hpp"
#include "host/store/sample_measures.hpp"

namespace symscan {

/// summary.json, the contract with scripts: {"schema":1, "name", "replicas":[...], "groups":[...]}. Holds no
/// times and nothing else that differs between two runs of the same config.
Json summary_json(const RunResults& results, const SampleMeasures& measures);

/// models.safetensors: for each distinct network the weights of its done replicas, stacked:
/// "model0.encoder.0.weight" [replicas][out][in]. Metadata "model0": JSON with replica ids, latent_dim,
/// hidden, activation; "dataset0": JSON with columns, offset, scale (raw = prepared * scale + offset).
void write_models(const std::filesystem::path& path, const RunResults& results, Ledger& ledger);

/// metrics.jsonl: the lines of every replica (metrics_lines.hpp), in the order of the sweep. It replaces
/// what grew during training (live_log.hpp).
void write_metrics(const std::filesystem::path& path, const RunResults& results);

}  // namespace symscan
