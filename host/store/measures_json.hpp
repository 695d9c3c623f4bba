#pragma once
#include "host/base/json.hpp"
#include "host/train/convergence.hpp"
#include "host/train/latent_measures.hpp"

namespace symscan {

/// {"kl": [latents], "activity": [latents], ...}: the measures that were taken.
Json measures_json(const LatentMeasures& measures);

/// The inverse. Throws Json::exception where a measure is missing or not a list of numbers; those of the
/// decoder are only wanted if `of_decoder`.
LatentMeasures measures_from(const Json& object, bool of_decoder);

/// {"converged", "ending", "relevance_change", "loss_change"}; what is not known is NaN, which is written as
/// null.
Json convergence_json(const Convergence& convergence);

}  // namespace symscan
