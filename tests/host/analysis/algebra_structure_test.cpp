// Lie algebras that are known, in random bases and random affine coordinates, with and without errors.
#include "host/analysis/algebra_structure.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "host/analysis/real_form.hpp"
#include "tests/host/analysis/known_algebras.hpp"

namespace symscan {
namespace {

using namespace known_algebras;

/// Fields and moments of data in the coordinates map v + shift.
struct Setting {
  Fields fields;
  MatrixXd second;
};

Setting transformed(const Fields& fields, const MatrixXd& map, const VectorXd& shift) {
  const Index n = map.rows();
  const MatrixXd inverse = map.inverse();
  Setting setting;
  for (const AffineField& field : fields) {
    const MatrixXd linear = map * field.leftCols(n) * inverse;
    setting.fields.push_back(affine(linear, map * field.col(n) - linear * shift));
  }
  setting.second = MatrixXd::Identity(n + 1, n + 1);
  setting.second.topLeftCorner(n, n) = map * map.transpose() + shift * shift.transpose();
  setting.second.topRightCorner(n, 1) = shift;
  setting.second.bottomLeftCorner(1, n) = shift.transpose();
  return setting;
}

/// Noise of `share` of each field's size.
Fields disturbed(Fields fields, double share, std::uint64_t seed) {
  for (AffineField& field : fields) {
    const MatrixXd change = noise(field.rows(), field.cols(), seed++);
    field += share * field.norm() / change.norm() * change;
  }
  return fields;
}

/// A map with condition number `condition`.
MatrixXd random_map(Index n, double condition, std::uint64_t seed) {
  VectorXd sizes(n);
  for (Index i = 0; i < n; ++i)
    sizes(i) = std::pow(condition, n == 1 ? 0 : static_cast<double>(i) / static_cast<double>(n - 1));
  return random_rotation(n, seed) * sizes.asDiagonal() * random_rotation(n, seed + 1);
}

MatrixXd unit_moments(const Fields& fields) {
  return MatrixXd::Identity(fields.front().cols(), fields.front().cols());
}

struct Known {
  const char* name;
  const char* compact;
  int semisimple, radical;
  Fields fields;
};

void expect(const Known& known, const AlgebraStructure& found, const std::string& where) {
  EXPECT_EQ(found.name, known.name) << where;
  EXPECT_EQ(found.compact, known.compact) << where;
  EXPECT_EQ(found.semisimple, known.semisimple) << known.name << where;
  EXPECT_EQ(found.radical, known.radical) << known.name << where;
  EXPECT_TRUE(found.closed) << known.name << where;
}

/// In the basis given, in other bases, in other coordinates, and with errors.
void expect_everywhere(const Known& known) {
  const Fields& fields = known.fields;
  const Index n = fields.front().rows();
  expect(known, describe_algebra(fields, unit_moments(fields)), "");
  const std::uint64_t seeds = fields.size() > 15 ? 3 : 20;
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    const std::string where = ", seed " + std::to_string(seed);
    const Fields other = mixed(fields, seed);
    const double condition = std::pow(10.0, static_cast<double>(seed % 4));
    const VectorXd shift = 3 * noise(n, 1, 100 + seed);
    const Setting setting = transformed(other, random_map(n, condition, 7 * seed), shift);
    expect(known, describe_algebra(setting.fields, setting.second), where);
    // Data that are not round where the algebra looks simplest.
    const Setting uneven = transformed(other, random_map(n, 3, 9 * seed), 0.3 * shift);
    expect(known, describe_algebra(uneven.fields, unit_moments(fields)), where + ", uneven");
    expect(known, describe_algebra(disturbed(other, 1e-3, 11 * seed), unit_moments(fields), 1e-2),
           where + ", disturbed");
  }
}

TEST(AlgebraStructure, NamesRotations) {
  MatrixXd uneven = MatrixXd::Zero(5, 5);  // one circle twice as fast as the other
  uneven.topLeftCorner(2, 2) = so(2)[0].leftCols(2);
  uneven.bottomRightCorner(2, 2) = 2 * so(2)[0].leftCols(2);
  const Known algebras[] = {
      {"so(2)", "so(2)", 0, 1, so(2)},
      {"so(2)", "so(2)", 0, 1, {affine(uneven)}},
      {"so(3)", "so(3)", 3, 0, so(3)},
      {"so(4)", "so(4)", 6, 0, so(4)},
      {"so(4)", "so(4)", 6, 0, repeated(so(4), 2)},
      {"so(5)", "so(5)", 10, 0, so(5)},
      {"so(6)", "so(6)", 15, 0, so(6)},
      {"so(7)", "so(7)", 21, 0, so(7)},
      {"so(8)", "so(8)", 28, 0, so(8)},
      {"so(9)", "so(9)", 36, 0, so(9)},
      {"so(2) + so(2)", "so(2)+so(2)", 0, 2, torus(2)},
      {"so(2) + so(2) + so(2) + so(2)", "so(2)+so(2)+so(2)+so(2)", 0, 4, torus(4)},
      {"so(3) + so(2)", "so(3)+so(2)", 3, 1, rotations_of_pairs()},
      {"so(3) + so(2)", "so(3)+so(2)", 3, 1, side_by_side(so(3), so(2))},
      {"so(3) + so(3)", "so(3)+so(3)", 6, 0, side_by_side(so(3), so(3))},
      {"so(4) + so(3)", "so(4)+so(3)", 9, 0, side_by_side(so(4), so(3))},
      {"so(3)", "so(3)", 3, 0, repeated(so(3), 3)},
      {"so(3)", "so(3)", 3, 0, rotations_of_tensors(false)},
      {"so(3)", "so(3)", 3, 0, rotations_of_tensors(true)},
      {"so(3)", "so(3)", 3, 0, special_unitary(0, 2)},
      {"su(3)", "su(3)", 8, 0, special_unitary(0, 3)},
      {"su(3)", "su(3)", 8, 0, special_unitary_adjoint(3)},
      {"so(6)", "so(6)", 15, 0, special_unitary(0, 4)},
      {"g2", "g2", 14, 0, octonion_derivations()},
  };
  for (const Known& known : algebras) expect_everywhere(known);
}

TEST(AlgebraStructure, NamesSeparateIdealsBesideEachOther) {
  const Known algebras[] = {
      {"so(3) + so(3) + so(3)", "so(3)+so(3)+so(3)", 9, 0, side_by_side(so(3), side_by_side(so(3), so(3)))},
      {"so(4) + so(4)", "so(4)+so(4)", 12, 0, side_by_side(so(4), so(4))},
      {"so(3) + so(1,2)", "so(3)+so(2)", 6, 0, side_by_side(so(3), so(1, 2))},
      {"so(1,3) + so(1,3)", "so(3)+so(3)", 12, 0, side_by_side(so(1, 3), so(1, 3))},
      {"su(3) + so(1,3)", "su(3)+so(3)", 14, 0, side_by_side(special_unitary(0, 3), so(1, 3))},
  };
  for (const Known& known : algebras) expect_everywhere(known);
}

TEST(AlgebraStructure, NamesNoncompactForms) {
  const Known algebras[] = {
      {"so(1,2)", "so(2)", 3, 0, so(1, 2)},
      {"so(1,2)", "so(2)", 3, 0, special_linear(2)},
      {"so(1,3)", "so(3)", 6, 0, so(1, 3)},
      {"so(1,3)", "so(3)", 6, 0, repeated(so(1, 3), 3)},
      {"so(2,2)", "so(2)+so(2)", 6, 0, so(2, 2)},
      {"so(1,4)", "so(4)", 10, 0, so(1, 4)},
      {"so(2,3)", "so(3)+so(2)", 10, 0, so(2, 3)},
      {"so(2,3)", "so(3)+so(2)", 10, 0, symplectic(2)},
      {"so(1,5)", "so(5)", 15, 0, so(1, 5)},
      {"so(2,4)", "so(4)+so(2)", 15, 0, so(2, 4)},
      {"so(3,3)", "so(3)+so(3)", 15, 0, so(3, 3)},
      {"so(3,3)", "so(3)+so(3)", 15, 0, special_linear(4)},
      {"so(3,4)", "so(4)+so(3)", 21, 0, so(3, 4)},
      {"sp(6,R)", "su(3)+so(2)", 21, 0, symplectic(3)},
      {"sl(3,R)", "so(3)", 8, 0, special_linear(3)},
      {"su(2,1)", "so(3)+so(2)", 8, 0, special_unitary(1, 2)},
      {"su(3,1)", "su(3)+so(2)", 15, 0, special_unitary(1, 3)},
      {"so(2,4)", "so(4)+so(2)", 15, 0, special_unitary(2, 2)},
      {"sl(5,R)", "so(5)", 24, 0, special_linear(5)},
  };
  for (const Known& known : algebras) expect_everywhere(known);
}

TEST(AlgebraStructure, NamesScalingsBesideThem) {
  const Known algebras[] = {
      {"scaling", "none", 0, 1, {scaling(3)}},
      {"so(2) + scaling", "so(2)", 0, 2, both(so(2), {scaling(2)})},
      {"so(3) + scaling", "so(3)", 3, 1, both(so(3), {scaling(3)})},
      {"so(1,2) + scaling", "so(2)", 3, 1, both(so(1, 2), {scaling(3)})},
      {"so(1,3) + scaling", "so(3)", 6, 1, both(so(1, 3), {scaling(4)})},
      {"so(1,3) + scaling", "so(3)", 6, 1, both(repeated(so(1, 3), 3), {scaling(12)})},
      {"so(3) + scaling", "so(3)", 3, 1, both(repeated(so(3), 8), {scaling(24)})},
      {"so(2,2) + scaling", "so(2)+so(2)", 6, 1, both(so(2, 2), {scaling(4)})},
      {"so(1,3) + so(1,3) + scaling", "so(3)+so(3)", 12, 1,
       both(side_by_side(so(1, 3), so(1, 3)), {scaling(8)})},
      {"so(1,3) + so(1,3) + 2 scalings", "so(3)+so(3)", 12, 2,
       side_by_side(both(so(1, 3), {scaling(4)}), both(so(1, 3), {scaling(4)}))},
  };
  for (const Known& known : algebras) expect_everywhere(known);
}

TEST(AlgebraStructure, NamesAffineAlgebras) {
  MatrixXd ellipse = MatrixXd::Identity(3, 3);
  ellipse(0, 0) = 3;
  const Fields heisenberg = {affine(unit(3, 0, 1)), affine(unit(3, 1, 2)), affine(unit(3, 0, 2))};
  const Fields affine_plane = both(both(special_linear(2), {scaling(2)}), translations(2));
  const Fields in_space = side_by_side(affine_plane, so(2));
  const Fields exponential = {affine(unit(2, 1, 1), Eigen::Vector2d(1, 0))};
  const Known algebras[] = {
      {"translation", "none", 0, 1, {translation(2, 1)}},
      {"3 translations", "none", 0, 3, translations(3)},
      {"shear", "none", 0, 1, {affine(unit(2, 0, 1))}},
      {"so(2) + translation", "so(2)", 0, 2, {cylinder()[0], cylinder()[1]}},
      {"so(2) + scaling with translation + 2 shears (semidirect)", "so(2)", 0, 5, cylinder()},
      {"so(2) + scaling with translation + 2 shears (semidirect)", "so(2)", 0, 5,
       transformed(cylinder(), ellipse, VectorXd::Zero(3)).fields},
      {"scaling with shear (semidirect)", "none", 0, 2, parabola()},
      {"rotation with scaling", "none", 0, 1, {spiral()}},
      {"screw", "none", 0, 1, {screw()}},
      {"so(2) + screw", "so(2)", 0, 2, side_by_side({screw()}, so(2))},
      {"scaling with translation", "none", 0, 1, exponential},
      {"scaling with translation (semidirect)", "none", 0, 2, {scaling(1), translation(1, 0)}},
      {"so(2) with 2 translations (semidirect)", "so(2)", 0, 3, both(so(2), translations(2))},
      {"so(3) with 3 translations (semidirect)", "so(3)", 3, 3, both(so(3), translations(3))},
      {"so(1,3) with 4 translations (semidirect)", "so(3)", 6, 4, both(so(1, 3), translations(4))},
      {"so(1,2) + scaling with 2 translations (semidirect)", "so(2)", 3, 3, affine_plane},
      {"so(1,2) + so(2) + scaling with 2 translations (semidirect)", "so(2)+so(2)", 3, 4, in_space},
      {"Heisenberg", "none", 0, 3, heisenberg},
      {"Heisenberg", "none", 0, 3, both(translations(2), {affine(unit(2, 0, 1))})},
      {"so(3) + Heisenberg", "so(3)", 3, 3, side_by_side(so(3), heisenberg)},
      {"so(3) + 2 translations", "so(3)", 3, 2, side_by_side(so(3), translations(2))},
  };
  for (const Known& known : algebras) expect_everywhere(known);
}

TEST(AlgebraStructure, NamesLargeRotations) {
  const Fields fields = so(11);
  const Known known{"so(11)", "so(11)", 55, 0, fields};
  expect(known, describe_algebra(mixed(fields, 1), unit_moments(fields)), "");
  const Setting setting = transformed(mixed(fields, 2), random_map(11, 1e3, 3), noise(11, 1, 4));
  expect(known, describe_algebra(setting.fields, setting.second), ", coordinates");
  expect(known, describe_algebra(disturbed(fields, 1e-3, 5), unit_moments(fields), 1e-2), ", disturbed");
}

TEST(AlgebraStructure, NamesAllAffineFieldsOfManyDimensions) {
  const Fields fields = both(both(special_linear(20), {scaling(20)}), translations(20));
  const Known known{"sl(20,R) + scaling with 20 translations (semidirect)", "so(20)", 399, 21, fields};
  expect(known, describe_algebra(fields, unit_moments(fields)), "");
}

TEST(AlgebraStructure, DoesNotNameWhatDoesNotClose) {
  const Fields two = {so(4)[0], so(4)[3]};  // two planes with one direction in common
  const AlgebraStructure found = describe_algebra(two, unit_moments(two));
  EXPECT_FALSE(found.closed);
  EXPECT_EQ(found.name, "2 fields");
  EXPECT_EQ(found.compact, "unknown");
  EXPECT_NEAR(found.closure, 1, 1e-9);
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const Index count = 2 + static_cast<Index>(seed % 6);
    Fields any;
    for (Index k = 0; k < count; ++k) any.push_back(noise(4, 5, 100 * seed + static_cast<std::uint64_t>(k)));
    for (const double tolerance : {1e-6, 1e-2}) {
      const AlgebraStructure none = describe_algebra(any, unit_moments(any), tolerance);
      EXPECT_FALSE(none.closed);
      EXPECT_EQ(none.name, std::to_string(count) + " fields");
    }
  }
  EXPECT_EQ(describe_algebra({}, MatrixXd::Identity(3, 3)).name, "none");
}

TEST(AlgebraStructure, RatherSaysNothingThanSomethingWrong) {
  const Known algebras[] = {
      {"so(3)", "", 0, 0, so(3)},
      {"so(4)", "", 0, 0, so(4)},
      {"so(1,3) + scaling", "", 0, 0, both(so(1, 3), {scaling(4)})},
      {"so(2) + so(2) + so(2) + so(2)", "", 0, 0, torus(4)},
      {"so(2) + scaling with translation + 2 shears (semidirect)", "", 0, 0, cylinder()},
      {"su(3)", "", 0, 0, special_unitary_adjoint(3)},
  };
  for (const Known& known : algebras) {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
      for (const double share : {0.01, 0.03, 0.1, 0.3}) {
        const Fields learned = disturbed(mixed(known.fields, seed), share, 13 * seed);
        const AlgebraStructure found = describe_algebra(learned, unit_moments(learned), 1e-2);
        if (found.closed) {
          EXPECT_EQ(found.name, known.name) << share << ", seed " << seed;
          EXPECT_LT(share, 0.1) << known.name;
        }
      }
    }
  }
}

TEST(RealForm, IsDecidedByItsInvariants) {
  const auto name = [](const SimpleInvariants& invariants) {
    const auto form = real_form(invariants);
    return form ? form->name : "";
  };
  EXPECT_EQ(name({66, 6, 0, false, 12}), "so(12)");
  EXPECT_EQ(name({66, 6, 11, false, 12}), "so(1,11)");
  EXPECT_EQ(name({28, 4, 12, false, 8}), "so(2,6)");
  EXPECT_EQ(name({35, 5, 14, false, 12}), "su*(6)");
  EXPECT_EQ(name({45, 5, 20, false, 20}), "so*(10)");
  EXPECT_EQ(name({16, 4, 8, true, 6}), "sl(3,C)");
  EXPECT_EQ(name({20, 4, 10, true, 10}), "so(5,C)");
  EXPECT_EQ(name({28, 4, 14, true, 14}), "complex g2");
  EXPECT_EQ(name({52, 4, 0, false, 26}), "f4");
  EXPECT_EQ(name({78, 6, 26, false, 54}), "a simple algebra of dimension 78");
  // The moved space tells so(7) from sp(3), unless it suits both.
  EXPECT_EQ(name({21, 3, 0, false, 7}), "so(7)");
  EXPECT_EQ(name({21, 3, 0, false, 12}), "sp(3)");
  EXPECT_EQ(name({21, 3, 0, false, 84}), "so(7) or sp(3)");
  EXPECT_EQ(name({21, 3, 8, false, 12}), "sp(2,1)");
}

TEST(RealForm, IsNothingForDimensionsWithoutSimpleAlgebras) {
  for (const int dimension : {0, 1, 2, 4, 5, 7, 9, 11, 12, 13, 17, 18, 19})
    for (int rank = 0; rank <= 6; ++rank)
      for (int noncompact = 0; noncompact <= dimension; ++noncompact)
        for (const bool complex : {false, true})
          EXPECT_FALSE(real_form({dimension, rank, noncompact, complex, 12})) << dimension;
  EXPECT_FALSE(real_form({10, 2, 5, false, 5}));  // no real form of so(5, C)
  EXPECT_FALSE(real_form({6, 2, 0, true, 4}));
}

}  // namespace
}  // namespace symscan
