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
///     analysis: what `symscan analyze` found; null: the section "Symmetry" is left out
///       sentences: the findings in words
///       truth: {intrinsic_dimension, embedding_dimension, symmetry, density_symmetry (algebras such as
///         "so(2)", "none", "" if not stated), constraints: equations}, of a built-in dataset
///       neighbour_dimension: {two_nn, levina_bickel: {value, error}, points, duplicates}
///       constraints: [{equation, degree, residual (relative), width (half of the central 68 %, in `unit`),
///         unit, exact}]; constraint_notes: sentences
///       groups: [{group: id of the study's group, label, beta, tau, seeds, active_latents: {mean, std},
///         local_dimension: {mean, std, values}, linear_rank, normal_directions, generator_eigenvalues:
///         {mean, std} by increasing mean (0 to 1), generators: how many of them are accepted, gap: ratio of
///         the first rejected to the last accepted eigenvalue}]
///       beta_curves: [{label, beta, tau: increasing; local_dimension, active_latents, kl (total, nats),
///         rate_slope: {mean, std} per beta; plateau: {value, from, to} (of the local dimension, in beta) or
///         null; theory: {kl: total of the linear VAE per beta, nats; collapse_beta: per latent}}]
///       symmetry: {group, label, found, algebra, confidence (0 to 1), closure_residual, seeds,
///         subspace_angle_degrees: largest between seeds; eigenvalues, spread: of all generators, increasing;
///         threshold_index: how many are accepted; coordinates: C names of columns that generators act on;
///         generators: [{name, kind: rotation|translation|scaling|other, matrix: C x C and shift: C, with
///         dx = matrix x + shift in raw units, equation, eigenvalue, density: {verdict: invariant|broken|
///         undecided, p_value, bound_change, bound_error (nats per event)} or null}]; notes: sentences}
///       candidates: [{name, continuous, manifold_residual (0 to 1), p_value, bound_change, bound_error,
///         verdict}]; bound_change: nats per event by which the bound on the negative log-likelihood grows
///       alignment: {label, latents: L names, directions: K names, angles_degrees: L x K}
///       breaking_curve: {label, parameter: dotted name of a dataset setting, values: V; local_dimension,
///         generator_eigenvalue (the smallest): {mean, std} per value; relevance: {mean: V x latents, nats};
///         algebra: V names}
///   breaking_curves: as breaking_curve, one for each scan of a dataset's setting
///   failures: [{replica, message}]
/// What is absent or null is left out of the page. Throws Error if `data` is no object or of another schema.
std::string render_report(const Json& data);

}  // namespace symscan
