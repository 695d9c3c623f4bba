#pragma once
#include <filesystem>

#include "host/store/run_results.hpp"

namespace symscan {

inline constexpr const char* replica_table_name = "replicas.csv";

/// A table of all replicas for other programs (CSV after RFC 4180, UTF-8, one header line): id, group,
/// dataset, latent_dim, beta, the other settings that vary by their paths, seed, status, epochs, converged,
/// loss, reconstruction, kl, active_latents, relevance_1, relevance_2, ... (by the config's measure, most
/// relevant first, as many as the largest latent_dim), message. Numbers read back are the same to the last
/// bit; what there is not is empty.
void write_replica_table(const std::filesystem::path& path, const RunResults& results);

}  // namespace symscan
