#include "host/analysis/tail_probabilities.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace symscan {
namespace {

constexpr int kMostTerms = 10'000;
constexpr double kPrecision = 1e-14, kTiny = std::numeric_limits<double>::min() / kPrecision;

/// Away from 0, as Lentz's method wants its denominators.
double away_from_zero(double value) {
  return std::fabs(value) < kTiny ? kTiny : value;
}

double gamma_series(double shape, double x) {
  double term = 1 / shape, sum = term;
  for (int n = 1; n < kMostTerms && term > kPrecision * sum; ++n) {
    term *= x / (shape + n);
    sum += term;
  }
  return sum * std::exp(shape * std::log(x) - x - std::lgamma(shape));
}

/// The share above x, by a continued fraction.
double gamma_fraction(double shape, double x) {
  double b = x + 1 - shape, c = 1 / kTiny, d = 1 / away_from_zero(b), product = d;
  for (int n = 1; n < kMostTerms; ++n) {
    const double a = -n * (n - shape);
    b += 2;
    d = 1 / away_from_zero(a * d + b);
    c = away_from_zero(b + a / c);
    product *= c * d;
    if (std::fabs(c * d - 1) < kPrecision) break;
  }
  return product * std::exp(shape * std::log(x) - x - std::lgamma(shape));
}

double beta_fraction(double a, double b, double x) {
  double c = 1, d = 1 / away_from_zero(1 - (a + b) * x / (a + 1)), product = d;
  for (int m = 1; m < kMostTerms; ++m) {
    const double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / away_from_zero(1 + even * d);
    c = away_from_zero(1 + even / c);
    product *= c * d;
    const double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / away_from_zero(1 + odd * d);
    c = away_from_zero(1 + odd / c);
    product *= c * d;
    if (std::fabs(c * d - 1) < kPrecision) break;
  }
  return product;
}

}  // namespace

double gamma_below(double shape, double x) {
  if (!(x > 0)) return 0;
  return x < shape + 1 ? gamma_series(shape, x) : 1 - gamma_fraction(shape, x);
}

double beta_below(double a, double b, double x) {
  if (!(x > 0)) return 0;
  if (x >= 1) return 1;
  const double front =
      std::exp(std::lgamma(a + b) - std::lgamma(a) - std::lgamma(b) + a * std::log(x) + b * std::log1p(-x));
  if (x < (a + 1) / (a + b + 2)) return front * beta_fraction(a, b, x) / a;
  return 1 - front * beta_fraction(b, a, 1 - x) / b;
}

double fisher_above(double value, double numerator, double denominator) {
  if (!(value > 0)) return 1;
  if (std::isinf(value)) return 0;
  return beta_below(denominator / 2, numerator / 2, denominator / (denominator + numerator * value));
}

double hotelling_above(double squared, double functions, double events) {
  if (functions < 1 || events <= functions + 1) return 1;
  return fisher_above(squared * (events - functions) / (functions * (events - 1)), functions,
                      events - functions);
}

}  // namespace symscan
