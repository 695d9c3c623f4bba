// Sentences about entries of analysis.json made by hand.
#include "host/findings/finding_sentences.hpp"

#include <gtest/gtest.h>

namespace symscan {
namespace {

Json generator(const std::string& name, const std::string& equation, const char* verdict, double p_value) {
  return {{"name", name},         {"kind", "rotation"},
          {"equation", equation}, {"eigenvalue", 0.001},
          {"approximate", false}, {"density", {{"verdict", verdict}, {"p_value", p_value}}}};
}

Json neighbours(const Json& two_nn, const Json& levina_bickel) {
  return {{"two_nn", {{"value", two_nn}, {"error", 0.1}}},
          {"levina_bickel", {{"value", levina_bickel}, {"error", 0.1}}}};
}

Json constraint(const std::string& equation, bool exact, const std::string& unit = "") {
  return {{"equation", equation}, {"degree", 2},  {"residual", 0.00021},
          {"width", 2.5},         {"unit", unit}, {"exact", exact}};
}

Json candidate(const std::string& name, const std::string& verdict) {
  return {{"name", name}, {"verdict", verdict}, {"manifold_residual", 0.0123}, {"p_value", 0.002}};
}

Json circle() {
  return {
      {"dimension",
       {{"value", 1},
        {"local_dimension", 1.034},
        {"from_beta", 0.03},
        {"to_beta", 0.3},
        {"fills_its_span", false}}},
      {"linear_rank", 2},
      {"neighbour_dimension", neighbours(1.011, 0.96)},
      {"symmetry",
       {{"algebra", "so(2)"},
        {"found", 1},
        {"closure_residual", 0.0},
        {"confidence", 0.994},
        {"seeds", 3},
        {"generators", Json::array({generator("rotation in x-y", "dx = -y, dy = x", "invariant", 0.43)})}}},
      {"constraints", Json::array({constraint("x^2 + y^2 = 1", true)})},
      {"candidates", Json::array()},
      {"notes", Json::array()},
      {"constraint_notes", Json::array()}};
}

std::string text_of(const Json& entry) {
  std::string text;
  for (const std::string& sentence : finding_sentences(entry)) {
    EXPECT_FALSE(sentence.empty());
    text += sentence + "\n";
  }
  return text;
}

void expect_in(const std::string& text, const std::string& part) {
  EXPECT_NE(text.find(part), std::string::npos) << part << "\nis not in\n" << text;
}

void expect_not_in(const std::string& text, const std::string& part) {
  EXPECT_EQ(text.find(part), std::string::npos) << part << "\nis in\n" << text;
}

TEST(FindingSentences, OfACircle) {
  const auto sentences = finding_sentences(circle());
  ASSERT_EQ(sentences.size(), 5u);
  EXPECT_EQ(
      sentences[0],
      "The data have 1 degree of freedom: local dimension 1.03 from beta 0.03 to 0.3 (nearest neighbours: "
      "TwoNN 1.01, Levina-Bickel 0.96), within the 2 directions that the features span.");
  EXPECT_EQ(
      sentences[1],
      "Symmetry of the manifold: so(2) (1 generator; at least as many in 99 % of bootstrap draws over 3 "
      "seeds).");
  EXPECT_EQ(sentences[2], "  rotation in x-y: dx = -y, dy = x");
  EXPECT_EQ(sentences[3], "The distribution is compatible with: rotation in x-y (p = 0.43).");
  EXPECT_EQ(sentences[4], "Constraint: x^2 + y^2 = 1 (residual 2.1e-04).");
}

TEST(FindingSentences, OfRotationsThatTheDistributionBreaks) {
  Json entry = circle();
  entry["dimension"]["value"] = 2;
  entry["neighbour_dimension"] = neighbours(2.01, 1.96);
  entry["dimension"]["to_beta"] = 0.03;
  entry["symmetry"].update({{"algebra", "so(3)"},
                            {"found", 3},
                            {"closure_residual", 0.0042},
                            {"seeds", 1},
                            {"generators",
                             {generator("rotation in x-y", "dx = -y, dy = x", "invariant", 0.43),
                              generator("rotation in x-z", "dx = -z, dz = x", "broken", 0.0025),
                              generator("rotation in y-z", "dy = -z, dz = y", "broken", 0.005)}}});
  const std::string text = text_of(entry);
  expect_in(text, "The data have 2 degrees of freedom: local dimension 1.03 at beta 0.03 (");
  expect_in(text,
            "so(3) (3 generators, closure residual 0.42 %; at least as many in 99 % of bootstrap draws over "
            "1 seed).");
  expect_in(text, "  rotation in y-z: dy = -z, dz = y\n");
  expect_in(text, "The distribution is compatible with: rotation in x-y (p = 0.43).\n");
  expect_in(
      text,
      "Kept by the manifold, broken by the distribution: rotation in x-z (p = 0.0025), rotation in y-z (p "
      "= 0.005).\n");
  for (Json& each : entry["symmetry"]["generators"]) each["density"]["verdict"] = "broken";
  expect_not_in(text_of(entry), "compatible");
}

TEST(FindingSentences, OfASetThatFillsItsSpan) {
  Json entry = circle();
  entry["dimension"] = {
      {"value", 2}, {"local_dimension", 1.9}, {"from_beta", 0.1}, {"to_beta", 0.3}, {"fills_its_span", true}};
  entry["symmetry"] = nullptr;
  entry["constraints"] = Json::array();
  const std::string text = text_of(entry);
  expect_in(text, "The data have 2 degrees of freedom (nearest");
  expect_in(text, "they fill the space that their features span, no curved constraint shows.");
  expect_in(text, "none stands out, since every motion stays inside a set that fills its space.");
  expect_in(text, "Constraints: no linear or quadratic relation holds among the features.");
  expect_not_in(text, "compatible");
}

TEST(FindingSentences, OfAnUnclearDimension) {
  Json entry = circle();
  entry["dimension"] = {{"value", nullptr},
                        {"local_dimension", 1.5},
                        {"from_beta", 0},
                        {"to_beta", 0},
                        {"fills_its_span", false}};
  entry["symmetry"] = nullptr;
  entry["neighbour_dimension"] = neighbours(nullptr, 1.4);
  const std::string text = text_of(entry);
  expect_in(text, "The number of degrees of freedom is not clear");
  expect_in(text, "(nearest neighbours: TwoNN undefined, Levina-Bickel 1.40)");
  expect_in(text, "Train a scan, such as 'loss.beta=[");
  expect_in(text, "none; no affine motion stands out as tangent everywhere.");
  expect_not_in(text, "The data have");
}

TEST(FindingSentences, OfDataThatDoNotVaryAndOfNulls) {
  Json entry = circle();
  for (const char* key : {"dimension", "symmetry", "neighbour_dimension"}) entry[key] = nullptr;
  entry["linear_rank"] = 0;
  entry["constraints"] = Json::array();
  const auto sentences = finding_sentences(entry);
  ASSERT_EQ(sentences.size(), 2u);
  EXPECT_EQ(sentences[0], "The features do not vary: there is nothing to analyse.");
  Json unchecked = circle();
  unchecked["neighbour_dimension"] = nullptr;
  expect_in(text_of(unchecked), "from beta 0.03 to 0.3, within");
}

TEST(FindingSentences, OfNearestNeighboursThatDisagree) {
  Json entry = circle();
  entry["dimension"]["value"] = 3;
  expect_in(text_of(entry), "The nearest neighbours see fewer degrees of freedom");
  entry["dimension"]["value"] = 2;
  entry["neighbour_dimension"] = neighbours(2.9, 3.1);
  expect_in(text_of(entry), "The nearest neighbours see more degrees of freedom");
  entry["neighbour_dimension"] = neighbours(2.4, 3.1);  // one of them agrees
  expect_not_in(text_of(entry), "nearest neighbours see");
  entry["neighbour_dimension"] = neighbours(nullptr, 3.1);
  expect_not_in(text_of(entry), "nearest neighbours see");
}

TEST(FindingSentences, OfApproximateGenerators) {
  Json entry = circle();
  entry["symmetry"]["generators"][0]["approximate"] = true;
  entry["symmetry"]["generators"][0]["eigenvalue"] = 0.021;
  expect_in(text_of(entry), "dx = -y, dy = x (approximate: 2.1 % of its motion leaves the manifold)");
}

TEST(FindingSentences, OfConstraintsCandidatesAndNotes) {
  Json entry = circle();
  entry["constraints"] = {constraint("m(mu- mu+) = 90 GeV within 9 %", false, "GeV"),
                          constraint("px(mu-) + px(mu+) = 0", true)};
  entry["candidates"] = {candidate("reflection(x)", "symmetry of the manifold only"),
                         candidate("scaling", "no symmetry"),
                         candidate("reflection(z)", "does nothing to these data"),
                         candidate("swap(x,y)", "symmetry of manifold and distribution")};
  entry["notes"] = {"A note about the data."};
  entry["constraint_notes"] = {"A note about constraints."};
  const std::string text = text_of(entry);
  expect_in(text, "Approximate constraint: m(mu- mu+) = 90 GeV within 9 % (residual 2.1e-04).\n");
  expect_in(text, "\nConstraint: px(mu-) + px(mu+) = 0 (residual");
  expect_in(text,
            "Tested reflection(x): symmetry of the manifold only (manifold residual 0.012, p = 0.002).\n");
  expect_in(text, "Tested swap(x,y): symmetry of manifold and distribution");
  expect_not_in(text, "scaling");
  expect_not_in(text, "reflection(z)");
  expect_in(text, "A note about the data.\nA note about constraints.\n");
}

}  // namespace
}  // namespace symscan
