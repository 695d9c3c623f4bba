#include "host/analysis/label_model.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <functional>
#include <memory>
#include <numeric>
#include <optional>
#include <random>
#include <utility>
#include <vector>

#include "host/analysis/polynomial_regression.hpp"
#include "host/analysis/regressor.hpp"

namespace symscan {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr double kExact = 1e-6;  ///< root of the unexplained share that rounding leaves
constexpr double kBeaten = 3;    ///< standard errors by which a better model must be better
constexpr int kHighestDegree = 4;
constexpr double kMostTerms = 330;  ///< of a polynomial: what a second can fit
constexpr double kRowsPerTerm = 4;
constexpr double kClearlyLogarithmic = 0.25;  ///< unexplained share over that of the models of y itself

using Fit = std::function<Regressor::Estimate(const MatrixXd&)>;
using Family = std::function<Fit(const MatrixXd& rows, const VectorXd& values, std::uint64_t seed)>;

/// The rows in two halves at random.
struct Halves {
  MatrixXd rows[2];
  VectorXd values[2];
};

Halves halves_of(const MatrixXd& rows, const VectorXd& values, const LabelModelSettings& settings) {
  std::vector<Index> order(static_cast<std::size_t>(rows.rows()));
  std::iota(order.begin(), order.end(), Index{0});
  std::mt19937_64 random(settings.seed);
  for (std::size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[random() % i]);
  order.resize(static_cast<std::size_t>(std::min(rows.rows(), settings.most_rows)));
  const auto middle = order.begin() + static_cast<std::ptrdiff_t>(order.size() / 2);
  const std::vector<Index> parts[2] = {{order.begin(), middle}, {middle, order.end()}};
  Halves halves;
  for (int h = 0; h < 2; ++h) {
    halves.rows[h] = rows(parts[h], Eigen::all);
    halves.values[h] = values(parts[h]);
  }
  return halves;
}

/// Both fits of a family, and what they leave of rows that they did not see.
struct TwoFits {
  std::string name;
  Fit fits[2];
  VectorXd squares;  ///< squared errors over the variance of y, of the first half's rows, then the second's
  double unexplained() const { return squares.mean(); }
  bool exact() const { return std::sqrt(unexplained()) < kExact; }
};

double variance_of(const VectorXd& values) {
  return (values.array() - values.mean()).square().mean();
}

TwoFits fit_both(std::string name, const Halves& halves, const Family& family) {
  TwoFits both{std::move(name), {}, VectorXd(halves.values[0].size() + halves.values[1].size())};
  for (int h = 0; h < 2; ++h)
    both.fits[h] = family(halves.rows[h], halves.values[h], static_cast<std::uint64_t>(h + 1));
  VectorXd all(both.squares.size());
  all << halves.values[0], halves.values[1];
  const VectorXd left_0 = halves.values[0] - both.fits[1](halves.rows[0]).values;
  const VectorXd left_1 = halves.values[1] - both.fits[0](halves.rows[1]).values;
  both.squares << left_0.cwiseAbs2(), left_1.cwiseAbs2();
  both.squares /= std::max(variance_of(all), 1e-300);
  return both;
}

Family polynomial(int degree) {
  return [degree](const MatrixXd& rows, const VectorXd& values, std::uint64_t) -> Fit {
    return [fit = PolynomialRegression(rows, values, degree)](const MatrixXd& at) { return fit.at(at); };
  };
}

Family network(RegressorSettings settings) {
  return [settings](const MatrixXd& rows, const VectorXd& values, std::uint64_t seed) -> Fit {
    RegressorSettings own = settings;
    own.seed = seed;
    const auto fit = std::make_shared<const Regressor>(rows, values, own);
    return [fit](const MatrixXd& at) { return fit->at(at); };
  };
}

/// Is `other` better than `model` beyond what the choice of the rows explains?
bool beats(const TwoFits& other, const TwoFits& model) {
  const VectorXd gain = model.squares - other.squares;
  const double error = std::sqrt(variance_of(gain) / static_cast<double>(gain.size()));
  return gain.mean() > kBeaten * error && gain.mean() > 0.02 * model.unexplained();
}

/// Columns that never change their sign, where all values do not either.
std::vector<Index> one_signed(const MatrixXd& rows, const VectorXd& values) {
  std::vector<Index> columns;
  if (!(values.minCoeff() > 0 || values.maxCoeff() < 0)) return columns;
  for (Index d = 0; d < rows.cols(); ++d) {
    if (rows.col(d).minCoeff() > 0 || rows.col(d).maxCoeff() < 0) columns.push_back(d);
  }
  return columns;
}

/// ln |y| linear in the logarithms of some columns; gradients of ln |y|.
TwoFits powers(const Halves& halves, const std::vector<Index>& columns) {
  Halves logarithms;
  for (int h = 0; h < 2; ++h) {
    logarithms.rows[h] = MatrixXd(halves.rows[h](Eigen::all, columns)).cwiseAbs().array().log();
    logarithms.values[h] = halves.values[h].cwiseAbs().array().log();
  }
  TwoFits both = fit_both("product of powers", logarithms, polynomial(1));
  for (Fit& fit : both.fits) {
    fit = [inner = fit, columns](const MatrixXd& at) {
      const MatrixXd chosen = at(Eigen::all, columns);
      const Regressor::Estimate estimate = inner(chosen.cwiseAbs().array().log());
      Regressor::Estimate result{estimate.values, MatrixXd::Zero(at.rows(), at.cols())};
      result.gradients(Eigen::all, columns) = estimate.gradients.cwiseQuotient(chosen);
      return result;
    };
  }
  return both;
}

std::string how_text(const TwoFits& model) {
  if (model.exact()) return model.name + ", exact";
  char text[64];
  const double explained = 100 * std::max(0.0, 1 - model.unexplained());
  std::snprintf(text, sizeof text, ", explains %.4g %% of the variance", explained);
  return model.name + text;
}

LabelModel model_of(const TwoFits& chosen, const Halves& halves, bool logarithmic, Index most) {
  LabelModel model;
  model.how = how_text(chosen);
  model.unexplained = chosen.unexplained();
  model.exact = chosen.exact();
  model.logarithmic = logarithmic;
  const Index first = std::min(halves.rows[0].rows(), most / 2),
              second = std::min(halves.rows[1].rows(), most / 2);
  model.rows.resize(first + second, halves.rows[0].cols());
  model.rows << halves.rows[0].topRows(first), halves.rows[1].topRows(second);
  const Regressor::Estimate one = chosen.fits[0](model.rows), other = chosen.fits[1](model.rows);
  model.values = 0.5 * (one.values + other.values);
  model.first = one.gradients;
  model.second = other.gradients;
  return model;
}

}  // namespace

LabelModel fit_labels(const MatrixXd& rows, const VectorXd& values, const LabelModelSettings& settings) {
  const Halves halves = halves_of(rows, values, settings);
  const auto finished = [&](const TwoFits& chosen, bool logarithmic) {
    return model_of(chosen, halves, logarithmic, settings.most_gradients);
  };
  std::vector<TwoFits> tried;
  const auto trained = static_cast<double>(halves.rows[0].rows());
  for (int degree = 1; degree <= kHighestDegree; ++degree) {
    const double terms = PolynomialRegression::terms(rows.cols(), degree);
    if (terms > kMostTerms || terms * kRowsPerTerm > trained) break;
    tried.push_back(fit_both("polynomial of degree " + std::to_string(degree), halves, polynomial(degree)));
    if (tried.back().exact()) return finished(tried.back(), false);
  }
  const std::vector<Index> columns = one_signed(rows, values);
  std::optional<TwoFits> logarithmic;
  if (!columns.empty()) logarithmic = powers(halves, columns);
  if (logarithmic && logarithmic->exact()) return finished(*logarithmic, true);
  tried.push_back(fit_both("network", halves, network(settings.network)));
  const auto unbeaten = std::find_if(tried.begin(), tried.end(), [&](const TwoFits& model) {
    return std::none_of(tried.begin(), tried.end(),
                        [&](const TwoFits& other) { return beats(other, model); });
  });
  const TwoFits& best = unbeaten != tried.end() ? *unbeaten : tried.back();
  if (logarithmic && logarithmic->unexplained() < kClearlyLogarithmic * best.unexplained())
    return finished(*logarithmic, true);
  return finished(best, false);
}

}  // namespace symscan
