// How values may be written on a command line, where shells take quotes away.
#include <gtest/gtest.h>

#include <random>

#include "host/base/error.hpp"
#include "host/base/text.hpp"
#include "host/config/config.hpp"

namespace symscan {
namespace {

const Json csv = {{"dataset", {{"kind", "file"}, {"path", "a.csv"}}}};

Json dataset_after(const std::string& setting, const Json& document = csv) {
  return parse_config(document, {setting}).replicas.at(0).dataset;
}

Json columns_after(const std::string& text) {
  return dataset_after("dataset.columns=" + text).at("columns");
}

std::string message_of(const std::string& setting, const Json& document = csv) {
  try {
    parse_config(document, {setting});
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "no error";
}

TEST(OverrideList, NeedsNoQuotes) {
  const Json xy = {"x", "y"};
  for (const char* text : {R"(["x","y"])", "[x,y]", "x,y", "[x, y]", " x , y", R"([x,"y"])", R"("x",y)"}) {
    EXPECT_EQ(columns_after(text), xy) << text;
  }
  EXPECT_EQ(dataset_after("dataset.0.columns=x,y").at("columns"), xy);
  EXPECT_EQ(columns_after("x"), Json::array({"x"}));
  EXPECT_EQ(columns_after("[x]"), Json::array({"x"}));
  EXPECT_EQ(columns_after(R"("x,y")"), Json::array({"x,y"})) << "quotes that arrive protect the comma";
  EXPECT_EQ(columns_after(R"([x,"y,z]"])"), Json::array({"x", "y,z]"}));
  EXPECT_EQ(columns_after("p [GeV],m"), Json::array({"p [GeV]", "m"}));
  EXPECT_EQ(columns_after("null"), nullptr);
}

TEST(OverrideList, OfIntegersNeedsNoBrackets) {
  EXPECT_EQ(dataset_after("dataset.particles=13,-13").at("particles"), Json::array({13, -13}));
  EXPECT_EQ(dataset_after("dataset.particles=13").at("particles"), Json::array({13}));
  EXPECT_EQ(dataset_after("dataset.particles=[13,-13]").at("particles"), Json::array({13, -13}));
  EXPECT_EQ(parse_config(csv, {"model.hidden=8,4"}).replicas[0].model.hidden, (std::vector<int>{8, 4}));
  EXPECT_EQ(parse_config(csv, {"model.hidden=8"}).replicas[0].model.hidden, std::vector<int>{8});
  EXPECT_EQ(parse_config(csv, {"seeds=4,2"}).resolved.at("seeds"), Json::array({4, 2}));
  EXPECT_EQ(parse_config(csv, {"seeds=auto"}).resolved.at("seeds"), "auto");
  EXPECT_EQ(parse_config(csv, {"seeds=auto"}).replicas.size(), 12u);
  EXPECT_THROW((void)parse_config(csv, {"seeds=Auto"}), ConfigError);
  EXPECT_NE(
      message_of("dataset.particles=13,mu").find("dataset.particles.1 must be an integer, not the text 'mu'"),
      std::string::npos);
}

TEST(OverrideList, MayBeSweptWithoutQuotes) {
  const SweepConfig columns = parse_config(csv, {"dataset.columns=[[x],[x,y]]"});
  ASSERT_EQ(columns.replicas.size(), 2u);
  EXPECT_EQ(columns.replicas[1].dataset->at("columns"), Json::array({"x", "y"}));
  EXPECT_EQ(parse_config(csv, {"dataset.path=[a.csv,b.csv]"}).replicas.size(), 2u);
  const SweepConfig activations = parse_config(csv, {"model.activation=[tanh, relu]"});
  ASSERT_EQ(activations.replicas.size(), 2u);
  EXPECT_EQ(activations.replicas[1].model.activation, Activation::relu);
  EXPECT_EQ(parse_config(csv, {"dataset=[circle,disk]"}).replicas.size(), 2u);
  const SweepConfig zipped =
      parse_config(csv, {"loss.beta=[1,2]", "model.latent_dim=[1,2]", "zip=[[loss.beta,model.latent_dim]]"});
  EXPECT_EQ(zipped.replicas.size(), 2u);
}

TEST(OverrideText, MayBeMadeOfDigits) {
  EXPECT_EQ(dataset_after("dataset.weights=1001").at("weights"), "1001");
  EXPECT_EQ(dataset_after("dataset.weights=0010").at("weights"), "0010");
  EXPECT_EQ(columns_after("[1,2]"), Json::array({"1", "2"}));
  EXPECT_EQ(columns_after("1,2"), Json::array({"1", "2"}));
  EXPECT_EQ(columns_after("1"), Json::array({"1"}));
  EXPECT_EQ(parse_config(csv, {"name=7"}).name, "7");
  EXPECT_EQ(parse_config(csv, {"dataset.weights=[1001,1002]"}).replicas.size(), 2u);
  const std::string message = message_of("dataset.format=7");
  EXPECT_NE(message.find("dataset.format must be one of auto, csv"), std::string::npos) << message;
}

TEST(OverrideText, ThatIsBrokenJsonSaysHowToQuote) {
  const std::string list = message_of(R"(dataset.columns=["x","y")");
  EXPECT_NE(list.find(R"(put the whole setting in single quotes, as in 'dataset.columns=["x","y"]')"),
            std::string::npos)
      << list;
  EXPECT_NE(message_of("dataset={kind:circle}").find(R"(as in 'dataset={"key":1}')"), std::string::npos);
  EXPECT_NE(message_of("loss.beta=[0.1").find("as in 'loss.beta=[1,2]'"), std::string::npos);
  EXPECT_NE(message_of("dataset.columns=x,,y").find("has an empty entry: 'x,,y'"), std::string::npos);
  EXPECT_NE(message_of("loss.beta=0.1,0.2").find("write them between [ and ]"), std::string::npos);
}

TEST(OverrideKey, WithoutItsSectionIsFound) {
  const std::pair<const char*, const char*> cases[] = {
      {"n=100", "'dataset.n'"},
      {"weights=none", "'dataset.weights'"},
      {"columns=x", "'dataset.columns'"},
      {"latent_dim=3", "'model.latent_dim'"},
      {"beta=1", "'loss.beta'"},
      {"Batch-Size=1", "'train.batch_size'"},
      {"kind=circle", "'loss.kind' or 'dataset.kind'"},
      {"lerning_rate=1", "'train.learning_rate'"},
      {"train.beta=1", "'loss.beta'"},
      {"early_stopping.patience=1", "'train.early_stopping.patience'"},
      {"colums=x", "'dataset.columns'"},
      {"width=1", "'dataset.width'"}};
  for (const auto& [setting, path] : cases) {
    EXPECT_NE(message_of(setting).find("; did you mean " + std::string(path) + "?"), std::string::npos)
        << message_of(setting);
  }
}

std::string random_bytes(std::mt19937& random, std::size_t most) {
  static const std::string common = "[]{}\",:.=\\ 019-exyn\xc3\xa9\xff";
  std::string text(random() % (most + 1), ' ');
  for (char& byte : text)
    byte = random() % 4 ? common[random() % common.size()] : static_cast<char>(random() % 256);
  return text;
}

// Parses, or says in one printable line what is wrong: no other exception may leave the config.
void expect_sentence_or_stable(const Json& document, const std::vector<std::string>& overrides) {
  try {
    const SweepConfig sweep = parse_config(document, overrides);
    EXPECT_EQ(parse_config(sweep.resolved).resolved.dump(), sweep.resolved.dump());
  } catch (const ConfigError& error) {
    const std::string what = error.what();
    EXPECT_EQ(find_non_utf8(what), std::string::npos) << what;
    EXPECT_FALSE(has_control_characters(what)) << what;
    EXPECT_LT(what.size(), 700u) << what;
  }
}

TEST(Override, NoBytesBreakIt) {
  const unsigned seed = 20250611;
  std::mt19937 random(seed);
  const char* paths[] = {"dataset.columns",
                         "dataset.path",
                         "dataset.particles",
                         "dataset.weights",
                         "dataset",
                         "dataset.0",
                         "dataset.0.array",
                         "name",
                         "seeds",
                         "zip",
                         "model.hidden",
                         "model",
                         "loss.beta",
                         "train.optimizer",
                         "dataset.kind"};
  for (int trial = 0; trial < 10000; ++trial) {
    SCOPED_TRACE("seed " + std::to_string(seed) + ", trial " + std::to_string(trial));
    const std::string path = trial % 8 ? paths[random() % std::size(paths)] : random_bytes(random, 12);
    expect_sentence_or_stable(csv, {path + "=" + random_bytes(random, 16)});
    if (HasFailure()) return;
  }
}

TEST(Override, NoBytesOfADocumentBreakIt) {
  const std::string bad = "\xff\xc3(";
  for (const char* text :
       {R"({"dataset":"?"})", R"({"dataset":"circle","?":1})", R"({"dataset":"circle","name":"?"})",
        R"({"dataset":{"kind":"file","path":"?"}})",
        R"({"dataset":{"kind":"file","path":"a","columns":["?"]}})", R"({"dataset":{"?":"file"}})",
        R"({"dataset":"circle","model":{"activation":"?"}})", R"({"dataset":"circle","zip":[["?","?"]]})",
        R"({"dataset":"circle","seeds":"?"})", R"({"dataset":"circle","$schema":"?"})",
        R"({"dataset":["circle",{"kind":"?"}]})", R"({"dataset":"circle","loss":{"?":"?"}})",
        R"({"dataset":"circle","zip":[["dataset.?","loss.beta"]]})"}) {
    SCOPED_TRACE(text);
    // The parser would refuse the bytes; a document can also be made by a program.
    std::string dumped = Json::parse(text).dump();
    const std::function<Json(const Json&)> spoil = [&](const Json& value) -> Json {
      if (value.is_string()) {
        std::string s = value.get<std::string>();
        if (const auto at = s.find('?'); at != std::string::npos) s.replace(at, 1, bad);
        return s;
      }
      if (value.is_array()) {
        Json copy = Json::array();
        for (const Json& entry : value) copy.push_back(spoil(entry));
        return copy;
      }
      if (!value.is_object()) return value;
      Json copy = Json::object();
      for (const auto& [key, entry] : value.items()) copy[key == "?" ? bad : key] = spoil(entry);
      return copy;
    };
    expect_sentence_or_stable(spoil(Json::parse(text)), {});
  }
}

}  // namespace
}  // namespace symscan
