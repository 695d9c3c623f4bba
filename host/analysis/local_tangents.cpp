#include "host/analysis/local_tangents.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "host/base/linear_algebra.hpp"

namespace symscan {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

int degree_for(Index dimension) {
  return dimension <= 2 ? 3 : 2;
}

/// Monomials of degree 1 to `degree` of each row, the linear ones first.
MatrixXd monomials(const MatrixXd& rows, int degree) {
  const Index d = rows.cols();
  std::vector<VectorXd> columns;
  for (Index a = 0; a < d; ++a) columns.emplace_back(rows.col(a));
  for (Index a = 0; a < d; ++a) {
    for (Index b = a; b < d; ++b) {
      columns.emplace_back(rows.col(a).cwiseProduct(rows.col(b)));
      for (Index c = b; c < d && degree > 2; ++c)
        columns.emplace_back(rows.col(a).cwiseProduct(rows.col(b)).cwiseProduct(rows.col(c)));
    }
  }
  MatrixXd values(rows.rows(), static_cast<Index>(columns.size()));
  for (std::size_t k = 0; k < columns.size(); ++k) values.col(static_cast<Index>(k)) = columns[k];
  return values;
}

Index terms_for(Index d) {
  const Index quadratic = d * (d + 1) / 2, cubic = d * (d + 1) * (d + 2) / 6;
  return d + quadratic + (degree_for(d) > 2 ? cubic : 0);
}

VectorXd squared_distances_from(const MatrixXd& points, const VectorXd& at) {
  VectorXd squares = VectorXd::Zero(points.rows());
  for (Index f = 0; f < points.cols(); ++f) squares.array() += (points.col(f).array() - at(f)).square();
  return squares;
}

/// Which neighbours a polynomial is fitted to.
struct Neighbourhood {
  Index fewest;       ///< nearest distinct points
  double radius = 0;  ///< and all points within it
  Index most = 1000;  ///< of these, the nearest
};

/// Offsets [k x r] of the neighbours of one point, those that coincide with it left out.
MatrixXd neighbour_offsets(const MatrixXd& points, Index at, const Neighbourhood& wanted) {
  const VectorXd squares = squared_distances_from(points, points.row(at));
  std::vector<Index> order;
  Index within = 0;
  for (Index i = 0; i < squares.size(); ++i) {
    if (squares(i) > 0) order.push_back(i);
    if (squares(i) > 0 && squares(i) < wanted.radius * wanted.radius) ++within;
  }
  const Index wish = std::clamp(within, wanted.fewest, std::max(wanted.fewest, wanted.most));
  const auto count = std::min<std::size_t>(static_cast<std::size_t>(wish), order.size());
  const auto middle = order.begin() + static_cast<std::ptrdiff_t>(count);
  std::nth_element(order.begin(), middle - (count > 0 ? 1 : 0), order.end(), [&](Index a, Index b) {
    return squares(a) != squares(b) ? squares(a) < squares(b) : a < b;
  });
  order.erase(middle, order.end());
  std::sort(order.begin(), order.end());
  return points(order, Eigen::all).rowwise() - points.row(at);
}

/// [r x (r - d)]; no columns where the neighbours do not span the plane. `through`: the set passes through
/// the point itself; else its height there is fitted too. `error`: of their angles, from the scatter around
/// the fit.
MatrixXd normals_of(const MatrixXd& offsets, Index d, bool through, double& error) {
  const Index r = offsets.cols();
  const Eigen::RowVectorXd middle =
      through ? Eigen::RowVectorXd::Zero(r) : Eigen::RowVectorXd(offsets.colwise().mean());
  const MatrixXd centred = offsets.rowwise() - middle;
  const double size = std::sqrt(centred.squaredNorm() / static_cast<double>(offsets.rows()));
  const EigenPairs axes = symmetric_eigen(centred.transpose() * centred / (size * size));
  const MatrixXd plane = axes.vectors.rightCols(d), across = axes.vectors.leftCols(r - d);
  constexpr double flat = 1e-3;
  if (!(axes.values(r - d) > flat * flat * axes.values(r - 1))) return MatrixXd(r, 0);
  MatrixXd library = monomials(offsets * plane / size, degree_for(d));
  if (!through) {
    library.conservativeResize(Eigen::NoChange, library.cols() + 1);
    library.col(library.cols() - 1).setOnes();
  }
  const MatrixXd heights = offsets * across / size;
  std::vector<VectorXd> right;
  for (Index c = 0; c < heights.cols(); ++c) right.emplace_back(heights.col(c));
  const std::vector<VectorXd> fits = least_squares(library, right);
  double scatter = 0;
  for (Index c = 0; c < heights.cols(); ++c)
    scatter += (library * fits[static_cast<std::size_t>(c)] - heights.col(c)).squaredNorm();
  const auto spare = static_cast<double>(std::max<Index>(1, library.rows() - library.cols()));
  // A slope over the plane has the error scatter / sqrt(rows) per spread of the plane's coordinates, which is
  // size / sqrt(dimension).
  error = std::sqrt(scatter / spare * static_cast<double>(d) / static_cast<double>(library.rows()));
  MatrixXd normals(r, r - d);
  for (Index c = 0; c < normals.cols(); ++c)
    normals.col(c) = across.col(c) - plane * fits[static_cast<std::size_t>(c)].head(d);
  return orthonormal(normals);
}

}  // namespace

Normals normals_from_neighbours(const MatrixXd& points, Index dimension, Index most_points, double noise) {
  Normals result;
  const Index k = 2 * terms_for(dimension) + 4;
  if (dimension < 1 || dimension >= points.cols() || points.rows() < 4 * k) return result;
  const Index count = std::min(most_points, points.rows());
  std::vector<Index> kept;
  for (Index i = 0; i < count; ++i) {
    const Index at = i * points.rows() / count;
    const MatrixXd offsets = neighbour_offsets(points, at, {k, 3 * noise});
    if (offsets.rows() < k) continue;
    double error = 0;
    MatrixXd normals = normals_of(offsets, dimension, noise == 0, error);
    if (normals.cols() == 0) continue;
    kept.push_back(at);
    result.normals.push_back(std::move(normals));
    result.error += error * error;
  }
  if (!kept.empty()) result.error = std::sqrt(result.error / static_cast<double>(kept.size()));
  result.points = points(kept, Eigen::all);
  return result;
}

NeighbourAlgebra algebra_from_neighbours(const MatrixXd& points, Index dimension, double noise) {
  constexpr double most_residual = 0.03, wide_gap = 10;
  // From a quarter of the points to all of them the error of a normal shrinks by 4 to the power of degree /
  // dimension; noise by 2 at any rate.
  const double power = static_cast<double>(degree_for(dimension)) / static_cast<double>(dimension);
  const double shrinks = noise > 0 ? 1.5 : std::min(20.0, 0.75 * std::pow(4.0, power));
  const double resolved = noise > 0 ? 0.01 : 1e-6;
  NeighbourAlgebra algebra;
  if (dimension > most_tangent_dimension) return algebra;
  const Index r = points.cols();
  const Index wanted = std::max<Index>(400, 4 * r * (r + 1) / std::max<Index>(1, r - dimension));
  std::vector<Index> quarter(static_cast<std::size_t>(points.rows() / 4));
  for (std::size_t i = 0; i < quarter.size(); ++i) quarter[i] = static_cast<Index>(4 * i);
  algebra.normals = normals_from_neighbours(points, dimension, wanted, noise);
  const Normals coarse = normals_from_neighbours(points(quarter, Eigen::all), dimension, wanted, noise);
  if (algebra.normals.points.rows() < std::min(wanted, points.rows()) / 2 ||
      coarse.points.rows() < wanted / 4)
    return algebra;
  TangentSpectrum spectrum = tangent_spectrum(algebra.normals);
  algebra.coarse = tangent_spectrum(coarse).residuals;
  Index count = 0;
  double widest = wide_gap;
  for (Index k = 0; k + 1 < spectrum.residuals.size(); ++k) {
    const double here = std::max(spectrum.residuals(k), resolved);
    if (here > most_residual) break;
    const double gap = spectrum.residuals(k + 1) / here;
    const bool vanishes = here <= resolved || algebra.coarse(k) > shrinks * here;
    if (!vanishes || gap < widest) continue;
    count = k + 1;
    widest = gap;
  }
  algebra.fields.assign(spectrum.fields.begin(), spectrum.fields.begin() + count);
  constexpr double still_falling = 1.3, above_scatter = 5;
  algebra.clear = count > 0 || (algebra.coarse(0) < still_falling * spectrum.residuals(0) &&
                                spectrum.residuals(0) > above_scatter * algebra.normals.error);
  algebra.residuals = std::move(spectrum.residuals);
  return algebra;
}

double share_off_the_points(const MatrixXd& points, const MatrixXd& from, const MatrixXd& moved) {
  if (from.rows() == 0) return 0;
  std::vector<double> own;
  for (Index i = 0; i < from.rows(); ++i) {
    const VectorXd squares = squared_distances_from(points, from.row(i));
    double nearest = std::numeric_limits<double>::infinity();
    for (const double square : squares)
      if (square > 0) nearest = std::min(nearest, square);
    own.push_back(nearest);
  }
  std::sort(own.begin(), own.end());
  const double far = 4 * own[own.size() * 99 / 100];  // of squares
  Index away = 0;
  for (Index i = 0; i < moved.rows(); ++i)
    if (squared_distances_from(points, moved.row(i)).minCoeff() > far) ++away;
  return static_cast<double>(away) / static_cast<double>(moved.rows());
}

}  // namespace symscan
