#include "host/analysis/field_dictionary.hpp"

#include <gtest/gtest.h>

#include "host/base/error.hpp"
#include "tests/host/analysis/seeded_points.hpp"

namespace symscan {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

const std::vector<std::string> xy = {"x", "y"};

VectorField field_of(const std::string& text) {
  return field_dictionary({parse_field(text, xy)}, xy).fields.front();
}

TEST(FieldDictionary, polynomials_are_counted) {
  for (const Index columns : {2, 3, 4}) {
    const MatrixXd rows = test::cube_points(100, columns, 1);
    const std::vector<std::string> all = {"a", "b", "c", "d"};
    const std::vector<std::string> names(all.begin(), all.begin() + columns);
    EXPECT_EQ(static_cast<Index>(field_dictionary("affine", rows, names).fields.size()),
              columns * (columns + 1));
    const FieldDictionary quadratic = field_dictionary("quadratic", rows, names);
    EXPECT_EQ(static_cast<Index>(quadratic.fields.size()), columns * (columns + 1) * (columns + 2) / 2);
    EXPECT_EQ(quadratic.fields.front().degree(), 0);
    EXPECT_EQ(quadratic.fields.back().degree(), 2);
    const FieldDictionary pairs = field_dictionary("pairs", rows, names);
    EXPECT_EQ(static_cast<Index>(pairs.blocks.size()), columns * (columns - 1) / 2);
    // 1, a, b, a^2, a b, b^2, exp and log of both, in two components.
    for (const std::vector<int>& block : pairs.blocks) EXPECT_EQ(block.size(), 20u);
  }
}

TEST(FieldDictionary, velocities_are_those_of_the_formula) {
  const MatrixXd rows = test::cube_points(5, 2, 2);
  const VectorField turn = field_of("x*d/dy - y*d/dx");
  EXPECT_TRUE(turn.velocities(rows).col(0).isApprox(-rows.col(1)));
  EXPECT_TRUE(turn.velocities(rows).col(1).isApprox(rows.col(0)));
  const FieldDictionary dictionary = field_dictionary("pairs", rows, xy);
  const VectorXd weights = VectorXd::LinSpaced(static_cast<Index>(dictionary.fields.size()), -1, 1);
  const FieldFunctions functions = field_functions(dictionary.fields, rows);
  EXPECT_TRUE(
      functions.velocities(weights, 2).isApprox(combined(dictionary.fields, weights).velocities(rows)));
}

TEST(FieldDictionary, equations_are_plain) {
  const MatrixXd rows = test::cube_points(5, 2, 2);
  const FieldDictionary affine = field_dictionary("affine", rows, xy);
  VectorXd turn = VectorXd::Zero(6);
  for (Index k = 0; k < 6; ++k) {
    const VectorField::Part& part = affine.fields[static_cast<std::size_t>(k)].parts.front();
    if (part.term.text == "y" && part.column == 0) turn(k) = -1;
    if (part.term.text == "x" && part.column == 1) turn(k) = 1;
    if (part.term.text == "1" && part.column == 1) turn(k) = -0.5;
  }
  EXPECT_EQ(combined(affine.fields, turn).equation(xy), "dx = -y, dy = -0.5 + x");
  EXPECT_EQ(field_of("(x^2+1)*d/dx - exp(y)*d/dy").equation(xy), "dx = (x^2 + 1), dy = -exp(y)");
  EXPECT_EQ(VectorField().equation(xy), "nothing moves");
}

TEST(FieldDictionary, errors_are_sentences) {
  const MatrixXd rows = MatrixXd::Constant(2, 2, -1);
  EXPECT_THROW(field_dictionary("cubic", rows, xy), DataError);
  try {
    field_of("log(x)*d/dx").velocities(rows);
    FAIL();
  } catch (const DataError& error) {
    EXPECT_EQ(std::string(error.what()), "the function log(x) of a vector field is not finite at row 1");
  }
}

}  // namespace
}  // namespace symscan
