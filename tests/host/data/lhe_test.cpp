// Les Houches events: oddities, the manners of generators, and a sample of this project.
#include <zlib.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "tests/host/data/data_files.hpp"

namespace symscan::test {
namespace {

using Names = std::vector<std::string>;
using Values = std::vector<double>;

const std::string kPair =
    " 3 1 2.5E+00 -1 -1 -1\n"
    " 22 -1 0 0 0 0 0 0 0 10 0 0 9\n"
    " 13 1 1 1 0 0 3. 0. 4.0D+00 5. 0.1 0 9\n"
    " -13 1 1 1 0 0 -3. 0. -.4E+01 5. 0.1 0 9\n";

Table lhe(const std::string& text, Json settings = Json::object()) {
  const DataFolder folder;
  if (!settings.contains("particles")) settings["particles"] = {13, -13};
  return load_file(folder.write("t.lhe", text), std::move(settings));
}

TEST(Lhe, FourMomentaComeInTheOrderOfTheParticles) {
  const Table table = lhe("<LesHouchesEvents>\n<event>\n" + kPair + "</event>\n</LesHouchesEvents>\n");
  EXPECT_EQ(table.columns,
            (Names{"E(mu-)", "px(mu-)", "py(mu-)", "pz(mu-)", "E(mu+)", "px(mu+)", "py(mu+)", "pz(mu+)"}));
  EXPECT_EQ(table.values, (Values{5, 3, 0, 4, 5, -3, 0, -4}));
  EXPECT_TRUE(table.weights.empty());
}

TEST(Lhe, DerivedFeaturesFollowTheirDefinitions) {
  const Table table = lhe("<event>\n" + kPair + "</event>\n",
                          {{"particles", {13}}, {"features", {"pt", "eta", "phi", "m", "y", "theta"}}});
  EXPECT_EQ(table.columns[1], "eta(mu-)");
  const double theta = std::atan2(3, 4);
  const double expected[] = {3, -std::log(std::tan(theta / 2)), 0, 0.1, 0.5 * std::log(9.0 / 1.0), theta};
  for (std::size_t i = 0; i < 6; ++i) EXPECT_NEAR(table.values[i], expected[i], 1e-14) << i;
}

TEST(Lhe, ColumnsSelectAmongTheParticlesFeatures) {
  EXPECT_EQ(lhe("<event>\n" + kPair + "</event>\n", {{"columns", {"pz(mu+)", "E(mu-)"}}}).values,
            (Values{-4, 5}));
}

TEST(Lhe, OnlyOutgoingParticlesCount) {
  const std::string sentence = error_of([] {
    lhe("<event>\n" + kPair + "</event>\n", {{"particles", {22}}});
  });
  EXPECT_NE(sentence.find("outgoing particles are mu- (13) in 1 of 1 events, mu+ (-13) in 1"),
            std::string::npos)
      << sentence;
}

TEST(Lhe, MissingParticlesAreAnsweredWithThoseOfTheFile) {
  std::string text;
  for (int i = 0; i < 1500; ++i) {
    text += "<event>\n" + kPair + "</event>\n";
    text +=
        "<event>\n 1 1 1 0 0 0\n 1000022 1 0 0 0 0 1 2 3 4 5 0 9\n</event>\n<event>\n" + kPair + "</event>\n";
  }
  const std::string sentence = error_of([&] { lhe(text, {{"particles", Json::array()}}); });
  EXPECT_NE(sentence.find("dataset.particles is missing"), std::string::npos) << sentence;
  EXPECT_NE(
      sentence.find("dataset.particles=[13,-13]; its outgoing particles are mu- (13) in 667 of the first "
                    "1000 events, mu+ (-13) in 667, 1000022 in 333"),
      std::string::npos)
      << sentence;
}

TEST(Lhe, RepeatedIdsTakeParticlesInFileOrder) {
  const std::string text =
      "<event>\n 3 1 1 0 0 0\n 21 1 0 0 0 0 0 0 1 1 0\n 5 1 0 0 0 0 0 0 2 2 0\n 21 1 0 0 0 0 0 0 3 3 "
      "0\n</event>\n"
      "<event>\n 2 1 1 0 0 0\n 21 1 0 0 0 0 0 0 1 1 0\n 5 1 0 0 0 0 0 0 2 2 0\n</event>\n";
  const Table table = lhe(text, {{"particles", {21, 5, 21}}, {"features", {"pz"}}});
  EXPECT_EQ(table.columns, (Names{"pz(g 1)", "pz(b)", "pz(g 2)"}));
  EXPECT_EQ(table.values, (Values{1, 2, 3}));
  EXPECT_NE(joined_notes(table).find("1 of 2 events"), std::string::npos);
}

TEST(Lhe, TagsOfAnyCaseAttributesAndCommentsAreTolerated) {
  const std::string text =
      "<header>\n<eventgroup> a < b & c\n</header>\n<EVENT\n  npLO=' -1 '\n  npNLO=1>\n# comment\n" + kPair +
      "# 1.0 2.0\n<rwgt>\n<wgt id='1'> 3.0 </wgt>\n</rwgt>\n</Event>\n</LesHouchesEvents>\n # text after the "
      "end\n";
  EXPECT_EQ(lhe(text).rows, 1u);
}

TEST(Lhe, CutOffEventIsNotedAndTheRestKept) {
  const std::string whole = "<event>\n" + kPair + "</event>\n";
  for (std::size_t cut = 1; cut < whole.size(); ++cut) {
    const Table table = lhe(whole + whole.substr(0, whole.size() - cut - 1));
    EXPECT_EQ(table.rows,
              cut == 0 ? 2u : (whole.substr(0, whole.size() - cut - 1).ends_with("</event") ? 2u : 1u))
        << cut;
    for (std::size_t i = 0; i < 8; ++i) ASSERT_EQ(table.values[i], (Values{5, 3, 0, 4, 5, -3, 0, -4})[i]);
  }
  EXPECT_NE(joined_notes(lhe(whole + "<event>\n 3 1")).find("1 event of"), std::string::npos);
}

TEST(Lhe, FilesWithoutTheirLastLineMayBeCutOff) {
  const std::string whole = "<event>\n" + kPair + "</event>\n", begin = "<LesHouchesEvents>\n",
                    end = "</LesHouchesEvents>\n";
  const auto note = [](const std::string& text) {
    return joined_notes(lhe(text, {{"particles", {13}}, {"features", {"E"}}}));
  };
  EXPECT_EQ(note(begin + whole + end), "");
  EXPECT_EQ(note(whole), "");  // a part of a file
  EXPECT_NE(note(begin + whole).find("t.lhe ends without </LesHouchesEvents>: it may be cut off"),
            std::string::npos);
  EXPECT_EQ(note(begin + whole + "<event>\n 3 1").find("</LesHouchesEvents>"), std::string::npos);
  EXPECT_EQ(note(begin + whole + end + begin + whole + end), "");
  EXPECT_NE(note(begin + whole + begin + whole + end).find("<LesHouchesEvents> of line 1 has no end tag"),
            std::string::npos);
  const Table cut =
      lhe(begin + "<event>\n 3 1 2.5 -1 -1 -1\n" + begin + "<header>\n</header>\n" + whole + end);
  EXPECT_EQ(cut.rows, 1u);
  EXPECT_NE(joined_notes(cut).find("1 event of"), std::string::npos);
  EXPECT_EQ(lhe(begin + whole + whole, {{"max_rows", 1}}).rows, 1u);
}

TEST(Lhe, EventWithoutEndTagBeforeTheNextIsLeftOut) {
  const Table table = lhe("<event>\n 3 1 1 0 0 0\n<event>\n" + kPair + "</event>\n");
  EXPECT_EQ(table.rows, 1u);
  EXPECT_NE(joined_notes(table).find("cut off"), std::string::npos);
}

TEST(Lhe, CutOffGzipKeepsTheWholeEvents) {
  const DataFolder folder;
  const std::string path = folder.path("t.lhe.gz");
  gzFile out = gzopen(path.c_str(), "wb");
  for (int i = 0; i < 2000; ++i) {
    gzprintf(out, "<event>\n 1 1 1 0 0 0\n 13 1 0 0 0 0 %d %d 3 %d 0.1 0 9\n</event>\n", i, i * 7919 % 1009,
             5000 + i);
  }
  gzclose(out);
  std::filesystem::resize_file(path, std::filesystem::file_size(path) / 2);
  const Table table = load_file(path, {{"particles", {13}}});
  EXPECT_GT(table.rows, 100u);
  EXPECT_LT(table.rows, 2000u);
  EXPECT_EQ(table.values[4 * 100 + 1], 100.0);
  EXPECT_NE(joined_notes(table).find("compressed data end early"), std::string::npos);
}

TEST(Lhe, EventWeightsAreKeptUnlessEqualOrUnwanted) {
  std::string other = kPair;
  other.replace(other.find("2.5E+00"), 7, "-1.0D+0");
  const std::string text = "<event>\n" + kPair + "<wgt id='up'> 7 </wgt>\n</event>\n<event>\n" + other +
                           "<wgt id='up'> 8. </wgt>\n</event>\n";
  const Table table = lhe(text);
  EXPECT_EQ(table.weights, (Values{2.5, -1}));
  EXPECT_NE(joined_notes(table).find("1 of 2 event weights"), std::string::npos);
  EXPECT_TRUE(lhe(text, {{"weights", "none"}}).weights.empty());
  EXPECT_EQ(lhe(text, {{"weights", "up"}}).weights, (Values{7, 8}));
  EXPECT_NE(error_of([&] { lhe(text, {{"weights", "down"}}); }).find("no weight 'down'"), std::string::npos);
}

TEST(Lhe, OverflowStarsNameTheLine) {
  const std::string sentence =
      error_of([] { lhe("<event>\n 1 1 1 0 0 0\n 13 1 0 0 0 0 1 ******* 1 1 0\n</event>\n"); });
  EXPECT_NE(sentence.find("t.lhe line 3: the py is '*******'"), std::string::npos) << sentence;
}

// ---- the manners of generators (files in lhe/)

std::string dialect(const std::string& name) {
  return SYMSCAN_SOURCE_DIR "/tests/host/data/lhe/" + name + ".lhe";
}

double mass_of_pair(const double* x) {
  double square = 0;
  for (int i = 0; i < 4; ++i) square += (i == 0 ? 1 : -1) * (x[i] + x[4 + i]) * (x[i] + x[4 + i]);
  return std::sqrt(square);
}

TEST(EventSample, MuonPairsPeakAtTheZAndHaveTransverseMomentum) {
  const Table table = load_file(std::string(SYMSCAN_SOURCE_DIR) + "/configs/data/pp_Zmumu_13TeV_5k.lhe.gz",
                                {{"particles", {13, -13}}});
  ASSERT_EQ(table.rows, 5000u);
  EXPECT_TRUE(table.weights.empty());
  EXPECT_TRUE(table.notes.empty()) << joined_notes(table);
  std::vector<double> masses;
  double momentum = 0;
  for (std::size_t row = 0; row < table.rows; ++row) {
    const double* x = table.values.data() + 8 * row;
    masses.push_back(mass_of_pair(x));
    momentum += std::hypot(x[1] + x[5], x[2] + x[6]) / 5000;
    // Nine digits: the mass shell holds to 1e-8 of E^2.
    EXPECT_NEAR(x[0] * x[0] - x[1] * x[1] - x[2] * x[2] - x[3] * x[3], 0.10566 * 0.10566, 1e-7 * x[0] * x[0]);
  }
  std::nth_element(masses.begin(), masses.begin() + 2500, masses.end());
  EXPECT_NEAR(masses[2500], 90.7, 0.7);
  EXPECT_GT(momentum, 5.0);
  EXPECT_LT(momentum, 40.0);
}

TEST(LheDialect, OfMadgraphHasSeveralProcessesAndMarkupInTheHeader) {
  const Table table = load_file(dialect("madgraph"), {{"particles", {11, -11}}});
  ASSERT_EQ(table.rows, 2u);
  EXPECT_EQ(table.columns.front(), "E(e-)");
  EXPECT_TRUE(table.weights.empty());
  EXPECT_NE(joined_notes(table).find("1 of 3 events"), std::string::npos) << joined_notes(table);
  EXPECT_EQ(table.values, (Values{45, 27, 36, 0, 45, -27, -36, 0, 50, 30, 0, 40, 50, -30, 0, 40}));
  EXPECT_DOUBLE_EQ(mass_of_pair(table.values.data()), 90);
  EXPECT_DOUBLE_EQ(mass_of_pair(table.values.data() + 8), 60);
}

TEST(LheDialect, OfPowhegHasTextAfterTheEndAndEqualWeights) {
  const Table table = load_file(dialect("powheg"), {{"particles", {11, -11}}});
  ASSERT_EQ(table.rows, 2u);
  EXPECT_TRUE(table.weights.empty());
  EXPECT_EQ(joined_notes(table).find("left out"), std::string::npos) << joined_notes(table);
  EXPECT_EQ(table.values[0], 45.0);
  EXPECT_DOUBLE_EQ(mass_of_pair(table.values.data()), std::sqrt(1170.0));
}

TEST(LheDialect, OfAmcatnloHasLeadingPointsAndNamedWeights) {
  const Table table = load_file(dialect("amcatnlo"), {{"particles", {24}}});
  ASSERT_EQ(table.rows, 2u);
  EXPECT_TRUE(table.weights.empty());  // both 50
  EXPECT_EQ(table.values, (Values{101, -60, 0, -10.125, 80.398, 0, 0, 0}));
  EXPECT_EQ(load_file(dialect("amcatnlo"), {{"particles", {24}}, {"weights", "1002"}}).weights,
            (Values{45.75, -46.25}));
}

TEST(LheDialect, OfSherpaHasAVaryingNumberOfPartons) {
  const Table table = load_file(dialect("sherpa"), {{"particles", {21}}, {"features", {"E", "m"}}});
  EXPECT_EQ(table.columns, (Names{"E(g)", "m(g)"}));
  EXPECT_EQ(table.values, (Values{16, 0, 11, 0}));
  EXPECT_EQ(load_file(dialect("sherpa"), {{"particles", {21, 21}}, {"features", {"py"}}}).values,
            (Values{11, -11}));
}

TEST(LheDialect, OfWhizardHasWeightsByName) {
  const Table table = load_file(dialect("whizard"), {{"particles", {24, -24}}, {"weights", "sqme_prc"}});
  ASSERT_EQ(table.rows, 2u);
  for (std::size_t row = 0; row < 2; ++row)
    EXPECT_NEAR(mass_of_pair(table.values.data() + 8 * row), 500.0, 1e-9);
  EXPECT_EQ(table.weights, (Values{0.152, 5.3}));
}

TEST(LheDialect, OfMatchedMadgraphHasPlusSignsAndReweightingBlocks) {
  const Table table = load_file(dialect("madgraph_matched"), {{"particles", {1000022, 11, -11, 1000022}}});
  ASSERT_EQ(table.rows, 1u);
  EXPECT_EQ(table.columns[0], "E(pdg 1000022 1)");
  EXPECT_EQ(table.values, (Values{130, -120, 0, 0, 5, -3, -4, 0, 5, 3, 4, 0, 140, 120, 0, 50}));
}

TEST(Csv, ATableOfFourMomentaIsReadAsItIs) {
  const DataFolder folder;
  const Table table = load_file(folder.write("pairs.csv",
                                             "E1,px1,py1,pz1,E2,px2,py2,pz2\n"
                                             "45.0000000,27.0000000,36.0000000,-0.0,45,-27,-36,0\n"
                                             "50.0,-30.0,0.0000001,40.0,50.0,30.0,-0.0000001,40.0\n"));
  EXPECT_EQ(table.columns, (Names{"E1", "px1", "py1", "pz1", "E2", "px2", "py2", "pz2"}));
  ASSERT_EQ(table.rows, 2u);
  EXPECT_EQ(table.values[10], 1e-7);
  EXPECT_DOUBLE_EQ(mass_of_pair(table.values.data()), 90);
}

struct GeneratorFile {
  const char* name;
  std::vector<int> particles;
  std::size_t rows;
  double first;
};

// scikit-hep-testdata (BSD licence) holds these files; they are no part of the repository.
TEST(EventSample, FilesOfSixGeneratorsAreReadWhole) {
  const std::string folder = std::string(SYMSCAN_SOURCE_DIR) + "/../shared/data/hep/";
  const GeneratorFile files[] = {
      {"madgraph_pp_Z_ee_14TeV_10k.lhe.gz", {11, -11}, 5006, 43.216939059},
      {"powheg_Z_100.lhe", {11, -11}, 100, 141.2545337},
      {"amcatnlo_weights_59.lhe", {24}, 59, 222.57162},
      {"sherpa_eejjj_100.lhe", {21}, 35, 14.125011968},
      {"whizard_eeWW_10.lhe", {24, -24}, 10, 250.0},
      {"madgraph_trailing_text_10.lhe", {1000022, 11, -11, 1000022}, 10, 175.18255979},
  };
  for (const auto& [name, particles, rows, first] : files) {
    if (!std::filesystem::exists(folder + name))
      GTEST_SKIP() << "the files of generators (scikit-hep-testdata) are not beside the sources";
    const Table table = load_file(folder + name, {{"particles", particles}});
    EXPECT_EQ(table.rows, rows) << name;
    EXPECT_EQ(table.values[0], first) << name;
  }
}

}  // namespace
}  // namespace symscan::test
