#include "host/analysis/field_tangents.hpp"

#include <algorithm>
#include <cmath>

#include "host/analysis/local_tangents.hpp"
#include "host/analysis/nonlinear_fields.hpp"
#include "host/analysis/readable_basis.hpp"
#include "host/base/linear_algebra.hpp"

namespace symscan {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr double kVanishing = 1e-6;       ///< squared speed on the set, relative: the field vanishes
constexpr double kMostResidual = 0.03;    ///< of a tangent field with estimated normals
constexpr double kGap = 8;                ///< from the last tangent field to the first other
constexpr double kShrinks = 1.5;          ///< from a quarter of the points to all
constexpr double kSparedThreshold = 0.1;  ///< of singular values of velocities that count as a direction
constexpr Index kMostNormals = 1200;

/// Motions and the parts along the normals of all fields, as mean products [fields x fields].
struct TangentProducts {
  MatrixXd motion, leaving;
};

TangentProducts tangent_products(const FieldFunctions& fields, const VectorXd& scale,
                                 const std::vector<MatrixXd>& normals) {
  const Index count = fields.coefficients.cols(), dimension = scale.size();
  TangentProducts products{MatrixXd::Zero(count, count), MatrixXd::Zero(count, count)};
  for (Index i = 0; i < fields.values.rows(); ++i) {
    MatrixXd of_functions = MatrixXd::Zero(dimension, fields.values.cols());
    for (Index f = 0; f < fields.values.cols(); ++f) {
      const int column = fields.columns[static_cast<std::size_t>(f)];
      of_functions(column, f) = fields.values(i, f) / scale(column);
    }
    const MatrixXd velocities = of_functions * fields.coefficients;
    const MatrixXd off = normals[static_cast<std::size_t>(i)].transpose() * velocities;
    products.motion.noalias() += velocities.transpose() * velocities;
    products.leaving.noalias() += off.transpose() * off;
  }
  const double rows = static_cast<double>(std::max<Index>(1, fields.values.rows()));
  products.motion /= rows;
  products.leaving /= rows;
  return products;
}

/// Combinations of unit speed, by ascending residual; those that vanish on the set are left out.
struct Spectrum {
  VectorXd residuals;
  MatrixXd combinations;  ///< [fields x q]
};

Spectrum spectrum_of(const TangentProducts& products) {
  Spectrum spectrum;
  const VectorXd sizes = products.motion.diagonal().cwiseMax(1e-300).cwiseSqrt().cwiseInverse();
  const EigenPairs speeds = symmetric_eigen(sizes.asDiagonal() * products.motion * sizes.asDiagonal());
  const Index count = (speeds.values.array() > kVanishing * speeds.values.maxCoeff()).count();
  const MatrixXd basis = sizes.asDiagonal() * speeds.vectors.rightCols(count) *
                         speeds.values.tail(count).cwiseSqrt().cwiseInverse().asDiagonal();
  const EigenPairs pairs = symmetric_eigen(basis.transpose() * products.leaving * basis);
  spectrum.residuals = pairs.values.cwiseMax(0.0).cwiseSqrt();
  spectrum.combinations = basis * pairs.vectors;
  return spectrum;
}

/// How many of the first residuals are those of tangent fields.
Index accepted_of(const VectorXd& fine, const VectorXd& coarse, double rounding, bool& clear) {
  Index count = 0;
  double widest = kGap;
  const bool exact = coarse.size() == 0;
  for (Index k = 0; k < fine.size(); ++k) {
    const double here = std::max(fine(k), rounding);
    if (here > (exact ? rounding : kMostResidual)) break;
    const double next = k + 1 < fine.size() ? fine(k + 1) : 1;
    const bool vanishes = here <= rounding || (k < coarse.size() && coarse(k) > kShrinks * here);
    if (!vanishes || next < widest * here) continue;
    count = k + 1;
    widest = next / here;
  }
  clear = count > 0 || fine.size() == 0 || fine(0) > kMostResidual;
  return count;
}

/// Without fields that move nothing, or so fast that products of speeds overflow.
FieldDictionary moving_fields(const FieldDictionary& given, const ThinSet& set) {
  constexpr double slowest = 1e-100, fastest = 1e100;
  FieldDictionary moving{given.name, {}, {}};
  for (const VectorField& field : given.fields) {
    const MatrixXd velocities = field.velocities(set.rows) * set.scale.cwiseInverse().asDiagonal();
    const double speed = velocities.size() > 0 ? velocities.cwiseAbs().maxCoeff() : 0;
    if (speed > slowest && speed < fastest) moving.fields.push_back(field);
  }
  return moving;
}

std::vector<MatrixXd> velocities_of(const FieldFunctions& functions, const MatrixXd& combinations,
                                    const VectorXd& scale) {
  std::vector<MatrixXd> velocities;
  for (Index k = 0; k < combinations.cols(); ++k)
    velocities.push_back(functions.velocities(combinations.col(k), scale.size()) *
                         scale.cwiseInverse().asDiagonal());
  return velocities;
}

}  // namespace

ThinSet thin_set_from_neighbours(const MatrixXd& rows, Index dimension, double noise) {
  ThinSet set;
  set.scale = VectorXd::Ones(rows.cols());
  if (rows.rows() == 0 || dimension < 1 || dimension >= rows.cols()) return set;
  const VectorXd centre = rows.colwise().mean();
  for (Index c = 0; c < rows.cols(); ++c) {
    const double spread = std::sqrt((rows.col(c).array() - centre(c)).square().mean());
    if (spread > 0) set.scale(c) = spread;
  }
  const MatrixXd points = (rows.rowwise() - centre.transpose()) * set.scale.cwiseInverse().asDiagonal();
  std::vector<Index> quarter;
  for (Index i = 0; i < rows.rows(); i += 4) quarter.push_back(i);
  const auto raw = [&](const Normals& normals) -> MatrixXd {
    return (normals.points * set.scale.asDiagonal()).rowwise() + centre.transpose();
  };
  Normals fine = normals_from_neighbours(points, dimension, kMostNormals, noise);
  Normals coarse = normals_from_neighbours(points(quarter, Eigen::all), dimension, kMostNormals, noise);
  set.rows = raw(fine);
  set.coarse_rows = raw(coarse);
  set.normals = std::move(fine.normals);
  set.coarse_normals = std::move(coarse.normals);
  if (set.coarse_normals.empty()) set.normals.clear();
  if (set.normals.empty()) set.rows.resize(0, rows.cols());
  return set;
}

TangentFieldsFound fields_tangent_to_set(const ThinSet& set, const FieldDictionary& given) {
  TangentFieldsFound found;
  found.clear = false;
  const FieldDictionary dictionary = moving_fields(given, set);
  if (set.normals.empty()) return found;
  if (dictionary.fields.empty()) {
    found.clear = true;
    return found;
  }
  const FieldFunctions functions = field_functions(dictionary.fields, set.rows);
  const TangentProducts products = tangent_products(functions, set.scale, set.normals);
  const bool estimated = !set.coarse_normals.empty();
  TangentProducts coarse;
  if (estimated)
    coarse =
        tangent_products(field_functions(dictionary.fields, set.coarse_rows), set.scale, set.coarse_normals);
  const auto count = static_cast<Index>(dictionary.fields.size());
  if (static_cast<Index>(set.normals.size()) < 2 * count) return found;
  MatrixXd all;
  for (int degree = 0; degree <= 3; ++degree) {
    std::vector<Index> members;
    for (Index k = 0; k < count; ++k)
      if (dictionary.fields[static_cast<std::size_t>(k)].degree() <= degree) members.push_back(k);
    if (members.empty()) continue;
    const auto part = [&](const TangentProducts& whole) {
      return TangentProducts{whole.motion(members, members), whole.leaving(members, members)};
    };
    const TangentProducts own = part(products);
    const Spectrum spectrum = spectrum_of(own);
    bool clear = true;
    const Index accepted =
        accepted_of(spectrum.residuals, estimated ? spectrum_of(part(coarse)).residuals : VectorXd(),
                    set.rounding, clear);
    found.residuals = spectrum.residuals;
    found.independent = static_cast<int>(spectrum.residuals.size());
    found.accepted = static_cast<int>(accepted);
    found.clear = clear;
    if (accepted == 0) continue;
    MatrixXd combinations = MatrixXd::Zero(count, accepted);
    combinations(members, Eigen::all) = spectrum.combinations.leftCols(accepted);
    const int rank = generic_rank(velocities_of(functions, combinations, set.scale), kSparedThreshold);
    if (rank <= found.generic_rank) continue;
    found.generic_rank = rank;
    found.degree = degree;
    FieldProblem problem;
    problem.motion = own.motion;
    const EigenPairs pairs = symmetric_eigen(own.leaving);
    problem.system = pairs.values.cwiseMax(0.0).cwiseSqrt().asDiagonal() * pairs.vectors.transpose();
    const double least = std::max(spectrum.residuals(accepted - 1), set.rounding);
    problem.noise = least * least;
    const MatrixXd space = spectrum.combinations.leftCols(accepted);
    found.fields.clear();
    for (const ReadableField& field : readable_basis(problem, space)) {
      VectorXd coefficients = VectorXd::Zero(count);
      coefficients(members) = field.coefficients;
      found.fields.push_back(combined(dictionary.fields, coefficients));
    }
  }
  if (found.generic_rank > 0) found.clear = true;
  return found;
}

}  // namespace symscan
