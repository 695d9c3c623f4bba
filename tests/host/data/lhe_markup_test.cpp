// Les Houches files as XML has them, and as people damage them: each case stands for its kind.
#include "tests/host/data/data_files.hpp"

namespace symscan::test {
namespace {

using Values = std::vector<double>;

/// A muon pair along z; the momentum tells events apart.
std::string pair_of(int pz, const std::string& status = "1") {
  const std::string p = std::to_string(pz);
  return " 2 1 1.0 91 0.0078 0.12\n 13 " + status + " 0 0 0 0 0 0 " + p + " 5e2 0.1 0 9\n -13 " + status +
         " 0 0 0 0 0 0 -" + p + " 5e2 0.1 0 9\n";
}

std::string event(int pz, const std::string& after = "") {
  return "<event>\n" + pair_of(pz) + after + "</event>\n";
}

Table lhe(const std::string& text, Json settings = Json::object()) {
  const DataFolder folder;
  if (!settings.contains("particles")) settings["particles"] = {13};
  if (!settings.contains("features")) settings["features"] = {"pz"};
  return load_file(folder.write("t.lhe", text), std::move(settings));
}

std::string lhe_error(const std::string& text, const Json& settings = Json::object()) {
  return error_of([&] { lhe(text, settings); });
}

#define EXPECT_SAYS(sentence, part) EXPECT_NE((sentence).find(part), std::string::npos) << (sentence)

TEST(LheMarkup, CommentsAreNotRead) {
  const std::string text =
      "<LesHouchesEvents>\n<!--\n" + event(1) + "-->\n<init>\n<!-- <event> -->\n</init>\n" +
      "<event> <!-- two\nlines --> 2 1 1.0 91 0.0078 0.12\n<!-- 13 1 -->\n" +
      " 13 1 0 0 0 0 0 0 2 5e2 0.1 0 9 <!-- muon -->\n -13 1 0 0 0 0 0 0 -2 5e2 0.1 0 9\n" + "<!--\n" +
      pair_of(7) + "-->\n</event>\n<!-- " + event(3) + event(4) + " -->" + event(5);
  EXPECT_EQ(lhe(text).values, (Values{2, 5}));
}

TEST(LheMarkup, TextOfHeadersAndBlocksIsNotRead) {
  for (const char* block : {"header", "slha", "MGRunCard", "MonteCarlo", "init"}) {
    const std::string name = block;
    const std::string text = "<LesHouchesEvents>\n<" + name + ">\n<event> blocks don't matter\n" + event(1) +
                             "a < b & c <event\n</" + name + ">\n<init>\n</init>\n" + event(2);
    EXPECT_EQ(lhe(text).values, (Values{2})) << block;
  }
  EXPECT_EQ(lhe("<header>\n<![CDATA[ </header>\n" + event(1) + "]]>\n</header>\n" + event(2)).values,
            (Values{2}));
  EXPECT_EQ(
      lhe("<header>\n<MG5ProcCard>\n" + event(1) + "</MG5ProcCard>\n" + event(1) + "</header>\n" + event(2))
          .values,
      (Values{2}));
}

TEST(LheMarkup, WhatHasNoEndIsSaid) {
  EXPECT_SAYS(lhe_error("<header>\n" + event(1)), "line 1 begins <header>, which has no end tag </header>");
  EXPECT_SAYS(lhe_error("<init>\n</init>\n<!-- x\n" + event(1)),
              "the comment that begins in line 3 has no end (-->)");
  EXPECT_SAYS(joined_notes(lhe(event(1) + "<!-- x\n" + event(2))),
              "the comment that begins in line 6 has no end");
  EXPECT_SAYS(lhe_error("<event>\n" + pair_of(1) + "<event>\n" + pair_of(1)),
              "line 5 begins another one before </event>");
  EXPECT_SAYS(lhe_error("<event\n" + pair_of(1) + "</event>\n"), "has no '>'");
}

TEST(LheMarkup, SeveralTagsMayShareALine) {
  const std::string text =
      "<LesHouchesEvents><init></init><event>" + pair_of(1) + "</event><event>" + pair_of(2) +
      "<rwgt><wgt id='a'>1.5</wgt><wgt id=\"b\"> 2D0 </wgt></rwgt></event><event>\n" + pair_of(3);
  const std::size_t last = text.rfind('\n');
  EXPECT_EQ(lhe(text.substr(0, last) + "</event></LesHouchesEvents>").values, (Values{1, 2, 3}));
}

TEST(LheMarkup, ByteOrderMarksAndLineEndsOfOtherSystems) {
  EXPECT_EQ(lhe("\xEF\xBB\xBF" + event(4)).values, (Values{4}));
  std::string windows;
  for (const char c : event(4) + event(5)) windows += c == '\n' ? std::string("\r\n") : std::string(1, c);
  EXPECT_EQ(lhe(windows).values, (Values{4, 5}));
  std::string mac = event(4);
  std::replace(mac.begin(), mac.end(), '\n', '\r');
  EXPECT_SAYS(lhe_error(mac), "end with CR only");
  std::string wide = "\xFF\xFE", bare;
  for (const char c : event(4)) (wide += c) += '\0', (bare += c) += '\0';
  EXPECT_SAYS(lhe_error(wide), "is UTF-16 text");
  EXPECT_SAYS(lhe_error(bare), "is UTF-16 text");
}

TEST(LheMarkup, CountsThatDisagreeWithTheLinesAreRefused) {
  std::string more = event(1), fewer = event(1);
  more.replace(more.find(" 2 1 1.0"), 2, " 3");
  fewer.replace(fewer.find(" 2 1 1.0"), 2, " 1");
  EXPECT_SAYS(lhe_error(more),
              "t.lhe line 5: the event ends after 2 of the 3 particles that line 2 announces (NUP)");
  EXPECT_SAYS(lhe_error(fewer),
              "t.lhe line 4 holds a further particle, although line 2 says that the event has 1");
}

TEST(LheMarkup, MissingNumbersAreRefusedAndMissingSpinsAreNot) {
  const std::string line = " 13 1 0 0 0 0 3 0 4 5.001 0.1 0 9\n";
  const auto with = [](const std::string& particle) {
    return "<event>\n 1 1 1.0 91 0.0078 0.12\n" + particle + "</event>\n";
  };
  EXPECT_EQ(lhe(with(line)).values, (Values{4}));
  EXPECT_EQ(lhe(with(" 13 1 0 0 0 0 3 0 4 5.001 0.1 0\n")).values, (Values{4}));
  EXPECT_EQ(lhe(with(" 13 1 0 0 0 0 3 0 4 5.001 0.1\n")).values, (Values{4}));
  EXPECT_SAYS(lhe_error(with(" 13 1 0 0 0 3 0 4 5.001 0.1 0 9\n")), "line 3");
  EXPECT_SAYS(lhe_error(with(" 13 1 0 0 0 0 0 4 5.001 0.1 0 9\n")),
              "line 3 has 12 numbers, where a particle has 13");
  EXPECT_SAYS(lhe_error("<event>\n 1 1.0 91 0.0078 0.12\n" + line + "</event>\n"), "line 2 has 5 numbers");
}

TEST(LheMarkup, TextWithinOtherElementsIsNoParticle) {
  const std::string numbers = "<mgrwt>\n<rscale> 2 91.1</rscale>\n1 2 3 4 5 6 7 8 9 10 11 12 13\n</mgrwt>\n";
  EXPECT_EQ(lhe(event(1, numbers)).values, (Values{1}));
  std::string more = event(1, numbers);
  more.replace(more.find(" 2 1 1.0"), 2, " 3");
  EXPECT_SAYS(lhe_error(more), "the event ends after 2 of the 3 particles that line 2 announces (NUP)");
}

TEST(LheMarkup, AnotherFormatIsNamed) {
  EXPECT_SAYS(lhe_error("HepMC::Version 3.02.05\nHepMC::Asciiv3-START_EVENT_LISTING\nE 0 1 1\n"),
              "set dataset.format=hepmc");
}

TEST(LheMarkup, EmptyEventsAreCounted) {
  const Table table =
      lhe("<event>\n</event>\n<event/>\n" + event(3) + "<event>\n 0 1 1.0 91 0.1 0.1\n</event>\n");
  EXPECT_EQ(table.values, (Values{3}));
  EXPECT_SAYS(joined_notes(table), "2 events of");
  EXPECT_SAYS(joined_notes(table), "1 of 2 events");
}

TEST(LheMarkup, IdsDoNotWrap) {
  std::string text = event(1);
  text.replace(text.find(" 13 1"), 3, " 4294967309");
  EXPECT_SAYS(lhe_error(text),
              "t.lhe line 3: the particle id (IDUP) is '4294967309', which is not an integer in range");
  EXPECT_SAYS(lhe_error(event(1), {{"particles", {4294967309}}}), "holds 4294967309, which is not a PDG id");
  EXPECT_SAYS(lhe_error(event(1), {{"statuses", {4294967297}}}), "is not a status code");
}

TEST(LheMarkup, MomentaThatAreNotFiniteNameTheLine) {
  std::string text = event(1) + event(2);
  text.replace(text.rfind(" 2 5e2"), 2, " NaN");
  EXPECT_SAYS(lhe_error(text), "the event of line 6 is not finite: column 'pz(mu-)' is NaN");
  EXPECT_EQ(lhe(text, {{"on_nonfinite", "drop"}}).values, (Values{1}));
  std::string negative = event(1);
  negative.replace(negative.find(" 5e2"), 4, " -5e2");
  EXPECT_SAYS(joined_notes(lhe(negative)), "1 event of");
  EXPECT_SAYS(joined_notes(lhe(negative)), "with a negative energy");
}

// ---- weights

TEST(LheWeights, OnlyTheAttributeIdOrNameCounts) {
  const std::string text =
      event(1, "<rwgt>\n<wgt MUF=\"2\" id='1'>3</wgt>\n<wgt MUF=\"1\" id = '2'>\n4\n</wgt></rwgt>\n") +
      event(2, "<wgt id=1>5</wgt><wgt ID='2' MUF='1'>6</wgt>");
  EXPECT_EQ(lhe(text, {{"weights", "1"}}).weights, (Values{3, 5}));
  EXPECT_EQ(lhe(text, {{"weights", "2"}}).weights, (Values{4, 6}));
  EXPECT_SAYS(lhe_error(text, {{"weights", "3"}}),
              "t.lhe line 10: the event has no weight '3' (dataset.weights); the first event has 1, 2");
}

TEST(LheWeights, ListsHaveTheOrderOfTheDeclarations) {
  const std::string declared =
      "<LesHouchesEvents>\n<header>\n</header>\n<init>\n<initrwgt>\n<weightgroup name='scales'>\n"
      "<weight id=\"1001\" MUF=\"1\"> central </weight><weight id='1002' "
      "MUR='2'>up</weight>\n</weightgroup>\n"
      "<weight id='1003'/>\n</initrwgt>\n</init>\n";
  const std::string text = declared + event(1, "<weights>\n1.0 2.0\n3.0\n</weights>\n") +
                           event(2, "<weights> 1.5 2.5 3.5 </weights>\n");
  EXPECT_EQ(lhe(text, {{"weights", "1002"}}).weights, (Values{2, 2.5}));
  EXPECT_EQ(lhe(text, {{"weights", "1003"}}).weights, (Values{3, 3.5}));
  EXPECT_EQ(lhe(text, {{"weights", "up"}}).weights, (Values{2, 2.5}));
  EXPECT_TRUE(lhe(text).weights.empty());  // XWGTUP
  EXPECT_SAYS(lhe_error(text, {{"weights", "1004"}}), "the file declares 1001, 1002, 1003");
  EXPECT_SAYS(lhe_error(declared + event(1, "<weights>1 2</weights>\n"), {{"weights", "1001"}}),
              "a list of 2 weights, and the file declares 3");
}

TEST(LheWeights, DeclarationsMayStandInTheHeader) {
  const std::string text = "<header>\n<initrwgt>\n<weight id='7'>muR=2</weight>\n</initrwgt>\n</header>\n" +
                           event(1, "<wgt id='7'>2</wgt>\n") + event(2, "<wgt id='7'>3</wgt>\n");
  EXPECT_EQ(lhe(text, {{"weights", "muR=2"}}).weights, (Values{2, 3}));
}

TEST(LheWeights, AreRefusedWhereTheyAreMissingOrTwoOrNoNumbers) {
  const std::string good = event(1, "<wgt id='a'>2</wgt>\n");
  EXPECT_SAYS(lhe_error(good + event(2), {{"weights", "a"}}), "t.lhe line 11: the event has no weight 'a'");
  EXPECT_SAYS(lhe_error(event(1, "<wgt id='a'>2</wgt><wgt id='a'>3</wgt>\n"), {{"weights", "a"}}),
              "two weights 'a'");
  EXPECT_SAYS(lhe_error(event(1, "<wgt id='a'>two</wgt>\n"), {{"weights", "a"}}), "the weight is 'two'");
}

TEST(Weights, WithoutAPositiveOneAreRefusedInEveryFormat) {
  std::string zero = event(1) + event(2), negative = zero;
  for (std::size_t at = 0; (at = zero.find("1.0 91", at)) != std::string::npos;) zero.replace(at, 3, "0.0");
  for (std::size_t at = 0; (at = negative.find("1.0 91", at)) != std::string::npos;)
    negative.replace(at, 3, "-2.");
  EXPECT_SAYS(lhe_error(zero), "sum to 0, and none is positive");
  EXPECT_SAYS(lhe_error(negative), "sum to -4, and none is positive");
  EXPECT_EQ(lhe(zero, {{"weights", "none"}}).rows, 2u);  // what the sentence proposes
  const DataFolder folder;
  const std::string csv = folder.write("t.csv", "x,w\n1,0\n2,0\n");
  EXPECT_SAYS(error_of([&] { load_file(csv, {{"weights", "w"}}); }), "sum to 0, and none is positive");
}

// ---- status codes and conditions

TEST(Events, OtherStatusesAreTakenOnRequest) {
  const std::string text =
      "<event>\n 3 1 1.0 91 0.1 0.1\n 23 2 0 0 0 0 0 0 7 100 91 0 9\n 13 1 0 0 0 0 0 0 3 50 0.1 0 9\n"
      " -13 1 0 0 0 0 0 0 4 50 0.1 0 9\n</event>\n";
  EXPECT_EQ(lhe(text, {{"particles", {23}}, {"statuses", {2}}}).values, (Values{7}));
  EXPECT_EQ(lhe(text, {{"particles", {23, 13}}, {"statuses", {1, 2}}}).values, (Values{7, 3}));
  const std::string sentence = lhe_error(text, {{"particles", {23}}});
  EXPECT_SAYS(sentence, "dataset.statuses=[2] takes them");
  EXPECT_SAYS(lhe_error(text, {{"particles", {13}}, {"statuses", Json::array()}}),
              "dataset.statuses is empty");
}

TEST(Events, WithoutStatusOneNameTheStatusesThereAre) {
  const std::string text =
      "<event>\n" + pair_of(1, "0") + "</event>\n<event>\n" + pair_of(2, "0") + "</event>\n";
  const std::string with_particles = lhe_error(text);
  EXPECT_SAYS(with_particles,
              "no particle has status 1 (dataset.statuses), there are those of status 0 in 2 of 2 events");
  EXPECT_SAYS(with_particles, "dataset.statuses=[0] takes them");
  EXPECT_EQ(lhe(text, {{"statuses", {0}}}).rows, 2u);
  const std::string without = lhe_error(text, {{"particles", Json::array()}});
  EXPECT_SAYS(without, "has no particle of status 1");
  EXPECT_SAYS(without, "dataset.statuses=[0] dataset.particles=[13,-13]");
}

TEST(Events, ProposedParticlesOccurTogether) {
  const auto single = [](int id) {
    return "<event>\n 1 1 1.0 91 0.1 0.1\n " + std::to_string(id) + " 1 0 0 0 0 0 0 1 1 0 0 9\n</event>\n";
  };
  const Json none = {{"particles", Json::array()}};
  EXPECT_SAYS(lhe_error(single(11) + single(-11) + single(22), none), "for example dataset.particles=[22]");
  EXPECT_SAYS(lhe_error(single(11) + single(-11), none), "for example dataset.particles=[11]");
}

TEST(Events, ConditionsMayUseFeaturesThatAreNotTaken) {
  const std::string text = event(1) + event(20) + event(30);
  const Table table = lhe(text, {{"features", {"E"}}, {"select", "pz(mu-) > 5 && abs(phi(mu-)) < 4"}});
  EXPECT_EQ(table.rows, 2u);
  EXPECT_EQ(table.columns, std::vector<std::string>{"E(mu-)"});
  EXPECT_EQ(lhe(text, {{"select", "pz(mu-) < 25"}}).values, (Values{1, 20}));
  EXPECT_SAYS(lhe_error(text, {{"select", "pz(mu+) > 1"}}), "dataset.select");
  EXPECT_EQ(lhe(text, {{"columns", {"m(mu-)", "pz(mu-)"}}}).values, (Values{0.1, 1, 0.1, 20, 0.1, 30}));
}

}  // namespace
}  // namespace symscan::test
