// Every way to get a config wrong has one sentence that says what is wrong, where, and what to do.
#include <gtest/gtest.h>

#include "host/base/error.hpp"
#include "host/config/config.hpp"

namespace symscan {
namespace {

struct BadConfig {
  const char* name;
  const char* document;
  const char* sentence;  ///< a part of the message
  std::vector<std::string> overrides = {};
};

void PrintTo(const BadConfig& bad, std::ostream* out) {
  *out << bad.document;
}

std::string message_of(const BadConfig& bad) {
  try {
    parse_config(Json::parse(bad.document), bad.overrides);
  } catch (const ConfigError& error) {
    EXPECT_EQ(error.code(), ExitCode::bad_input);
    return error.what();
  }
  return "no error";
}

class BadConfigs : public testing::TestWithParam<BadConfig> {};

TEST_P(BadConfigs, SayWhatIsWrong) {
  const std::string message = message_of(GetParam());
  EXPECT_NE(message.find(GetParam().sentence), std::string::npos) << message;
  EXPECT_EQ(message.find('\n'), std::string::npos) << "one sentence is one line";
  EXPECT_LT(message.size(), 500u) << message;
}

std::string name_of(const testing::TestParamInfo<BadConfig>& info) {
  return info.param.name;
}

const BadConfig keys[] = {
    {"MisspeltKey", R"({"dataset":"circle","train":{"learning_rat":0.1}})",
     "unknown key 'train.learning_rat'; did you mean 'learning_rate'?"},
    {"MisspeltSection", R"({"dataset":"circle","modle":{}})", "unknown key 'modle'; did you mean 'model'?"},
    {"HyphenForUnderscore", R"({"dataset":"circle","train":{"batch-size":1}})", "did you mean 'batch_size'?"},
    {"SwappedLetters", R"({"dataset":"circle","loss":{"btea":1}})",
     "unknown key 'loss.btea'; did you mean 'beta'? (known: kind, beta)"},
    {"KeyOfAnotherSection", R"({"dataset":"circle","beta":1})",
     "unknown key 'beta'; did you mean 'loss.beta'?"},
    {"ForeignKey", R"({"dataset":"circle","train":{"quux":1}})",
     "unknown key 'train.quux' ('symscan schema'"},
    {"ShortListOfKnown", R"({"dataset":"circle","model":{"quux":1}})",
     "(known: hidden, activation, latent_dim)"},
    {"UnknownInEarlyStopping", R"({"dataset":"circle","train":{"early_stopping":{"patiense":1}}})",
     "unknown key 'train.early_stopping.patiense'; did you mean 'patience'?"},
    {"KeyWithControlCharacters", "{\"dataset\":\"circle\",\"a\\n\\u0000b\":1}", "unknown key 'a\\n\\u0000b'"},
    {"UnknownDatasetKey", R"({"dataset":{"kind":"annulus","wdith":0.2}})",
     "unknown key 'dataset.wdith' of the dataset kind 'annulus'; did you mean 'width'? (known: kind, n, "
     "seed, "},
    {"KeyOfAnotherKind", R"({"dataset":[{"kind":"annulus"},{"kind":"circle","width":1}]})",
     "unknown key 'dataset.1.width' of the dataset kind 'circle'"},
    {"RowsOfAFile", R"({"dataset":{"kind":"file","path":"a.csv","n":5}})",
     "unknown key 'dataset.n' of the dataset kind"},
};

const BadConfig datasets[] = {
    {"NoDataset", R"({"name":"x"})", "dataset is missing; give one, such as"},
    {"Empty", R"({})", "dataset is missing"},
    {"DocumentIsAList", R"([1])", "the config must be an object such as {\"name\": ...}, not a list"},
    {"DocumentIsNull", R"(null)", "the config must be an object such as {\"name\": ...}, not null"},
    {"DatasetIsANumber", R"({"dataset":3})",
     "dataset must be an object such as {\"kind\": \"circle\"}, not 3"},
    {"DatasetIsNull", R"({"dataset":null})",
     "dataset must be an object such as {\"kind\": \"circle\"}, not null"},
    {"NoKind", R"({"dataset":{"n":10}})", "dataset.kind is missing; give one of annulus, circle,"},
    {"UnknownKind", R"({"dataset":{"kind":"circel"}})",
     "unknown dataset kind 'circel' in dataset.kind; did you mean 'circle'? (known: annulus, circle,"},
    {"UnknownKindAsText", R"({"dataset":"sqare"})", "did you mean 'square'?"},
    {"UnknownKindInAList", R"({"dataset":["circle","xyzzy"]})",
     "unknown dataset kind 'xyzzy' in dataset.1.kind (known"},
    {"KindIsANumber", R"({"dataset":{"kind":1}})", "dataset.kind must be one of annulus,"},
    {"KindIsAList", R"({"dataset":{"kind":["circle","disk"]}})",
     "dataset.kind must be one text; for several datasets give dataset a list of objects"},
    {"NoDatasets", R"({"dataset":[]})", "dataset is an empty list; give at least one dataset"},
    {"ListOfLists", R"({"dataset":[["circle"]]})", "dataset.0 must be an object"},
    {"NoRows", R"({"dataset":{"kind":"circle","n":0}})",
     "dataset.n must be an integer from 1 to 1000000000, not 0"},
    {"TooManyRows", R"({"dataset":{"kind":"circle","n":2000000000}})",
     "from 1 to 1000000000, not 2000000000"},
    {"FileWithoutPath", R"({"dataset":{"kind":"file"}})", "dataset.path is missing; give a text"},
    {"PathIsNull", R"({"dataset":{"kind":"file","path":null}})", "dataset.path must be a text, not null"},
    {"ParticlesAreTexts", R"({"dataset":{"kind":"file","path":"a.lhe","particles":["mu"]}})",
     "dataset.particles.0 must be an integer, not the text 'mu'"},
    {"NoColumns", R"({"dataset":{"kind":"file","path":"a.csv","columns":[]}})",
     "dataset.columns must be a list of texts (1 to 65536 of them), not a list of 0"},
    {"BadFormat", R"({"dataset":{"kind":"file","path":"a.csv","format":"cvs"}})",
     "dataset.format must be one of auto, csv, npy, npz, hdf5, root, parquet, feather, lhe, hepmc, lheh5, "
     "not the text 'cvs'; did you mean 'csv'?"},
    {"SameDatasetTwice", R"({"dataset":["circle",{"kind":"circle","n":10000}]})",
     "the sweep holds the same settings twice (dataset circle); list each dataset once"},
    {"OverlappingDatasets",
     R"({"dataset":[{"kind":"annulus","width":[0.1,0.2]},{"kind":"annulus","width":0.2}]})",
     "the sweep holds the same settings twice (dataset annulus (width 0.2))"},
};

const BadConfig values[] = {
    {"HalfALatent", R"({"dataset":"circle","model":{"latent_dim":2.5}})",
     "model.latent_dim must be an integer from 1 to 1024, not 2.5"},
    {"NoLatents", R"({"dataset":"circle","model":{"latent_dim":0}})", "from 1 to 1024, not 0"},
    {"TooManyLatents", R"({"dataset":"circle","model":{"latent_dim":1025}})", "from 1 to 1024, not 1025"},
    {"TextForNumber", R"({"dataset":"circle","loss":{"beta":"0.1"}})",
     "loss.beta must be a number of at least 0, not the text '0.1'"},
    {"BooleanForNumber", R"({"dataset":"circle","loss":{"beta":true}})",
     "loss.beta must be a number of at least 0, not true"},
    {"NegativeBeta", R"({"dataset":"circle","loss":{"beta":-1}})",
     "loss.beta must be a number of at least 0, not -1"},
    {"NullBeta", R"({"dataset":"circle","loss":{"beta":null}})",
     "loss.beta must be a number of at least 0, not null"},
    {"ObjectForNumber", R"({"dataset":"circle","loss":{"beta":{}}})", "of at least 0, not an object"},
    {"BadSweptValue", R"({"dataset":"circle","loss":{"beta":[0.1,-0.2]}})",
     "loss.beta.1 must be a number of at least 0, not -0.2"},
    {"NoSweptValue", R"({"dataset":"circle","loss":{"beta":[]}})",
     "loss.beta is an empty list; give at least one value"},
    {"NestedSweep", R"({"dataset":"circle","loss":{"beta":[[0.1]]}})",
     "loss.beta.0 must be a number of at least 0, not a list (a list of values to sweep cannot hold lists)"},
    {"RepeatedSweptValue", R"({"dataset":"circle","loss":{"beta":[0.1,1,0.1]}})",
     "loss.beta takes the value 0.1 twice; list each value once"},
    {"RepeatedHidden", R"({"dataset":"circle","model":{"hidden":[[8],[8]]}})",
     "model.hidden takes the value [8] twice"},
    {"NumberForHidden", R"({"dataset":"circle","model":{"hidden":64}})",
     "model.hidden must be a list of integers from 1 to 16384 (0 to 32 of them), not 64"},
    {"HiddenOfWidthZero", R"({"dataset":"circle","model":{"hidden":[64,0]}})",
     "model.hidden.1 must be an integer from 1 to 16384, not 0"},
    {"MixedHidden", R"({"dataset":"circle","model":{"hidden":[[64],32]}})",
     "model.hidden.1 must be a list of integers"},
    {"MixedHiddenTheOtherWay", R"({"dataset":"circle","model":{"hidden":[64,[32]]}})",
     "model.hidden.1 must be an integer from 1 to 16384, not a list"},
    {"TooManyLayers",
     R"({"dataset":"circle","model":{"hidden":[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1]}})",
     "(0 to 32 of them), not a list of 33"},
    {"BadActivation", R"({"dataset":"circle","model":{"activation":"tahn"}})",
     "model.activation must be one of tanh, relu, gelu, silu, linear, not the text 'tahn'; did you mean "
     "'tanh'?"},
    {"NullActivation", R"({"dataset":"circle","model":{"activation":null}})", "silu, linear, not null"},
    {"BadPreprocess", R"({"dataset":"circle","preprocess":"standardise"})",
     "preprocess must be one of standardize, center, none, not the text 'standardise'; did you mean "
     "'standardize'?"},
    {"SectionIsANumber", R"({"dataset":"circle","model":3})",
     "model must be an object such as {\"hidden\": ...}, not 3"},
    {"SectionIsNull", R"({"dataset":"circle","train":null})",
     "train must be an object such as {\"epochs\": ...}, not null"},
    {"SectionIsAList", R"({"dataset":"circle","train":[{}]})", "train must be an object such as"},
    {"NegativeEpochs", R"({"dataset":"circle","train":{"epochs":-1}})",
     "train.epochs must be an integer from 0 to 1000000 or \"auto\", not -1"},
    {"NoBatch", R"({"dataset":"circle","train":{"batch_size":0}})",
     "train.batch_size must be an integer from 1 to 1000000"},
    {"NoStepSize", R"({"dataset":"circle","train":{"learning_rate":0}})",
     "train.learning_rate must be a number above 0, not 0"},
    {"AllRowsForValidation", R"({"dataset":"circle","train":{"validation_fraction":1}})",
     "train.validation_fraction must be a number from 0 to below 1, not 1"},
    {"BadMomentum", R"({"dataset":"circle","train":{"momentum":1.5}})",
     "train.momentum must be a number from 0 to below 1, not 1.5"},
    {"BadOptimizer", R"({"dataset":"circle","train":{"optimizer":"adm"}})",
     "one of adam, adamw, sgd, not the text 'adm'; did you mean 'adam'?"},
    {"BadSchedule", R"({"dataset":"circle","train":{"schedule":7}})",
     "train.schedule must be one of constant, cosine, rounds, not 7"},
    {"StoppingIsABoolean", R"({"dataset":"circle","train":{"early_stopping":true}})",
     "train.early_stopping must be an object such as {\"patience\": ...} or null, not true"},
    {"NoPatience", R"({"dataset":"circle","train":{"early_stopping":{"patience":0}}})",
     "train.early_stopping.patience must be an integer from 1 to 1000000, not 0"},
    {"StoppingWithoutValidation",
     R"({"dataset":"circle","train":{"early_stopping":{},"validation_fraction":0}})",
     "train.early_stopping watches the validation loss, but train.validation_fraction is 0"},
    {"StoppingWithSweptValidation",
     R"({"dataset":"circle","train":{"early_stopping":{},"validation_fraction":[0.1,0]}})",
     "raise it above 0"},
    {"WarmupLongerThanTraining", R"({"dataset":"circle","train":{"beta_warmup_epochs":40}})",
     "train.beta_warmup_epochs is 40, but train.epochs is 30; beta must reach its full value"},
    {"WarmupLongerThanOneOfTheTrainings",
     R"({"dataset":"circle","train":{"epochs":[5,10],"beta_warmup_epochs":7.5}})",
     "train.beta_warmup_epochs is 7.5, but train.epochs is 5"},
    {"TooManyParameters", R"({"dataset":"circle","model":{"hidden":[16384,16384,16384,16384,16384,16384]}})",
     "makes a network of 2684780553 parameters for 1 feature; at most 2147483648 are possible"},
    {"NumberForText", R"({"dataset":{"kind":"file","path":"a.csv","columns":[1]}})",
     "dataset.columns.0 must be a text, not 1; write it in quotes: \"1\""},
    {"SettingOfAnotherSection", R"({"dataset":"circle","n":5})",
     "unknown key 'n'; did you mean 'dataset.n'?"},
    {"NameWithLineSeparator", "{\"dataset\":\"circle\",\"name\":\"a\xe2\x80\xa8z\"}",
     "name must be one line"},
    {"BadMeasure", R"({"dataset":"circle","relevance":{"measure":"KL"}})", "did you mean 'kl'?"},
    {"NegativeThreshold", R"({"dataset":"circle","relevance":{"threshold":-0.5}})",
     "relevance.threshold must be a number of at least 0, not -0.5"},
    {"NameIsANumber", R"({"dataset":"circle","name":5})", "name must be a text, not 5"},
    {"NoName", R"({"dataset":"circle","name":""})", "name must have 1 to 200 bytes, not 0"},
    {"NameOfTwoLines", R"({"dataset":"circle","name":"a\nb"})", "name must be one line"},
    {"ZeroByte", R"({"dataset":{"kind":"file","path":"a\u0000b"}})",
     "dataset.path must not hold a zero byte"},
};

const BadConfig seeds_and_zips[] = {
    {"RepeatedSeed", R"({"dataset":"circle","seeds":[1,2,1]})", "seeds holds 1 twice"},
    {"SeedsWord", R"({"dataset":"circle","seeds":"many"})", "a range such as \"1..100\" or \"auto\""},
    {"SeedsEndFirst", R"({"dataset":"circle","seeds":"5..2"})", "ends before it begins; write \"2..5\""},
    {"TooManySeeds", R"({"dataset":"circle","seeds":"1..1000001"})", "more than 1000000 seeds"},
    {"NegativeRange", R"({"dataset":"circle","seeds":"-1..2"})", "seeds must be an integer"},
    {"OpenRange", R"({"dataset":"circle","seeds":"1.."})", "seeds must be an integer"},
    {"HugeRange", R"({"dataset":"circle","seeds":"1..9007199254740993"})",
     "seeds must be an integer from 0 to 9007199254740992"},
    {"SeedsWordInList", R"({"dataset":"circle","seeds":["auto",1]})", "seeds"},
    {"NoSeed", R"({"dataset":"circle","seeds":[]})", "seeds is an empty list"},
    {"NegativeSeed", R"({"dataset":"circle","seeds":-1})",
     "seeds must be an integer from 0 to 9007199254740992, not -1"},
    {"HugeSeed", R"({"dataset":"circle","seeds":[9007199254740993]})",
     "seeds.0 must be an integer from 0 to 9007199254740992"},
    {"HugestSeed", R"({"dataset":"circle","seeds":18446744073709551615})", "not 18446744073709551615"},
    {"TextSeed", R"({"dataset":"circle","seeds":"1"})", "seeds must be an integer"},
    {"SeedAndSeeds", R"({"dataset":"circle","seed":1,"seeds":[2]})", "both 'seed' and 'seeds'"},
    {"SeedIsAList", R"({"dataset":"circle","seed":[1]})", "seed must be an integer"},
    {"ZipIsAText", R"({"dataset":"circle","zip":"loss.beta"})", "zip must be a list of lists of keys"},
    {"ZipIsFlat", R"({"dataset":"circle","zip":["loss.beta","model.latent_dim"]})",
     "zip must be a list of lists of keys"},
    {"ZipOfOne", R"({"dataset":"circle","loss":{"beta":[1,2]},"zip":[["loss.beta"]]})",
     "zip needs at least two keys"},
    {"ZipOfNumbers", R"({"dataset":"circle","zip":[[1,2]]})",
     "zip must hold keys such as \"loss.beta\", not 1"},
    {"ZipOfUnequalLengths",
     R"({"dataset":"circle","loss":{"beta":[1,2]},"model":{"latent_dim":[1,2,3]},"zip":[["loss.beta","model.latent_dim"]]})",
     "zip needs lists of equal length, but loss.beta has 2 values and model.latent_dim has 3"},
    {"ZipOfDatasetsAndMore",
     R"({"dataset":["circle","disk"],"loss":{"beta":[1,2,3]},"zip":[["dataset","loss.beta"]]})",
     "dataset has 2 values and loss.beta has 3"},
    {"ZipOfOneValue",
     R"({"dataset":"circle","loss":{"beta":[1,2]},"zip":[["loss.beta","model.latent_dim"]]})",
     "zip names 'model.latent_dim', which is not a list of values to sweep"},
    {"ZipOfOneDataset", R"({"dataset":"circle","loss":{"beta":[1]},"zip":[["dataset","loss.beta"]]})",
     "zip names 'dataset', which is not a list of values to sweep"},
    {"ZipOfUnknown", R"({"dataset":"circle","zip":[["loss.bata","model.latent_dim"]]})",
     "unknown key 'loss.bata' in zip; did you mean 'loss.beta'?"},
    {"ZipTwice", R"({"dataset":"circle","loss":{"beta":[1,2]},"zip":[["loss.beta","loss.beta"]]})",
     "zip names 'loss.beta' twice"},
    {"ZipOfSeeds",
     R"({"dataset":"circle","seeds":[1,2],"loss":{"beta":[1,2]},"zip":[["seeds","loss.beta"]]})",
     "zip cannot name 'seeds'"},
    {"ZipOfEqualPoints",
     R"({"dataset":"circle","loss":{"beta":[1,1]},"model":{"latent_dim":[2,2]},"zip":[["loss.beta","model.latent_dim"]]})",
     "loss.beta, model.latent_dim takes the value 1.0, 2 twice"},
    {"SchemaIsANumber", R"({"dataset":"circle","$schema":1})", "$schema must be a text"},
};

const BadConfig idle[] = {
    {"MomentumOfAdam", R"({"dataset":"circle","train":{"momentum":[0,0.9]}})",
     "train.momentum has no effect with the optimizer adam, so its values 0 and 0.9 would train identical "
     "replicas; "
     "give it one value, or zip it"},
    {"MomentumOfOneOfTheOptimizers",
     R"({"dataset":"circle","train":{"optimizer":["sgd","adamw"],"momentum":[0,0.9]}})",
     "train.momentum has no effect with the optimizer adamw"},
    {"WeightDecayOfAdam", R"({"dataset":"circle","train":{"weight_decay":[0,0.1]}})",
     "train.weight_decay has no effect with the optimizer adam"},
    {"WeightDecayOfSgd", R"({"dataset":"circle","train":{"weight_decay":[0,0.1],"optimizer":"sgd"}})",
     "train.weight_decay has no effect with the optimizer sgd"},
    {"AdamSettingsOfSgd",
     R"({"dataset":"circle","seeds":[1,2],"train":{"optimizer":"sgd","adam_beta2":[0.9,0.99]}})",
     "train.adam_beta2 has no effect with the optimizer sgd, so its values 0.9 and 0.99"},
    {"ZippedWithTheSameOptimizer",
     R"({"dataset":"circle","train":{"optimizer":["adam","sgd","adam"],"momentum":[0,0,0.9]},
         "zip":[["train.optimizer","train.momentum"]]})",
     "train.momentum has no effect with the optimizer adam"},
    {"ActivationWithoutLayers", R"({"dataset":"circle","model":{"hidden":[],"activation":["tanh","relu"]}})",
     "model.activation has no effect without hidden layers, so its values the text 'tanh' and the text "
     "'relu'"},
    {"WarmupOfNothing", R"({"dataset":"circle","loss":{"beta":0},"train":{"beta_warmup_epochs":[0,5]}})",
     "train.beta_warmup_epochs has no effect with loss.beta 0"},
    {"NoTraining", R"({"dataset":"circle","train":{"epochs":0,"learning_rate":[0.1,0.01]}})",
     "train.learning_rate has no effect with train.epochs 0"},
    {"MinDeltaOfNoTraining",
     R"({"dataset":"circle","train":{"epochs":0,"early_stopping":{"min_delta":[0,0.1]}}})",
     "train.early_stopping.min_delta has no effect with train.epochs 0"},
    {"PatienceBeyondTheEnd", R"({"dataset":"circle","train":{"early_stopping":{"patience":[5,30,40]}}})",
     "train.early_stopping.patience has no effect from 29 on with train.epochs 30, so its values 30 and 40"},
};

const BadConfig overrides[] = {
    {"NoEqualsSign",
     R"({"dataset":"circle"})",
     "the setting 'loss.beta' is not of the form key=value",
     {"loss.beta"}},
    {"NoKey", R"({"dataset":"circle"})", "the setting '=1' is not of the form key=value", {"=1"}},
    {"UnknownPath",
     R"({"dataset":"circle"})",
     "unknown key 'loss.bta'; did you mean 'loss.beta'?",
     {"loss.bta=1"}},
    {"LastPartOnly",
     R"({"dataset":"circle"})",
     "unknown key 'epochs'; did you mean 'train.epochs'?",
     {"epochs=1"}},
    {"TooDeep", R"({"dataset":"circle"})", "unknown key 'loss.beta.x'", {"loss.beta.x=1"}},
    {"Nonsense",
     R"({"dataset":"circle"})",
     "unknown key 'xyzzy' ('symscan schema' lists all keys)",
     {"xyzzy=1"}},
    {"TextForBeta",
     R"({"dataset":"circle"})",
     "loss.beta must be a number of at least 0, not the text 'low'",
     {"loss.beta=low"}},
    {"TooLargeNumber", R"({"dataset":"circle"})", "not the text '1e400'", {"loss.beta=1e400"}},
    {"UnclosedList",
     R"({"dataset":"circle"})",
     "the value of 'loss.beta', line 1, column 5: not valid JSON",
     {"loss.beta=[0.1"}},
    {"RepeatedKey",
     R"({"dataset":"circle"})",
     "the key 'epochs' appears twice",
     {"train={\"epochs\":1,\"epochs\":2}"}},
    {"NoSuchDataset",
     R"({"dataset":["circle","disk"]})",
     "dataset.2 does not exist; the config has 2 datasets",
     {"dataset.2.n=5"}},
    {"OnlyOneDataset",
     R"({"dataset":"circle"})",
     "dataset.1 does not exist; the config has 1 dataset",
     {"dataset.1.n=5"}},
    {"TooDeepInDataset",
     R"({"dataset":"circle"})",
     "unknown key 'dataset.n.x'; a dataset has one level of keys",
     {"dataset.n.x=5"}},
    {"MisspeltInDataset",
     R"({"dataset":"circle"})",
     "unknown key 'dataset.radios' of the dataset kind 'circle'; did you mean 'radius'?",
     {"dataset.radios=5"}},
    {"SectionBecameANumber",
     R"({"dataset":"circle","train":5})",
     "train must be an object, not 5",
     {"train.epochs=5"}},
    {"InvalidUtf8", R"({"dataset":"circle"})", "name must be valid UTF-8", {"name=\xff\xfe"}},
    {"DocumentIsNoObject", R"([])", "the config must be an object, not a list", {"loss.beta=1"}},
    {"KindOfOtherSettings",
     R"({"dataset":{"kind":"annulus","width":0.1}})",
     "unknown key 'dataset.width' of the dataset kind 'disk'",
     {"dataset.kind=disk"}},
};

INSTANTIATE_TEST_SUITE_P(Keys, BadConfigs, testing::ValuesIn(keys), name_of);
INSTANTIATE_TEST_SUITE_P(Datasets, BadConfigs, testing::ValuesIn(datasets), name_of);
INSTANTIATE_TEST_SUITE_P(Values, BadConfigs, testing::ValuesIn(values), name_of);
INSTANTIATE_TEST_SUITE_P(SeedsAndZips, BadConfigs, testing::ValuesIn(seeds_and_zips), name_of);
INSTANTIATE_TEST_SUITE_P(Idle, BadConfigs, testing::ValuesIn(idle), name_of);
INSTANTIATE_TEST_SUITE_P(Overrides, BadConfigs, testing::ValuesIn(overrides), name_of);

TEST(BadConfig, MoreThanAMillionReplicasAreRefusedBeforeTheyAreMade) {
  Json document = {{"dataset", "circle"}};
  Json many = Json::array();
  for (int i = 1; i <= 1000; ++i) many.push_back(i);
  document["model"]["latent_dim"] = many;
  document["seeds"] = Json::array();
  for (int i = 0; i < 1001; ++i) document["seeds"].push_back(i);
  EXPECT_EQ(
      message_of({"", document.dump().c_str(), ""}).rfind("the sweep has more than 1000000 replicas;", 0),
      0u);
  // 10^12 points must neither overflow nor be listed.
  document["train"]["epochs"] = many;
  document["train"]["batch_size"] = many;
  document["train"]["weight_decay"] = many;
  EXPECT_EQ(
      message_of({"", document.dump().c_str(), ""}).rfind("the sweep has more than 1000000 replicas;", 0),
      0u);
}

TEST(BadConfig, NotANumberIsRefused) {
  Json document = {{"dataset", "circle"}};
  document["loss"]["beta"] = std::numeric_limits<double>::quiet_NaN();
  EXPECT_THROW(parse_config(document), ConfigError);
  document["loss"]["beta"] = std::numeric_limits<double>::infinity();
  EXPECT_THROW(parse_config(document), ConfigError);
  document["loss"]["beta"] = 0.1;
  document["model"]["latent_dim"] = std::numeric_limits<double>::quiet_NaN();
  EXPECT_THROW(parse_config(document), ConfigError);
}

TEST(BadConfig, LongTextsAreShortenedInMessages) {
  const std::string text(5000, 'x');
  EXPECT_LT(message_of({"", R"({"dataset":"circle"})", "", {"loss.beta=" + text}}).size(), 200u);
  EXPECT_LT(message_of({"", R"({"dataset":"circle"})", "", {text + "=1"}}).size(), 200u);
  const Json document = {{"dataset", "circle"}, {text, 1}};
  EXPECT_LT(message_of({"", document.dump().c_str(), ""}).size(), 250u);
}

}  // namespace
}  // namespace symscan
