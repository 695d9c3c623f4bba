#pragma once

namespace symscan {

/// Regularised incomplete gamma function P(shape, x): the share of a gamma distribution below x.
double gamma_below(double shape, double x);
/// Regularised incomplete beta function I_x(a, b).
double beta_below(double a, double b, double x);
/// Probability that a variable of Fisher's F distribution exceeds `value`.
double fisher_above(double value, double numerator, double denominator);
/// Hotelling's T^2 of `functions` means over `events` independent events, as a p-value. 1 if there are not
/// more events than functions.
double hotelling_above(double squared, double functions, double events);

}  // namespace symscan
