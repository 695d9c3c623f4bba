// Les Houches files as XML has them, and as people damage them: each case stands for its kind.
#include "tests/host/data/data_files.hpp"
#include "tests/host/data/lhe_text.hpp"

namespace symscan::test {
namespace {

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

}  // namespace
}  // namespace symscan::test
