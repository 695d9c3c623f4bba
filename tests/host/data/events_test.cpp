// What is taken of events: weights, status codes, conditions; and what is said of a file.
#include "host/data/formats.hpp"
#include "host/data/text_values.hpp"
#include "tests/host/data/data_files.hpp"
#include "tests/host/data/lhe_text.hpp"

namespace symscan::test {
namespace {

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

TEST(LheWeights, XwgtupIsTheWeightOfTheEventLine) {
  std::string second = event(2, "<wgt id='a'>7</wgt>\n");
  second.replace(second.find("1.0 91"), 3, "2.5");
  const std::string text = event(1, "<wgt id='a'>6</wgt>\n") + second;
  EXPECT_EQ(lhe(text, {{"weights", "XWGTUP"}}).weights, (Values{1, 2.5}));
  EXPECT_EQ(lhe(text).weights, (Values{1, 2.5}));
}

TEST(LheWeights, EntitiesOfIdsAreTheirCharacters) {
  const std::string text =
      "<initrwgt>\n<weight id='a&lt;b'>mu &gt; 2 &amp; &#34;x&#x22;</weight>\n</initrwgt>\n" +
      event(1, "<wgt id='a&lt;b'>2</wgt><wgt id='c&d &bad; &#7;'>4</wgt>\n") +
      event(2, "<wgt id='a&#60;b'>3</wgt><wgt id='c&amp;d &bad; &#7;'>5</wgt>\n");
  EXPECT_EQ(lhe(text, {{"weights", "a<b"}}).weights, (Values{2, 3}));
  EXPECT_EQ(lhe(text, {{"weights", "mu > 2 & \"x\""}}).weights, (Values{2, 3}));
  EXPECT_EQ(lhe(text, {{"weights", "c&d &bad; &#7;"}}).weights, (Values{4, 5}));
  EXPECT_SAYS(lhe_error(text, {{"weights", "z"}}), "the first event has a<b, c&d");
}

TEST(LheWeights, AFurtherFileHasItsOwnDeclarations) {
  const auto declared = [](const std::string& ids) {
    std::string text = "<init>\n<initrwgt>\n";
    for (const char id : ids) text += std::string("<weight id='") + id + "'>text " + id + "</weight>\n";
    return text + "</initrwgt>\n</init>\n";
  };
  const auto file = [](const std::string& text) {
    return "<LesHouchesEvents>\n" + text + "</LesHouchesEvents>\n";
  };
  const std::string first = declared("abc") + event(1, "<weights>1 2 3</weights>\n"),
                    second = declared("ca") + event(2, "<weights>5 6</weights>\n");
  for (const std::string& text : {file(first) + file(second), first + second}) {
    EXPECT_EQ(lhe(text, {{"weights", "c"}}).weights, (Values{3, 5}));
    EXPECT_EQ(lhe(text, {{"weights", "text a"}}).weights, (Values{1, 6}));
    EXPECT_SAYS(lhe_error(text, {{"weights", "b"}}), "the event has no weight 'b'");
  }
  EXPECT_SAYS(lhe_error(file(first) + file(event(2, "<weights>4 5 6</weights>\n")), {{"weights", "a"}}),
              "a list of 3 weights, and the file declares 0");
  // Two blocks before the events are one list.
  EXPECT_EQ(lhe(declared("ab") + declared("c") + event(1, "<weights>1 2 3</weights>\n") +
                    event(2, "<weights>4 5 6</weights>\n"),
                {{"weights", "c"}})
                .weights,
            (Values{3, 6}));
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

// ---- numbers

TEST(EventNumbers, ExponentsOfFortranNeedNoLetter) {
  const auto number = [](const std::string& text) {
    double value = -1;
    return parse_number(text, value) ? value : -77;
  };
  EXPECT_EQ(number("+1.0000000000-103"), 1e-103);
  EXPECT_EQ(number("+1.0000000000+00"), 1.0);
  EXPECT_EQ(number("-1.2500000000+02"), -125.0);
  EXPECT_EQ(number("0.12345-100"), 0.12345e-100);
  EXPECT_EQ(number(".12345678+01"), 1.2345678);
  EXPECT_EQ(number("1.0000000-400"), 0.0);
  // Ranges, dates and sums are no numbers.
  for (const char* text : {"10.5-20", "0.5-10", "2020.01-15", "12.000000-13", "1.000000-1", "1-100", "1.-",
                           ".-100", "-.+100", "1.0000000+-00", "1.5+1.25", "1.000000-x1", "+-1.0000000+00"})
    EXPECT_EQ(number(text), -77) << text;
  EXPECT_EQ(lhe("<event>\n 1 1 +1.0000000000+00 91 0.1 0.1\n 13 1 0 0 0 0 0 0 +4.0000000000+01 "
                "+5.0000000000+01 +1.0000000000-103 0 9\n</event>\n",
                {{"features", {"pz", "E"}}})
                .values,
            (Values{40, 50}));
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

TEST(Events, FurtherParticlesOfAnIdAreNoted) {
  const auto with_muons = [](int count) {
    std::string text =
        "<event>\n " + std::to_string(count + 1) + " 1 1 0 0 0\n -13 1 0 0 0 0 0 0 9 9 0 0 9\n";
    for (int i = 1; i <= count; ++i)
      text += " 13 1 0 0 0 0 0 0 " + std::to_string(i) + " " + std::to_string(i) + " 0 0 9\n";
    return text + "</event>\n";
  };
  const std::string text = with_muons(1) + with_muons(2) + with_muons(3) + with_muons(0);
  const Table one = lhe(text, {{"particles", {13, -13}}});
  EXPECT_EQ(one.values, (Values{1, 9, 1, 9, 1, 9}));
  EXPECT_SAYS(joined_notes(one), "2 of the 3 events taken from ");
  EXPECT_SAYS(joined_notes(one), "t.lhe have more than one mu- (13); the first in the file was taken");
  EXPECT_EQ(joined_notes(one).find("mu+ (-13);"), std::string::npos);
  EXPECT_SAYS(joined_notes(lhe(text, {{"particles", {13, 13}}})),
              "t.lhe have more than 2 mu- (13); the first 2 in the file were taken");
  EXPECT_EQ(joined_notes(lhe(text, {{"particles", {13, 13, 13}}})).find("more than"), std::string::npos);
  EXPECT_EQ(joined_notes(lhe(with_muons(1) + with_muons(1))), "");
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

TEST(Events, TheTargetMayBeAFeatureThatIsNotTaken) {
  const Table table = lhe(event(1) + event(20), {{"features", {"px", "pz"}}, {"target", "E(mu-)"}});
  EXPECT_EQ(table.columns, (std::vector<std::string>{"px(mu-)", "pz(mu-)"}));
  EXPECT_EQ(table.target, (Values{500, 500}));
}

TEST(Events, FeaturesAreNamedOnce) {
  EXPECT_SAYS(lhe_error(event(1), {{"features", {"pz", "E", "pz"}}}), "dataset.features names 'pz' twice");
}

TEST(Events, EverySettingOfTheContentsCanBeRead) {
  const DataFolder folder;
  const std::string resonance = " 23 2 0 0 0 0 0 0 7 100 91 0 9\n";
  std::string text = "<init>\n<initrwgt>\n<weight id='a'>central</weight>\n</initrwgt>\n</init>\n";
  for (int i = 1; i <= 3; ++i) {
    std::string one = event(i, "<wgt id='a'>" + std::to_string(i) + "</wgt>\n");
    one.replace(one.find(" 2 1 1.0"), 2, " 3").insert(one.find(" 13 1"), resonance);
    text += one;
  }
  FileOptions options;
  options.path = folder.write("t.lhe", text);
  const std::vector<ContentItem> items = format_called("lhe").contents(options);
  std::vector<std::string> names;
  for (const ContentItem& item : items) {
    names.push_back(item.name);
    Json settings = {{"particles", {13, -13}}};
    for (const std::string& word : item.settings) {
      const std::size_t equals = word.find('=');
      ASSERT_TRUE(word.starts_with("dataset.")) << word;
      const std::string key = word.substr(8, equals - 8), value = word.substr(equals + 1);
      settings[key] = key == "weights" ? Json(value) : Json::parse(value);
    }
    EXPECT_EQ(load_file(options.path, settings).rows, 3u) << item.name;
  }
  EXPECT_EQ(names, (std::vector<std::string>{"mu- (13) and mu+ (-13)", "mu- (13)", "mu+ (-13)", "status 2",
                                             "weight a"}));
}

}  // namespace
}  // namespace symscan::test
