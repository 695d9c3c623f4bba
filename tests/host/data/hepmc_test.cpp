// HepMC: both text formats, units, weights, and what is damaged.
#include "host/data/formats.hpp"
#include "host/data/write_table.hpp"
#include "tests/host/data/data_files.hpp"

namespace symscan::test {
namespace {

using Names = std::vector<std::string>;
using Values = std::vector<double>;

const std::string kBegin3 = "HepMC::Version 3.02.05\nHepMC::Asciiv3-START_EVENT_LISTING\n";
const std::string kEnd3 = "HepMC::Asciiv3-END_EVENT_LISTING\n\n";
const std::string kBegin2 = "\nHepMC::Version 2.06.09\nHepMC::IO_GenEvent-START_EVENT_LISTING\n";
const std::string kEnd2 = "HepMC::IO_GenEvent-END_EVENT_LISTING\n";

/// Two beams, a Z of status 2 and two muons, as HepMC3 writes them.
std::string event3(const std::string& pz, const std::string& weights = "W 1.0\n",
                   const std::string& units = "U GEV MM\n") {
  return "E 0 2 5 @ 0 0 0 0\n" + units + weights +
         "A 0 GenCrossSection 1.0e+01 1.0e-01 -1 -1\nA 0 signal_process_id 221\n"
         "P 1 0 2212 0 0 7.0e+03 7.0e+03 0.938 4\nP 2 0 2212 0 0 -7.0e+03 7.0e+03 0.938 4\n"
         "V -1 0 [1,2] @ 1.0e-01 2.0e-01 3.0e-01 4.0e-01\n"
         "P 3 -1 23 1.0e+00 0 0 9.2e+01 9.12e+01 2\n"
         "P 4 3 13 1.5 0 " +
         pz + " 5.0e+01 1.0566e-01 1\nP 5 3 -13 -1.5 0 -" + pz + " 5.0e+01 1.0566e-01 1\n";
}

std::string event2(const std::string& pz, const std::string& weights = "1 1.0\n",
                   const std::string& units = "U GEV MM\n") {
  return "E 0 -1 9.1e+01 1.1e-01 7.8e-03 221 -1 2 10001 10002 2 5000000001 7 " + weights + units +
         "C 1.0e+01 1.0e-01\nF 1 -1 0.1 0.2 91 0 0 0 0\n"
         "V -1 0 0 0 0 0 2 1 0\nP 10001 2212 0 0 7.0e+03 7.0e+03 0.938 4 0 0 -1 0\n"
         "P 10002 2212 0 0 -7.0e+03 7.0e+03 0.938 4 0 0 -1 0\nP 10003 23 1 0 0 9.2e+01 9.12e+01 2 0 0 -2 1 1 "
         "501\n"
         "V -2 0 0 0 0 0 0 2 1 1.0\nP 10004 13 1.5 0 " +
         pz + " 5.0e+01 1.0566e-01 1 0 0 0 0\nP 10005 -13 -1.5 0 -" + pz + " 5.0e+01 1.0566e-01 1 0 0 0 0\n";
}

Table hepmc(const std::string& text, Json settings = Json::object(), const std::string& name = "t.hepmc") {
  const DataFolder folder;
  if (!settings.contains("particles")) settings["particles"] = {13};
  if (!settings.contains("features")) settings["features"] = {"pz"};
  return load_file(folder.write(name, text), std::move(settings));
}

std::string hepmc_error(const std::string& text, const Json& settings = Json::object()) {
  return error_of([&] { hepmc(text, settings); });
}

#define EXPECT_HEPMC_SAYS(sentence, part) EXPECT_NE((sentence).find(part), std::string::npos) << (sentence)

TEST(Hepmc, FourMomentaOfBothFormats) {
  const Json all = {{"particles", {13, -13}}, {"features", {"E", "px", "py", "pz", "m"}}};
  for (const auto& text :
       {kBegin3 + event3("40") + event3("41.5") + kEnd3, kBegin2 + event2("40") + event2("41.5") + kEnd2}) {
    const Table table = hepmc(text, all);
    EXPECT_EQ(table.columns.front(), "E(mu-)");
    EXPECT_EQ(table.values, (Values{50, 1.5, 0, 40,   0.10566, 50, -1.5, 0, -40,   0.10566,
                                    50, 1.5, 0, 41.5, 0.10566, 50, -1.5, 0, -41.5, 0.10566}));
    EXPECT_TRUE(table.weights.empty());
    EXPECT_EQ(joined_notes(hepmc(text)), "");
  }
}

TEST(Hepmc, EveryEndingIsRead) {
  for (const char* name : {"t.hepmc", "t.hepmc2", "t.hepmc3"})
    EXPECT_EQ(hepmc(kBegin3 + event3("40") + kEnd3, {}, name).rows, 1u) << name;
  EXPECT_EQ(hepmc(kBegin3 + event3("40") + kEnd3, {{"format", "hepmc"}}, "events.txt").rows, 1u);
}

TEST(Hepmc, MomentaInMevBecomeGev) {
  for (const auto& text : {kBegin3 + event3("40123.5", "W 1.0\n", "U MEV CM\n") + kEnd3,
                           kBegin2 + event2("40123.5", "1 1.0\n", "U MEV CM\n") + kEnd2}) {
    const Table table = hepmc(text, {{"features", {"pz", "m"}}});
    EXPECT_EQ(table.values, (Values{40.1235, 1.0566e-4}));
    EXPECT_HEPMC_SAYS(joined_notes(table), "1 event of");
    EXPECT_HEPMC_SAYS(joined_notes(table), "are in MeV and were turned into GeV");
  }
  EXPECT_HEPMC_SAYS(joined_notes(hepmc(kBegin2 + event2("4", "1 1.0\n", "") + kEnd2)),
                    "state no units: GeV is assumed");
  EXPECT_HEPMC_SAYS(hepmc_error(kBegin3 + event3("4", "W 1.0\n", "U TEV MM\n") + kEnd3),
                    "t.hepmc line 4: the unit of momenta is 'TEV'");
}

TEST(Hepmc, DecayedParticlesAreTakenByStatus) {
  const std::string text = kBegin3 + event3("40") + kEnd3;
  EXPECT_EQ(hepmc(text, {{"particles", {23}}, {"statuses", {2}}, {"features", {"m"}}}).values,
            (Values{91.2}));
  EXPECT_HEPMC_SAYS(hepmc_error(text, {{"particles", {23}}}), "dataset.statuses=[2] takes them");
}

TEST(Hepmc, WeightsByNameAndPlace) {
  const std::string three = kBegin3 + "W nominal\\|mu R=2\\|c\\\\d\nT Pythia8\\|8.3\\|x\nA seed 1\n" +
                            event3("40", "W 1.0 2.0 3.0\n") + event3("41", "W 1.5 2.5 3.5\n") + kEnd3;
  const std::string two = kBegin2 + event2("40", "3 1.0 2.0 3.0\nN 3 \"nominal\" \"mu R=2\" \"c\\d\"\n") +
                          event2("41", "3 1.5 2.5 3.5\nN 3 \"nominal\" \"mu R=2\" \"c\\d\"\n") + kEnd2;
  for (const std::string& text : {three, two}) {
    EXPECT_EQ(hepmc(text).weights, (Values{1, 1.5}));
    EXPECT_TRUE(hepmc(text, {{"weights", "none"}}).weights.empty());
    EXPECT_EQ(hepmc(text, {{"weights", "mu R=2"}}).weights, (Values{2, 2.5}));
    EXPECT_EQ(hepmc(text, {{"weights", "c\\d"}}).weights, (Values{3, 3.5}));
    EXPECT_EQ(hepmc(text, {{"weights", "2"}}).weights, (Values{3, 3.5}));
    EXPECT_HEPMC_SAYS(hepmc_error(text, {{"weights", "up"}}),
                      "has no weight 'up' (dataset.weights); it has 3: nominal, mu R=2, c");
    EXPECT_HEPMC_SAYS(hepmc_error(text, {{"weights", "3"}}), "has no weight '3'");
  }
}

TEST(Hepmc, QuotedNamesEndInTheirLine) {
  std::string text = kBegin2;
  for (const char* pz : {"40", "41", "42"}) text += event2(pz, "2 1.0 2.0\nN 2 \"a\" \"b\"\n");
  text += kEnd2;
  EXPECT_EQ(hepmc(text).rows, 3u);
  const std::string second = text.substr(0, text.find("41 "));
  for (const char* lost : {"\"a", "a\"", "\"b", "b\""}) {
    std::string damaged = text;
    damaged.erase(second.rfind(lost) + (lost[0] == '"' ? 0 : 1), 1);
    for (const char* weights : {"auto", "none", "1", "a"})
      EXPECT_HEPMC_SAYS(hepmc_error(damaged, {{"weights", weights}}),
                        "t.hepmc line 17 holds an odd number of \"");
  }
}

TEST(Hepmc, EventsWithoutWeights) {
  EXPECT_TRUE(hepmc(kBegin3 + event3("40", "") + event3("41", "") + kEnd3).weights.empty());
  const std::string some = kBegin3 + event3("40", "") + event3("41", "W 2\n") + kEnd3;
  EXPECT_EQ(hepmc(kBegin3 + event3("40", "W 1\n") + event3("41", "W 2\n") + kEnd3).weights, (Values{1, 2}));
  EXPECT_HEPMC_SAYS(hepmc_error(kBegin3 + event3("40", "W 2\n") + event3("41", "") + kEnd3),
                    "set dataset.weights=none");
  EXPECT_HEPMC_SAYS(hepmc_error(some), "set dataset.weights=none");
  EXPECT_EQ(hepmc(some, {{"weights", "none"}}).rows, 2u);
}

TEST(Hepmc, AFurtherListingFollows) {
  const std::string text = kBegin3 + "W a\\|b\n" + event3("40", "W 1 2\n") + kEnd3 + kBegin3 + "W b\\|a\n" +
                           event3("41", "W 3 4\n") + "W a\n" + event3("42", "W 7\n") + kEnd3 + kBegin2 +
                           event2("43", "1 9\nN 1 \"a\"\n") + kEnd2;
  EXPECT_EQ(hepmc(text, {{"weights", "a"}}).weights, (Values{1, 4, 7, 9}));
  EXPECT_EQ(hepmc(text).values, (Values{40, 41, 42, 43}));
}

TEST(Hepmc, CutOffEventsAreNotedAndTheRestKept) {
  for (const bool three : {true, false}) {
    const std::string first = three ? kBegin3 + event3("40") : kBegin2 + event2("40");
    const std::string second = three ? event3("41") : event2("41");
    for (std::size_t cut = 1; cut < second.size(); ++cut) {
      const Table table = hepmc(first + second.substr(0, cut));
      ASSERT_EQ(table.values, (Values{40})) << cut;
      ASSERT_NE(joined_notes(table), "") << cut;
    }
    EXPECT_HEPMC_SAYS(joined_notes(hepmc(first + second)), "ends without an END_EVENT_LISTING line");
    EXPECT_HEPMC_SAYS(hepmc_error(first.substr(0, first.size() - 5)), "no complete event");
  }
}

TEST(Hepmc, CountsThatDisagreeWithTheLinesAreRefused) {
  std::string lost = kBegin3 + event3("40") + event3("41") + kEnd3;
  lost.erase(lost.find("P 4 3 13"), lost.find("P 5 3") - lost.find("P 4 3 13"));
  EXPECT_HEPMC_SAYS(hepmc_error(lost),
                    "the event that begins in line 3 holds 4 particles where 5 are announced");
  std::string vertex = kBegin2 + event2("40") + event2("41") + kEnd2;
  vertex.erase(vertex.find("P 10004"), vertex.find("P 10005") - vertex.find("P 10004"));
  EXPECT_HEPMC_SAYS(hepmc_error(vertex), "holds 4 particles where 5 are announced");
  // Announced and not there: nothing is allocated for.
  EXPECT_HEPMC_SAYS(hepmc_error(kBegin3 + "E 0 2000000000 2000000000\nU GEV MM\n" + kEnd3),
                    "holds 0 particles");
  EXPECT_HEPMC_SAYS(hepmc_error(kBegin2 + "E 0 0 0 0 0 0 0 2000000000 1 2 0 2000000000 1\n" + kEnd2),
                    "ends before the weight");
}

TEST(Hepmc, WhatIsNoneIsNamed) {
  EXPECT_HEPMC_SAYS(hepmc_error("HepMC::Version 2.0\nHepMC::IO_ExtendedAscii-START_EVENT_LISTING\n"),
                    "'HepMC::IO_ExtendedAscii-START");
  EXPECT_HEPMC_SAYS(hepmc_error("E       2        5\n 4 2212 0 0\n"), "is it HEPEVT?");
  EXPECT_HEPMC_SAYS(hepmc_error("root\x01\x02\n"), "is a ROOT file");
  EXPECT_HEPMC_SAYS(hepmc_error("hmpb\x01\x02\n"), "protobuf");
  EXPECT_HEPMC_SAYS(hepmc_error("<LesHouchesEvents>\n"), "dataset.format=lhe");
  EXPECT_HEPMC_SAYS(hepmc_error("hello\n"), "is it a HepMC file?");
  EXPECT_HEPMC_SAYS(hepmc_error(kBegin3 + kEnd3), "holds no events");
  EXPECT_HEPMC_SAYS(hepmc_error(kBegin3 + event3("40") + "x y\n" + kEnd3),
                    "line 14 begins with none of the letters");
  EXPECT_HEPMC_SAYS(hepmc_error(kBegin3 + event3("forty") + kEnd3), "line 12: the pz is 'forty'");
  EXPECT_HEPMC_SAYS(hepmc_error(kBegin3 + event3("40", "W one\n") + kEnd3), "line 5: the weight is 'one'");
}

TEST(Hepmc, ContentsNameParticlesStatusesAndWeights) {
  const DataFolder folder;
  FileOptions options;
  options.path = folder.write("t.hepmc", kBegin3 + "W nominal\\|up\n" + event3("40", "W 1 2\n") + kEnd3);
  const std::vector<ContentItem> items = format_called("hepmc").contents(options);
  ASSERT_GE(items.size(), 5u);
  EXPECT_EQ(items[0].name, "mu- (13) and mu+ (-13)");
  EXPECT_EQ(items[0].settings, Names{"dataset.particles=[13,-13]"});
  EXPECT_EQ(items[1].description, "in 1 of 1 events");
  EXPECT_EQ(items.back().name, "weight up");
  EXPECT_EQ(items.back().settings, Names{"dataset.weights=up"});
  bool resonance = false;
  for (const ContentItem& item : items)
    resonance |= item.settings == Names{"dataset.statuses=[2]", "dataset.particles=[23]"};
  EXPECT_TRUE(resonance);
}

TEST(Hepmc, WrittenEventsComeBackBitForBit) {
  const DataFolder folder;
  Table table = load_dataset(builtin_settings("ee_mumu", 50, 4));
  for (std::size_t i = 0; i < table.values.size(); ++i) table.values[i] /= 3;  // float64, not float32
  table.weights.assign(50, 1.0);
  table.weights[7] = -2.0 / 3;
  for (const char* name : {"t.hepmc", "t.hepmc.gz", "t.lhe", "t.lhe.gz"}) {
    write_table(table, folder.path(name));
    const Table read = load_file(folder.path(name), {{"particles", {13, -13}}});
    EXPECT_EQ(read.columns, table.columns) << name;
    EXPECT_EQ(read.values, table.values) << name;
    EXPECT_EQ(read.weights, table.weights) << name;
  }
  table.columns[0] = "x";
  EXPECT_HEPMC_SAYS(error_of([&] { write_table(table, folder.path("x.hepmc")); }),
                    "cannot write a HepMC file: the column 'x'");
}

}  // namespace
}  // namespace symscan::test
