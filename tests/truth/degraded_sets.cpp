// Circles, spheres and others as tables hold them: rounded, noisy, in odd units, with few rows.
#include <cmath>
#include <numbers>

#include "tests/truth/known_sets.hpp"

namespace symscan::truth {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using std::cos;
using std::sin;

Row circle(Draws& d) {
  const double t = d.angle();
  return {cos(t), sin(t)};
}

Row sphere(Draws& d) {
  return to_row(d.direction(3));
}

Row hyperboloid(Draws& d) {
  const double z = d.uniform(-2, 2), t = d.angle(), r = std::sqrt(1 + z * z);
  return {r * cos(t), r * sin(t), z};
}

Row torus(Draws& d) {
  const double t = d.angle(), s = d.angle(), r = 2 + 0.7 * cos(t);
  return {r * cos(s), r * sin(s), 0.7 * sin(t)};
}

KnownTruth turning(int dimension, const std::string& algebra, int generators, int kept, int relations) {
  return {.dimensions = {dimension},
          .generators = generators,
          .algebra = algebra,
          .kept = kept,
          .relations = relations};
}

const KnownTruth of_circle = turning(1, "so(2)", 1, 1, 1), of_sphere = turning(2, "so(3)", 3, 3, 1),
                 of_hyperboloid = turning(2, "so(1,2)", 3, 1, 1), of_torus = turning(2, "so(2)", 1, 1, 0);

/// What noise leaves: no exact relation, and its own dimensions below its scale.
KnownTruth noisy(KnownTruth truth, int span) {
  truth.dimensions.push_back(span);
  truth.relations = 0;
  truth.may_miss = true;
  return truth;
}

KnownTruth few(KnownTruth truth) {
  truth.may_miss = true;
  return truth;
}

Maker changed(Row (*row)(Draws&), std::function<double(double, std::size_t, Draws&)> change) {
  return mapped(each(row), [=](Row values, Draws& d) {
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = change(values[i], i, d);
    return values;
  });
}

Maker with_noise(Row (*row)(Draws&), double share) {
  return changed(row, [=](double value, std::size_t, Draws& d) { return value + share * d.normal(); });
}

Maker with_outliers(Row (*row)(Draws&), double share) {
  return mapped(each(row), [=](Row values, Draws& d) {
    if (d.uniform() < share)
      for (double& value : values) value = d.uniform(-2, 2);
    return values;
  });
}

double scaled(double value, std::size_t column, Draws&) {
  return column == 0 ? 1e6 * value : value;
}
double shifted(double value, std::size_t, Draws&) {
  return value + 1e6;
}
double in_float(double value, std::size_t, Draws&) {
  return static_cast<double>(static_cast<float>(value));
}
double two_decimals(double value, std::size_t, Draws&) {
  return std::round(100 * value) / 100;
}

std::vector<KnownSet> units() {
  return {
      {"circle, units 1e6", words("x y"), changed(circle, scaled), of_circle},
      {"sphere, units 1e6", words("x y z"), changed(sphere, scaled), of_sphere},
      {"hyperboloid, units 1e6", words("x y z"), changed(hyperboloid, scaled), of_hyperboloid},
      {"circle, displaced by 1e6", words("x y"), changed(circle, shifted), of_circle},
      {"sphere, displaced by 1e6", words("x y z"), changed(sphere, shifted), of_sphere},
      {"hyperboloid, displaced by 1e6", words("x y z"), changed(hyperboloid, shifted), of_hyperboloid},
      {"torus, displaced by 1e6", words("x y z"), changed(torus, shifted), of_torus},
      {"circle in float32", words("x y"), changed(circle, in_float), of_circle},
      {"sphere in float32", words("x y z"), changed(sphere, in_float), of_sphere},
      {"hyperboloid in float32", words("x y z"), changed(hyperboloid, in_float), of_hyperboloid},
  };
}

std::vector<KnownSet> noise() {
  return {
      {"circle, two decimals", words("x y"), changed(circle, two_decimals), noisy(of_circle, 2)},
      {"sphere, two decimals", words("x y z"), changed(sphere, two_decimals), noisy(of_sphere, 3)},
      {"circle, noise of 1 %", words("x y"), with_noise(circle, 0.01), noisy(of_circle, 2)},
      {"sphere, noise of 1 %", words("x y z"), with_noise(sphere, 0.01), noisy(of_sphere, 3)},
      {"torus, noise of 1 %", words("x y z"), with_noise(torus, 0.01), noisy(of_torus, 3)},
      {"circle, noise of 5 %", words("x y"), with_noise(circle, 0.05), noisy(of_circle, 2)},
      {"sphere, noise of 5 %", words("x y z"), with_noise(sphere, 0.05), noisy(of_sphere, 3)},
      {"circle, outliers of 5 %", words("x y"), with_outliers(circle, 0.05), noisy(of_circle, 2)},
      {"sphere, outliers of 5 %", words("x y z"), with_outliers(sphere, 0.05), noisy(of_sphere, 3)},
  };
}

std::vector<KnownSet> row_counts() {
  KnownTruth few_torus = few(of_torus);
  return {
      {"circle of 1000 rows", words("x y"), each(circle), of_circle, 1000},
      {"sphere of 1000 rows", words("x y z"), each(sphere), of_sphere, 1000},
      {"torus of 1000 rows", words("x y z"), each(torus), few_torus, 1000},
      {"circle of 300 rows", words("x y"), each(circle), few(of_circle), 300},
      {"sphere of 300 rows", words("x y z"), each(sphere), few(of_sphere), 300},
      {"torus of 300 rows", words("x y z"), each(torus), few_torus, 300},
      {"Gaussian of 300 rows",
       words("x y z"),
       each([](Draws& d) { return to_row(d.normals(3)); }),
       {.dimensions = {3}, .generators = 0, .rotations = "none", .relations = 0},
       300},
      {"sphere of 20000 rows", words("x y z"), each(sphere), of_sphere, 20000},
  };
}

std::vector<KnownSet> columns_and_rows() {
  KnownTruth one_more = of_circle;
  one_more.relations = 2;
  KnownTruth nearly = one_more;
  nearly.candidates = {{"translation(x)", false}, {"rotation(x,y)", true}, {"scaling(x)", false}};
  const auto repeated = [](Draws& d, Index count) {
    const MatrixXd distinct = each(sphere)(d, count / 5);
    return MatrixXd(distinct.replicate(5, 1));
  };
  return {
      {"circle with a constant column", words("x y k"),
       each([](Draws& d) { return joined(circle(d), {3.0}); }), one_more},
      // The sum of the squares is 1 up to rounding.
      {"circle with a column constant up to rounding", words("x y k"),
       mapped(each(circle),
              [](Row row, Draws&) { return joined(row, {2 + row[0] * row[0] + row[1] * row[1]}); }),
       nearly},
      {"circle with a column twice", words("x y again"),
       mapped(each(circle), [](Row row, Draws&) { return joined(row, {row[0]}); }), one_more},
      {"circle with a sum of columns", words("x y sum"),
       mapped(each(circle), [](Row row, Draws&) { return joined(row, {row[0] + row[1]}); }), one_more},
      // Uniform noise beside the circle: dz = 1, x, y, z, and the rotation.
      {"circle beside noise", words("x y z"), each([](Draws& d) { return joined(circle(d), {d.normal()}); }),
       turning(2, "", 5, 1, 1)},
      {"sphere with every row five times", words("x y z"), repeated, of_sphere},
  };
}

}  // namespace

std::vector<KnownSet> degraded_sets() {
  std::vector<KnownSet> all = units();
  for (const auto& part : {noise(), row_counts(), columns_and_rows()})
    all.insert(all.end(), part.begin(), part.end());
  return all;
}

}  // namespace symscan::truth
