#pragma once
#include <cstddef>
#include <optional>
#include <vector>

#include "host/store/run_results.hpp"

namespace symscan {

/// Two measures of latents that are taken after training, on the rows kept with the run
/// (DatasetRecord::sample, each counts once: event weights are not kept): what the reconstruction loses
/// without a latent (host/analysis/ablation.hpp), and which features its mean activation follows
/// (host/analysis/phi_k.hpp). They depend on the ledger alone. Latents are by decreasing relevance.
struct SampleMeasures {
  /// phi_k of latents and features; the relevant part of a wide table would drown in the rest.
  static constexpr std::size_t most_latents = 16, most_features = 64;
  using Correlations = std::vector<std::vector<std::optional<double>>>;  ///< [latents][features]

  /// Rows that ablation is taken on, evenly spaced: every latent of every replica is a pass of the decoder.
  static constexpr std::size_t most_ablation_rows = 512;

  std::vector<std::vector<double>> ablation;  ///< [replica][latents], units of the loss; empty: not done
  std::vector<Correlations> phi_k;  ///< [group], of its representative: the first latents with the first
                                    ///< features; none for what is constant; empty: no replica is done

  /// Mean and spread over a group's best replicas, by position. Empty if no replica is done.
  std::vector<MeanAndSpread> ablation_of(const Group& group) const;
};

/// `threads` share the replicas; the result does not depend on their number. Throws Error if the ledger is
/// damaged.
SampleMeasures sample_measures(const RunResults& results, Ledger& ledger, int threads);

/// [rows][latents] mu of rows in raw units, [rows][columns], in the network's order of latents.
std::vector<float> encoded_rows(const RunResults& results, Ledger& ledger, int replica,
                                const std::vector<double>& rows);

}  // namespace symscan
