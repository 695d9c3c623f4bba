#pragma once
#include <filesystem>

#include "host/store/run_results.hpp"

namespace symscan {

/// models.safetensors: for each distinct network the weights of its done replicas, stacked:
/// "model0.encoder.0.weight" [replicas][out][in]. Metadata "model0": JSON with replica ids, latent_dim,
/// hidden, activation; "dataset0": JSON with columns, offset, scale (raw = prepared * scale + offset).
void write_models(const std::filesystem::path& path, const RunResults& results, Ledger& ledger);

/// metrics.jsonl: the lines of every replica (metrics_lines.hpp), in the order of the sweep. It replaces
/// what grew during training (live_log.hpp).
void write_metrics(const std::filesystem::path& path, const RunResults& results, Ledger& ledger);

}  // namespace symscan
