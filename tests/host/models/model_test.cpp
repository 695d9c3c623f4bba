// Trained models in use: what they compute, from known answers and from the run's own numbers.
#include "host/models/model.hpp"

#include <cmath>
#include <numeric>
#include <random>

#include "host/library/symscan.hpp"
#include "host/models/saved_model.hpp"
#include "host/store/run_directory.hpp"
#include "tests/host/cli/run_program.hpp"
#include "tests/host/text_checks.hpp"

namespace symscan::test {
namespace {

/// A model without hidden layers: z = A prepared + a, log variance = B prepared + b, prepared xhat = C z + c.
SavedModel linear_model() {
  SavedModel model;
  model.run = model.dataset = "by hand";
  model.settings = {{"model", {{"hidden", Json::array()}, {"latent_dim", 2}, {"activation", "tanh"}}}};
  model.columns = {"x", "y", "m"};
  model.offset = {1, -2, 7};
  model.scale = {2, 0.5, 1};
  model.constant = {false, false, true};
  model.constant_value = {0, 0, 7};
  model.network = make_network(3, {}, 2, Activation::tanh);
  model.parameters = {1,   0, 0, 0, 2, 0, 0.5f, 0,       // mu: weight [2][3], bias
                      0,   0, 0, 0, 0, 0, -1,   -2,      // logvar: constant
                      0.5, 0, 0, 1, 1, 1, 0,    0,  3};  // output: weight [3][2], bias
  model.beta = 0.3;
  model.tau = 0.15;
  model.measure = "kl";
  model.relevance = model.latent_kl = {1, 0.5};
  model.order = {0, 1};
  return model;
}

const std::vector<double> two_rows = {3, -2, 7, 1, -1.5, 7};  // prepared: (1, 0, 0), (0, 1, 0)

TEST(Model, EncodesAndDecodesRawUnits) {
  const Model model(linear_model());
  const Encoding encoding = model.encode(two_rows);
  EXPECT_EQ(encoding.mean, (std::vector<double>{1.5, 0, 0.5, 2}));
  for (const std::size_t row : {0, 1}) {
    EXPECT_DOUBLE_EQ(encoding.deviation[2 * row], std::exp(-0.5));
    EXPECT_DOUBLE_EQ(encoding.deviation[2 * row + 1], std::exp(-1.0));
  }
  EXPECT_DOUBLE_EQ(encoding.latent_kl[0], 0.5 * (1.5 * 1.5 + std::exp(-1.0) - 1 + 1));
  EXPECT_DOUBLE_EQ(encoding.latent_kl[3], 0.5 * (2 * 2 + std::exp(-2.0) - 1 + 2));
  // prepared xhat = (z1 / 2, z2, ...): raw 2 * z1 / 2 + 1, z2 / 2 - 2; the constant column is what it was.
  EXPECT_EQ(model.decode(encoding.mean), (std::vector<double>{2.5, -2, 7, 1.5, -1, 7}));
}

TEST(Model, ReconstructsWithErrorKlAndLoss) {
  const Model model(linear_model());
  const Reconstruction result = model.reconstruct(two_rows);
  EXPECT_EQ(result.values, model.decode(model.encode(two_rows).mean));
  // Prepared: xhat of the first row is (0.75, 0, 1.5 + 3) for (1, 0, 0).
  EXPECT_DOUBLE_EQ(result.error[0], 0.25 * 0.25 + 4.5 * 4.5);
  const std::vector<double> kl = model.encode(two_rows).latent_kl;
  EXPECT_DOUBLE_EQ(result.kl[1], kl[2] + kl[3]);
  EXPECT_DOUBLE_EQ(result.loss[0], result.error[0] + 0.3 * result.kl[0]);
}

TEST(Model, ItsJacobianIsThatOfTheDecoder) {
  const Model model(linear_model());
  EXPECT_EQ(model.jacobian(std::vector<double>(two_rows.begin(), two_rows.begin() + 3)),
            (std::vector<double>{0.5 * 2, 0, 0, 1 * 0.5, 0, 0}));
}

TEST(Model, SamplesHaveTheMomentsOfThePrior) {
  const Model model(linear_model());
  constexpr std::size_t count = 200000;
  const std::vector<double> plain = model.sample(count, 5), noisy = model.sample(count, 5, true, 2);
  const auto variance_of_x = [&](const std::vector<double>& rows) {
    double sum = 0, squares = 0;
    for (std::size_t row = 0; row < count; ++row) {
      sum += rows[3 * row];
      squares += rows[3 * row] * rows[3 * row];
    }
    const double mean = sum / count;
    // Five standard errors of a mean of unit variance.
    EXPECT_NEAR(mean, 1, 5 / std::sqrt(double{count}) * 1.3);
    return squares / count - mean * mean;
  };
  // x = 2 * z1 / 2 + 1; the noise adds scale^2 * tau. Five standard errors of a variance v: 5 v sqrt(2 / n).
  const double error = 5 * std::sqrt(2.0 / count);
  EXPECT_NEAR(variance_of_x(plain), 1, error);
  EXPECT_NEAR(variance_of_x(noisy), 1 + 4 * 0.15, 1.6 * error);
  EXPECT_EQ(plain[2], 7);
  const std::vector<double> fewer = model.sample(10, 5);
  EXPECT_TRUE(std::equal(fewer.begin(), fewer.end(), plain.begin()));
  EXPECT_NE(model.sample(10, 6), fewer);
}

TEST(Model, ThreadsDoNotChangeResults) {
  const Model model(linear_model());
  std::vector<double> rows;
  std::mt19937 random(1);
  std::normal_distribution<double> normal;
  for (int i = 0; i < 3 * 5000; ++i) rows.push_back(i % 3 == 2 ? 7 : normal(random));
  EXPECT_EQ(model.reconstruct(rows, 1).loss, model.reconstruct(rows, 4).loss);
  EXPECT_EQ(model.encode(rows, 1).mean, model.encode(rows, 3).mean);
}

TEST(Model, TellsWhatCannotBe) {
  const Model model(linear_model());
  const auto sentence = [](const auto& work) -> std::string {
    try {
      work();
    } catch (const DataError& error) {
      return error.what();
    }
    return "";
  };
  std::vector<double> rows = two_rows;
  rows[4] = NAN;
  EXPECT_EQ(sentence([&] { (void)model.encode(rows, 2); }), "row 2, column 'y' is not finite");
  EXPECT_EQ(sentence([&] {
              (void)model.decode(std::vector<double>{1, INFINITY});
            }),
            "row 1 of the latents is not finite");
  rows.resize(5);
  EXPECT_EQ(sentence([&] { (void)model.encode(rows); }), "5 values do not fill rows of 3 columns (features)");
  EXPECT_TRUE(model.encode({}).mean.empty());
}

TEST(Model, NotesColumnsThatWereConstant) {
  const Model model(linear_model());
  EXPECT_TRUE(model.notes_on(two_rows).empty());
  std::vector<double> rows = two_rows;
  rows[5] = 9;
  ASSERT_EQ(model.notes_on(rows).size(), 1u);
  expect_in(model.notes_on(rows)[0],
            "column 'm' was 7 in all rows of the training and is not in 1 of 2 rows here");
  EXPECT_EQ(model.encode(rows).mean, model.encode(two_rows).mean);
}

TEST(Model, ItsStateGivesItBack) {
  const Model model(linear_model());
  const ModelState state = state_of(model);
  const Model again = model_from(state);
  EXPECT_EQ(again.card(), model.card());
  EXPECT_EQ(again.reconstruct(two_rows).loss, model.reconstruct(two_rows).loss);
}

TEST(Model, ADamagedStateIsRefused) {
  const ModelState state = state_of(Model(linear_model()));
  std::mt19937 random(3);
  int refused = 0;
  for (int i = 0; i < 2000; ++i) {
    ModelState broken = state;
    const std::size_t at = random() % broken.description.size();
    broken.description[at] = static_cast<char>(random() % 128);
    if (i % 3 == 0) broken.description.erase(at, random() % 20);
    if (i % 5 == 0) broken.parameters.resize(random() % 40);
    try {
      (void)model_from(broken).encode(two_rows);
    } catch (const DataError&) {
      ++refused;
    }
  }
  EXPECT_GT(refused, 1000);
}

/// A run of a circle with a column that is nearly constant, in memory.
symscan::Run small_run(const char* preprocess) {
  std::vector<double> values;
  for (int row = 0; row < 800; ++row) {
    const double angle = 2.4 * row;
    values.insert(values.end(), {5 + std::cos(angle), 3 * std::sin(angle), 91.2});
  }
  return train(
      make_table({"x", "y", "m"}, std::move(values)),
      {.json = R"({"model": {"hidden": [16, 8], "latent_dim": 3}, "seeds": [1, 2], "train": {"epochs": 30}})",
       .settings = {std::string("preprocess=") + preprocess}},
      {.device = "cpu", .threads = 2});
}

TEST(Model, OfARunGivesItsRelevances) {
  for (const char* preprocess : {"standardize", "center", "none"}) {
    const symscan::Run run = small_run(preprocess);
    const TrainedReplica replica = run.replicas()[1];
    const Model model = run.model(1);
    std::vector<double> values;
    for (int row = 0; row < 800; ++row) {
      const double angle = 2.4 * row;
      values.insert(values.end(), {5 + std::cos(angle), 3 * std::sin(angle), 91.2});
    }
    const Encoding encoding = model.encode(values, 2);
    for (std::size_t j = 0; j < 3; ++j) {
      double mean = 0;
      for (std::size_t row = 0; row < 800; ++row) mean += encoding.latent_kl[3 * row + j] / 800;
      // The run's own pass is float32: 24 bits, and sums of some ten terms before them.
      EXPECT_NEAR(mean, replica.relevance[j], 1e-4 * (1 + replica.relevance[j]))
          << preprocess << " latent " << j;
    }
    EXPECT_GE(replica.relevance[0], replica.relevance[2]);
    EXPECT_EQ(model.reconstruct(values).values[2], 91.2) << preprocess;
    EXPECT_EQ(Json::parse(model.card())["relevance"]["kl"].size(), 3u);
  }
}

TEST(Model, TheBestReplicaIsChosenWhereLossesCompare) {
  const symscan::Run run = small_run("standardize");
  const auto replicas = run.replicas();
  EXPECT_EQ(run.best(), replicas[0].loss < replicas[1].loss ? 0 : 1);
  const symscan::Run two = train({.json = R"({"dataset": "circle", "model": {"hidden": [8], "latent_dim": 1},
    "loss": {"beta": [0.1, 0.3]}, "seeds": [1], "train": {"epochs": 1}})"},
                                 {.device = "cpu"});
  try {
    (void)two.best();
    ADD_FAILURE() << "two betas were compared";
  } catch (const UsageError& error) {
    expect_in(error.what(), "0 (beta 0.1), 1 (beta 0.3)");
  }
  try {
    (void)two.model(2);
    ADD_FAILURE() << "there is no replica 2";
  } catch (const UsageError& error) {
    expect_in(error.what(), "there is no replica 2; the run has 0 to 1");
  }
}

}  // namespace
}  // namespace symscan::test
