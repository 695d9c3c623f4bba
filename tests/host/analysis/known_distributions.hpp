#pragma once
// Seeded samples of distributions whose affine symmetries are known. Only raw bits of the generator are used:
// the distributions of the standard library differ between its makers.
#include <cmath>
#include <functional>
#include <numbers>
#include <random>
#include <string>
#include <vector>

#include "host/base/eigen.hpp"

namespace symscan {

class KnownDistributions {
 public:
  using Index = Eigen::Index;
  using MatrixXd = Eigen::MatrixXd;
  explicit KnownDistributions(std::uint64_t seed) : random_(seed) {}

  double uniform() { return (static_cast<double>(random_() >> 11) + 0.5) * 0x1.0p-53; }
  double between(double low, double high) { return low + (high - low) * uniform(); }
  double exponential() { return -std::log(uniform()); }
  /// Box and Muller.
  double normal() { return std::sqrt(2 * exponential()) * std::cos(2 * std::numbers::pi * uniform()); }
  double laplace() { return uniform() < 0.5 ? exponential() : -exponential(); }
  double angle() { return 2 * std::numbers::pi * uniform(); }

  MatrixXd independent(Index rows, Index columns, const std::function<double()>& value) {
    MatrixXd result(rows, columns);
    for (double& entry : result.reshaped()) entry = value();
    return result;
  }
  MatrixXd gaussian(Index rows, const std::vector<double>& sigmas) {
    MatrixXd result = independent(rows, static_cast<Index>(sigmas.size()), [this] { return normal(); });
    for (Index f = 0; f < result.cols(); ++f) result.col(f) *= sigmas[static_cast<std::size_t>(f)];
    return result;
  }
  MatrixXd cube(Index rows, Index columns) {
    return independent(rows, columns, [this] { return between(-1, 1); });
  }
  /// Angles with a density that is at most `most` times the uniform one.
  MatrixXd circle(Index rows, const std::function<double(double)>& density = {}, double most = 1) {
    MatrixXd result(rows, 2);
    for (Index i = 0; i < rows; ++i) {
      double turn = angle();
      while (density && most * uniform() > density(turn)) turn = angle();
      result.row(i) << std::cos(turn), std::sin(turn);
    }
    return result;
  }
  MatrixXd sphere(Index rows, Index columns = 3) {
    return gaussian(rows, std::vector<double>(static_cast<std::size_t>(columns), 1.0)).rowwise().normalized();
  }
  /// 1 + cos^2 of the angle to the third axis.
  MatrixXd muon_directions(Index rows) {
    MatrixXd result(rows, 3);
    for (Index i = 0; i < rows; ++i) {
      double cosine = between(-1, 1);
      while (2 * uniform() > 1 + cosine * cosine) cosine = between(-1, 1);
      const double turn = angle(), sine = std::sqrt(1 - cosine * cosine);
      result.row(i) << sine * std::cos(turn), sine * std::sin(turn), cosine;
    }
    return result;
  }
  MatrixXd half_sphere(Index rows) {
    MatrixXd result = sphere(rows);
    result.col(2) = result.col(2).cwiseAbs();
    return result;
  }
  /// Energy 5, momentum 5 n of one muon, then of the other.
  MatrixXd muon_pairs(Index rows) {
    const MatrixXd directions = muon_directions(rows);
    MatrixXd result = MatrixXd::Constant(rows, 8, 5.0);
    result.middleCols(1, 3) = 5 * directions;
    result.rightCols(3) = -5 * directions;
    return result;
  }
  MatrixXd cylinder(Index rows) {
    MatrixXd result(rows, 3);
    result << circle(rows), cube(rows, 1);
    return result;
  }
  /// A circle whose radius^2 is the sum of four exponential variables.
  MatrixXd ring(Index rows) {
    MatrixXd result = circle(rows);
    for (Index i = 0; i < rows; ++i)
      result.row(i) *= std::sqrt(exponential() + exponential() + exponential() + exponential());
    return result;
  }
  MatrixXd shell(Index rows) {
    MatrixXd result = sphere(rows);
    for (Index i = 0; i < rows; ++i) result.row(i) *= 1 + 0.1 * normal();
    return result;
  }
  MatrixXd disk(Index rows) {
    MatrixXd result = circle(rows);
    for (Index i = 0; i < rows; ++i) result.row(i) *= std::sqrt(uniform());
    return result;
  }
  MatrixXd arc(Index rows) {
    return circle(rows, [](double turn) { return turn < 4 ? 1.0 : 0.0; });
  }
  /// Student's t with `freedom` degrees of freedom, isotropic; 1: Cauchy.
  MatrixXd student(Index rows, Index columns, int freedom) {
    MatrixXd result = gaussian(rows, std::vector<double>(static_cast<std::size_t>(columns), 1.0));
    for (Index i = 0; i < rows; ++i) {
      double square = 0;
      for (int k = 0; k < freedom; ++k) {
        const double value = normal();
        square += value * value / freedom;
      }
      result.row(i) /= std::sqrt(square);
    }
    return result;
  }
  /// Equally many in `blobs` places on the unit circle times 1.5.
  MatrixXd blobs(Index rows, int blobs) {
    MatrixXd result = gaussian(rows, {0.4, 0.4});
    for (Index i = 0; i < rows; ++i) {
      const double turn = 2 * std::numbers::pi * std::floor(blobs * uniform()) / blobs;
      result(i, 0) += 1.5 * std::cos(turn);
      result(i, 1) += 1.5 * std::sin(turn);
    }
    return result;
  }
  /// Each row the one before times `correlation`, plus noise: unit normal columns.
  MatrixXd autoregressive(Index rows, Index columns, double correlation) {
    MatrixXd result = gaussian(rows, std::vector<double>(static_cast<std::size_t>(columns), 1.0));
    const double noise = std::sqrt(1 - correlation * correlation);
    for (Index i = 1; i < rows; ++i) result.row(i) = correlation * result.row(i - 1) + noise * result.row(i);
    return result;
  }

 private:
  std::mt19937_64 random_;
};

/// Rotation in the plane of the columns `a` and `b`.
inline Eigen::MatrixXd plane_rotation(Eigen::Index columns, Eigen::Index a = 0, Eigen::Index b = 1) {
  Eigen::MatrixXd matrix = Eigen::MatrixXd::Zero(columns, columns);
  matrix(a, b) = -1;
  matrix(b, a) = 1;
  return matrix;
}

/// A distribution and how many independent affine fields keep it.
struct KnownSymmetry {
  std::string name;
  std::function<Eigen::MatrixXd(KnownDistributions&, Eigen::Index)> sample;
  Eigen::Index fields;
};

inline std::vector<KnownSymmetry> known_symmetries() {
  using Draw = KnownDistributions;
  using Index = Eigen::Index;
  return {
      {"sphere", [](Draw& d, Index n) { return d.sphere(n); }, 3},
      {"sphere, 1 + cos^2", [](Draw& d, Index n) { return d.muon_directions(n); }, 1},
      {"cylinder", [](Draw& d, Index n) { return d.cylinder(n); }, 1},
      {"circle", [](Draw& d, Index n) { return d.circle(n); }, 1},
      {"ring", [](Draw& d, Index n) { return d.ring(n); }, 1},
      {"Gaussian 3-D, 1 2 5",
       [](Draw& d, Index n) {
         return d.gaussian(n, {1, 2, 5});
       },
       3},
      {"cube", [](Draw& d, Index n) { return d.cube(n, 3); }, 0},
      {"Gaussian 5-D",
       [](Draw& d, Index n) {
         return d.gaussian(n, {1, 1, 1, 1, 1});
       },
       10},
      {"e+e-, 8 columns", [](Draw& d, Index n) { return d.muon_pairs(n); }, 1},
      {"Laplace 3-D", [](Draw& d, Index n) { return d.independent(n, 3, [&d] { return d.laplace(); }); }, 0},
      {"Student t3 3-D", [](Draw& d, Index n) { return d.student(n, 3, 3); }, 3},
      {"lognormal 3-D",
       [](Draw& d, Index n) { return d.independent(n, 3, [&d] { return std::exp(d.normal()); }); }, 0},
      {"exponential 3-D",
       [](Draw& d, Index n) { return d.independent(n, 3, [&d] { return d.exponential(); }); }, 0},
      {"two blobs", [](Draw& d, Index n) { return d.blobs(n, 2); }, 0},
      {"Cauchy 2-D", [](Draw& d, Index n) { return d.student(n, 2, 1); }, 1},
      {"disk", [](Draw& d, Index n) { return d.disk(n); }, 1},
      {"square", [](Draw& d, Index n) { return d.cube(n, 2); }, 0},
      {"four blobs", [](Draw& d, Index n) { return d.blobs(n, 4); }, 0},
      {"half sphere", [](Draw& d, Index n) { return d.half_sphere(n); }, 1},
      {"arc", [](Draw& d, Index n) { return d.arc(n); }, 0},
  };
}

}  // namespace symscan
