// Transformations by name, on the columns of ee_mumu and others.
#include "host/analysis/candidates.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "host/base/error.hpp"
#include "host/base/text.hpp"

namespace symscan {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;
using Names = std::vector<std::string>;

const Names muons = {"E(mu-)", "px(mu-)", "py(mu-)", "pz(mu-)", "E(mu+)", "px(mu+)", "py(mu+)", "pz(mu+)"};

VectorXd event(std::initializer_list<double> values) {
  return Eigen::Map<const VectorXd>(values.begin(), static_cast<Index>(values.size()));
}

const VectorXd example = event({5, 1, 2, 3, 7, -4, 6, 8});

Candidate one(const std::string& text, const Names& columns = muons) {
  const std::vector<Candidate> found = parse_candidate(text, columns);
  EXPECT_EQ(found.size(), 1u) << text;
  EXPECT_EQ(found.at(0).matrix.rows(), static_cast<Index>(columns.size()));
  EXPECT_EQ(found.at(0).shift.size(), static_cast<Index>(columns.size()));
  return found.at(0);
}

/// What the transformation makes of the example: the image of a map, the velocity of a flow.
VectorXd image(const std::string& text, const Names& columns = muons) {
  const Candidate candidate = one(text, columns);
  return candidate.matrix * example.head(candidate.matrix.cols()) + candidate.shift;
}

std::string message(const std::string& text, const Names& columns = muons) {
  try {
    parse_candidate(text, columns);
  } catch (const DataError& error) {
    return error.what();
  }
  return "no error";
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST(Candidates, RotateAllParticles) {
  const Candidate about_z = one("rotation(px,py)");
  EXPECT_TRUE(about_z.continuous);
  EXPECT_EQ(about_z.name, "rotation(px,py)");
  EXPECT_EQ(image("rotation(px,py)"), event({0, -2, 1, 0, 0, -6, -4, 0}));
  EXPECT_EQ(image(" Rotation( pz , px ) "), event({0, 3, 0, -1, 0, 8, 0, 4}));
  const std::vector<Candidate> all = parse_candidate("rotations", muons);
  ASSERT_EQ(all.size(), 3u);
  EXPECT_EQ(all[0].name, "rotation(px,py)");
  EXPECT_EQ(all[1].name, "rotation(py,pz)");
  EXPECT_EQ(all[2].name, "rotation(pz,px)");
  // so(3): the commutator of two is the third, up to its sign.
  const MatrixXd commutator = all[0].matrix * all[1].matrix - all[1].matrix * all[0].matrix;
  EXPECT_EQ(commutator, all[2].matrix);
}

TEST(Candidates, RotateTwoColumns) {
  EXPECT_EQ(image("rotation(b,c)", {"a", "b", "c"}), event({0, -2, 1}));
  EXPECT_EQ(image("rotation(E(mu-),px(mu+))"), event({4, 0, 0, 0, 0, 5, 0, 0}));
  EXPECT_EQ(image("rotation(a,b,c)", {"a,b", "c"}), event({-1, 5}));
}

TEST(Candidates, BoostFourMomenta) {
  EXPECT_TRUE(one("boost(z)").continuous);
  EXPECT_EQ(image("boost(z)"), event({3, 0, 0, 5, 8, 0, 0, 7}));
  EXPECT_EQ(image("boost(px)"), event({1, 5, 0, 0, -4, 7, 0, 0}));
  EXPECT_EQ(one("boost(px)").name, "boost(x)");
  EXPECT_EQ(parse_candidate("boosts", muons).size(), 3u);
  const std::vector<Candidate> lorentz = parse_candidate("lorentz", muons);
  ASSERT_EQ(lorentz.size(), 6u);
  VectorXd metric = VectorXd::Constant(8, -1);  // E^2 - p^2 stays as it is: A^T g + g A = 0
  metric(0) = metric(4) = 1;
  const MatrixXd g = metric.asDiagonal();
  for (const Candidate& candidate : lorentz) {
    EXPECT_GT(candidate.matrix.norm(), 1) << candidate.name;
    EXPECT_EQ((candidate.matrix.transpose() * g + g * candidate.matrix).norm(), 0) << candidate.name;
  }
}

TEST(Candidates, ReflectAndExchange) {
  EXPECT_FALSE(one("reflection(px)").continuous);
  EXPECT_EQ(image("reflection(px)"), event({5, -1, 2, 3, 7, 4, 6, 8}));
  EXPECT_EQ(image("reflection(px(mu+))"), event({5, 1, 2, 3, 7, 4, 6, 8}));
  EXPECT_EQ(image("parity"), event({5, -1, -2, -3, 7, 4, -6, -8}));
  EXPECT_EQ(image("permutation(px(mu-),pz(mu+))"), event({5, 8, 2, 3, 7, -4, 6, 1}));
  const VectorXd exchanged = event({7, -4, 6, 8, 5, 1, 2, 3});
  EXPECT_EQ(image("permutation(mu-,mu+)"), exchanged);
  EXPECT_EQ(image("charge_conjugation"), exchanged);
  EXPECT_EQ(image("Charge-Conjugation"), exchanged);
}

TEST(Candidates, ShiftAndScale) {
  EXPECT_EQ(image("translation(px)"), event({0, 1, 0, 0, 0, 1, 0, 0}));
  EXPECT_EQ(image("translation(E(mu+))"), event({0, 0, 0, 0, 1, 0, 0, 0}));
  EXPECT_EQ(image("scaling"), example);
  EXPECT_EQ(image("scaling(py(mu-))"), event({0, 0, 2, 0, 0, 0, 0, 0}));
  EXPECT_TRUE(one("translation(px)").continuous && one("scaling").continuous);
}

TEST(Candidates, KnowHowOthersNameColumns) {
  EXPECT_EQ(image("rotation(px,py)", {"px_1", "py_1", "px_2", "py_2"}), event({-1, 5, -3, 2}));
  EXPECT_EQ(image("rotation(px,py)", {"px1", "py1", "M", "px2", "py2"}), event({-1, 5, 0, -7, 3}));
  EXPECT_EQ(image("rotation(px,py)", {"a_px", "a_py", "q"}), event({-1, 5, 0}));
  EXPECT_EQ(image("boost(z)", {"E", "px", "py", "pz"}), event({3, 0, 0, 5}));
  EXPECT_EQ(image("permutation(g 1,g 2)", {"px(g 1)", "px(g 2)"}), event({1, 5}));
  EXPECT_EQ(image("charge_conjugation", {"pz(mu- 1)", "pz(mu- 2)", "pz(mu+ 1)", "pz(mu+ 2)", "pz(gamma)"}),
            event({2, 3, 5, 1, 7}));
}

TEST(Candidates, LeaveNoDependentColumnBehind) {
  const Names columns = {"px(e-)", "py(e-)", "pz(e-)", "E(e-)", "pt(e-)", "eta(e-)"};
  EXPECT_EQ(image("rotation(px,py)", columns), event({-1, 5, 0, 0, 0, 0}));
  EXPECT_TRUE(contains(message("rotation(py,pz)", columns), "'pt(e-)'"));
  EXPECT_TRUE(contains(message("boost(z)", columns), "'eta(e-)'"));
  EXPECT_TRUE(contains(message("parity", columns), "'eta(e-)'"));
  EXPECT_TRUE(contains(message("rotation(px,py)", {"px(e-)", "py(e-)", "phi(e-)"}), "'phi(e-)'"));
  EXPECT_EQ(message("reflection(px)", columns), "no error");
  EXPECT_TRUE(contains(message("translation(px)", columns), "'pt(e-)'"));
}

TEST(Candidates, SayWhatCanBeUsed) {
  EXPECT_TRUE(contains(message("rotaton(px,py)"), "did you mean 'rotation'?"));
  EXPECT_TRUE(contains(message("zzzzzzzzzzzz"), "known are rotation, rotations, boost"));
  EXPECT_TRUE(contains(message("rotation(px,q)"), "'q', but the columns are E(mu-), px(mu-)"));
  EXPECT_TRUE(
      contains(message("rotation(px,q)"), "px, py, pz mean those of all particles, which are mu-, mu+"));
  EXPECT_TRUE(contains(message("rotation(x,y)", {"x", "z"}), "'y', but the columns are x, z"));
  EXPECT_TRUE(contains(message("rotation(px,px)"), "twice"));
  EXPECT_TRUE(contains(message("rotation(px)"), "two names"));
  EXPECT_TRUE(contains(message("rotation"), "of what"));
  EXPECT_TRUE(contains(message("rotation("), "')'"));
  EXPECT_TRUE(contains(message("parity(x)"), "takes nothing"));
  EXPECT_TRUE(contains(message("boost(t)"), "directions"));
  EXPECT_TRUE(contains(message("boost(z)", {"x", "y"}), "four-momenta"));
  EXPECT_TRUE(contains(message("boost(z)", {"pz(mu-)"}), "needs the column E of the particle 'mu-'"));
  EXPECT_TRUE(contains(message("rotations", {"px(mu-)", "py(mu-)"}), "needs the column pz"));
  EXPECT_TRUE(contains(message("permutation(mu-,tau-)"), "'tau-'"));
  EXPECT_TRUE(
      contains(message("permutation(mu-,mu+)", {"px(mu-)", "px(mu+)", "E(mu+)"}), "needs the column E"));
  EXPECT_TRUE(contains(message("charge_conjugation", {"px(mu-)", "px(e+)"}), "mu+"));
  EXPECT_TRUE(contains(message("charge_conjugation", {"px_1", "px_2"}), "antiparticle of '1'"));
  EXPECT_TRUE(contains(message("charge_conjugation", {"px(gamma)"}), "no particle"));
  EXPECT_TRUE(contains(message("parity", {"x"}), "momenta"));
  EXPECT_TRUE(contains(message("scaling", Names(5000, "x")), "at most 4096"));
  EXPECT_TRUE(contains(message("charge_conjugation", {"px(pdg -2147483648)"}), "antiparticle"));
}

TEST(Candidates, NaturalOnesFitTheColumns) {
  EXPECT_EQ(natural_candidates(muons),
            (Names{"rotation(px,py)", "rotation(py,pz)", "rotation(pz,px)", "boost(z)", "parity",
                   "reflection(px)", "reflection(py)", "reflection(pz)", "charge_conjugation"}));
  EXPECT_EQ(natural_candidates({"px(g 1)", "py(g 1)", "px(g 2)", "py(g 2)"}),
            (Names{"rotation(px,py)", "parity", "reflection(px)", "reflection(py)", "permutation(g 1,g 2)"}));
  EXPECT_EQ(natural_candidates({"x", "y"}), (Names{"rotation(x,y)", "reflection(x)", "reflection(y)"}));
  EXPECT_TRUE(natural_candidates(Names(9, "x")).empty());
  EXPECT_TRUE(natural_candidates({}).empty());
}

/// Pieces of names, so that random texts come near to valid ones, and single bytes.
std::string random_text(std::mt19937_64& random) {
  static const Names pieces = {"rotation", "boost",      "permutation", "charge_conjugation",
                               "scaling",  "reflection", "px",          "py",
                               "E",        "mu-",        "(",           ")",
                               ",",        " ",          "_",           "px(mu-)",
                               "pdg -1",   "g 2"};
  std::string text;
  for (std::uint64_t count = random() % 7; count > 0; --count) {
    if (random() % 3 != 0)
      text += pieces[random() % pieces.size()];
    else
      text += static_cast<char>(random() % 256);
  }
  return text;
}

TEST(Candidates, NoBytesBreakThem) {
  std::mt19937_64 random(1);
  int accepted = 0;
  for (int trial = 0; trial < 20000; ++trial) {
    Names columns = muons;
    if (trial % 2 == 0) {
      columns.resize(random() % 5);
      for (std::string& column : columns) column = random_text(random);
    }
    for (const std::string& name : natural_candidates(columns)) EXPECT_EQ(one(name, columns).name, name);
    try {
      for (const Candidate& candidate : parse_candidate(random_text(random), columns)) {
        EXPECT_TRUE(candidate.matrix.allFinite() && candidate.shift.allFinite());
        ++accepted;
      }
    } catch (const DataError& error) {
      EXPECT_EQ(find_non_utf8(error.what()), std::string::npos);
      EXPECT_FALSE(has_control_characters(error.what()));
    }
  }
  EXPECT_GT(accepted, 10);
}

}  // namespace
}  // namespace symscan
