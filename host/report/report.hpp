#pragma once
#include <string>

#include "host/base/json.hpp"

namespace symscan {

/// The report as one HTML file that needs no other file and no network: page, style, scripts, plotly.js and
/// data.
///
/// `data` (schema 1) is an object:
///   schema: 1, name, symscan_version, created, backend: text
///   measure: the relevance measure by which latents are ranked; threshold: nats (of KL, for active latents)
///   settings: the resolved config
///   studies: one per dataset
///     dataset, description, shape, preprocess: text; rows: count; columns: D names
///     first_group: id of the group shown first, or null
///     constant_columns: names; notes, summary: sentences
///     eigenvalues: of the covariance of the preprocessed data, any order
///     sample: n x D, raw units (n up to 1500 keeps the page fast)
///     groups: replicas that differ only in the seed
///       id, label, latent_dim, beta, tau, hidden, activation; settings: the resolved config of one replica
///       replicas: ids; failed: count
///       relevance: {measure, mean, std}, per latent, by decreasing relevance
///       measures: {kl, activity, posterior_variance, jacobian: {mean, std}}, share, theory_kl: per latent
///         in the same order (KL in nats)
///       active_latents: {mean, std, values}; loss, reconstruction, kl (total, nats): {mean, std}
///       curves: {epoch, loss, validation_loss, reconstruction, kl}: each {mean, min, max} per epoch, or null
///       representative: null, or {replica, seed, order: latent indices by decreasing relevance,
///         activations: n x latents, mu of latent order[j] for every row of `sample`}
///   failures: [{replica, message}]
/// What is absent or null is left out of the page. Throws Error if `data` is no object or of another schema.
std::string render_report(const Json& data);

}  // namespace symscan
