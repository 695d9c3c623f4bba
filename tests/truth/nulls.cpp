// Tables without structure: no relation, no symmetry of the set, few of the distribution.
#include <cmath>
#include <numbers>

#include "tests/truth/known_sets.hpp"

namespace symscan::truth {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;

KnownTruth nothing(int dimension, std::optional<int> kept = {}) {
  return {.dimensions = {dimension}, .generators = 0, .rotations = "none", .kept = kept, .relations = 0};
}

/// Columns that take few values may count as directions or not.
KnownTruth discrete(int columns) {
  KnownTruth truth = nothing(columns);
  truth.dimensions.push_back(0);
  return truth;
}

/// Independent columns, all alike.
Maker alike(int columns, std::function<double(Draws&)> value) {
  return each([=](Draws& d) {
    Row row;
    for (int i = 0; i < columns; ++i) row.push_back(value(d));
    return row;
  });
}

double cauchy(Draws& d) {
  return std::tan(std::numbers::pi * (d.uniform() - 0.5));
}

std::vector<KnownSet> independent_columns() {
  const auto logistic = [](Draws& d) {
    const double u = d.uniform();
    return std::log(u / (1 - u));
  };
  return {
      {"cube", words("x y z"), alike(3, [](Draws& d) { return d.uniform(); }), nothing(3, 0)},
      {"Gaussian", words("x y z"), alike(3, [](Draws& d) { return d.normal(); }), nothing(3, 3)},
      {"exponential", numbered(4), alike(4, [](Draws& d) { return d.exponential(); }), nothing(4, 0)},
      {"lognormal", numbered(3), alike(3, [](Draws& d) { return std::exp(d.normal()); }), nothing(3, 0)},
      {"Student t of three", numbered(3),
       alike(3, [](Draws& d) { return d.normal() / (d.normals(3).norm() / std::sqrt(3.0)); }), nothing(3, 0)},
      {"Cauchy", numbered(2), alike(2, cauchy), nothing(2, 0)},
      {"Laplace", numbered(2), alike(2, [](Draws& d) { return d.sign() * d.exponential(); }), nothing(2, 0)},
      {"logistic", numbered(2), alike(2, logistic), nothing(2, 0)},
      {"Gaussian of 12 columns", numbered(12), alike(12, [](Draws& d) { return d.normal(); }), nothing(12)},
      {"cube of 10 columns", numbered(10), alike(10, [](Draws& d) { return d.uniform(); }), nothing(10)},
      {"beta near the ends", numbered(3),
       alike(3, [](Draws& d) { return std::pow(std::sin(0.5 * std::numbers::pi * d.uniform()), 2); }),
       nothing(3, 0)},
  };
}

std::vector<KnownSet> few_values() {
  KnownTruth one_hot = discrete(5);
  one_hot.relations = {};
  KnownTruth bits = discrete(4);
  bits.relations = {};
  KnownTruth mixed = nothing(5);
  mixed.relations = {};
  mixed.dimensions = {5, 4, 3};
  return {
      {"Poisson counts", numbered(3), alike(3, [](Draws& d) { return d.poisson(4); }), discrete(3)},
      {"dice", numbered(3), alike(3, [](Draws& d) { return 1 + d.below(6); }), discrete(3)},
      {"rare bits", numbered(4), alike(4, [](Draws& d) { return d.uniform() < 0.05 ? 1 : 0; }), bits},
      {"one of six", numbered(6), each([](Draws& d) {
         Row row(6, 0.0);
         row[static_cast<std::size_t>(d.below(6))] = 1;
         return row;
       }),
       one_hot},
      {"mixed types", words("a b c d e"), each([](Draws& d) -> Row {
         return {d.normal(), 1.0 * d.below(2), 1.0 * d.below(5), d.exponential(), 1e6 * d.uniform()};
       }),
       mixed},
      {"ages in years", words("age height"), each([](Draws& d) -> Row {
         return {std::floor(d.uniform(18, 90)), 170 + 9 * d.normal()};
       }),
       discrete(2)},
  };
}

std::vector<KnownSet> dependent_columns() {
  return {
      {"random walk",
       numbered(3),
       [](Draws& d, Index count) {
         MatrixXd rows(count, 3);
         Eigen::VectorXd at = Eigen::VectorXd::Zero(3);
         for (Index i = 0; i < count; ++i) rows.row(i) = (at += d.normals(3)).transpose();
         return rows;
       },
       // A path of random steps has two dimensions.
       {.dimensions = {3, 2}, .generators = 0, .relations = 0}},
      {"regression with noise", words("a b c d y"), each([](Draws& d) -> Row {
         const double a = d.normal(), b = d.normal(), c = d.normal(), e = d.normal();
         return {a, b, c, e, a - 2 * b + 0.5 * c + 0.3 * e + 0.5 * d.normal()};
       }),
       // All of it is normal.
       nothing(5, 10)},
      {"banana", words("x y"), each([](Draws& d) -> Row {
         const double x = 1.2 * d.normal();
         return {x, x * x + 0.5 * d.normal()};
       }),
       nothing(2, 0)},
      {"ten clusters", numbered(4), each([centres = fixed_matrix(10, 4, 3)](Draws& d) {
         return to_row(3 * centres.row(d.below(10)).transpose() + 0.5 * d.normals(4));
       }),
       nothing(4, 0)},
      {"checkerboard", words("x y"), each([](Draws& d) -> Row {
         const int i = d.below(4), j = d.below(2);
         return {i + d.uniform(), 2 * j + i % 2 + d.uniform()};
       }),
       nothing(2, 0)},
      {"weather", words("temperature pressure humidity"), each([](Draws& d) -> Row {
         const double t = 293 + 8 * d.normal();
         return {t, 1013 + 10 * d.normal(), 100 * d.uniform()};
       }),
       // Temperature and pressure are normal: in units of their widths they turn into each other.
       nothing(3, 1)},
      {"wave with noise over time", words("time signal drift"),
       [](Draws& d, Index count) {
         MatrixXd rows(count, 3);
         for (Index i = 0; i < count; ++i) {
           const auto t = static_cast<double>(i);
           rows.row(i) << t, std::sin(t / 50) + 0.3 * d.normal(), 0.001 * t + 0.5 * d.normal();
         }
         return rows;
       },
       nothing(3)},
      {"noise that grows", words("x y"), each([](Draws& d) -> Row {
         const double x = d.uniform(0, 3);
         return {x, x * d.normal()};
       }),
       nothing(2, 0)},
  };
}

}  // namespace

std::vector<KnownSet> nulls() {
  std::vector<KnownSet> all = independent_columns();
  for (const auto& part : {few_values(), dependent_columns()})
    all.insert(all.end(), part.begin(), part.end());
  return all;
}

}  // namespace symscan::truth
