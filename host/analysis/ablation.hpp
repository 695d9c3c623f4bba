#pragma once
#include <vector>

#include "host/analysis/forward_pass.hpp"

namespace symscan {

/// What the reconstruction loses without a latent: by how much the reconstruction part of the loss grows when
/// the latent is set to its mean over the rows (as Sanz et al., arXiv:2308.00015, check their latents),
///   E r |x - dec(mu(x) with mu_j replaced by E mu_j)|^2 - E r |x - dec(mu(x))|^2,
/// with z = mu(x). A measure of its own: the relevance is the KL. Small negative values are possible.
/// `rows`: [rows][features], prepared units; `mean`: [rows][latents], the network's encode(rows);
/// `scale`: r, the weight of the squared error in the loss. Returns [latents], in the network's order and in
/// the units of the loss; NaN if there are no rows.
std::vector<double> ablation(ForwardPass& network, const std::vector<float>& rows,
                             const std::vector<float>& mean, double scale);

}  // namespace symscan
