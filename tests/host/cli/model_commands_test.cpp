// symscan encode, decode, reconstruct, sample.
#include <gtest/gtest.h>

#include "host/data/dataset.hpp"
#include "tests/host/cli/shell.hpp"
#include "tests/host/text_checks.hpp"

namespace symscan::test {
namespace {

/// A folder with data.csv (columns x, y, weight, and a text) and a run on it.
class ModelCommands : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = new TemporaryFolder;
    std::string text = "name,y,x,weight\n";
    for (int i = 0; i < 300; ++i)
      text += "row" + std::to_string(i) + "," + std::to_string(i * 37 % 101) + "," +
              std::to_string(i * 53 % 97) + "," + std::to_string(1 + i % 3) + "\n";
    write_text(*folder_ / "data.csv", text);
    expect_done(
        "symscan train --data data.csv 'dataset.columns=[\"x\",\"y\"]' dataset.weights=weight "
        "model.latent_dim=2 "
        "loss.beta=0.1 'seeds=[1,2]' train.epochs=3 --out run --quiet --no-report --no-analysis");
  }
  static void TearDownTestSuite() { delete folder_; }

  static Finished run(const std::string& command) { return run_shell(command, folder_->path().string()); }
  static void expect_done(const std::string& command) {
    const Finished done = run(command);
    EXPECT_EQ(done.code, 0) << command << "\n" << done.errors;
  }
  static void expect_refused(const std::string& command, int code, const std::string& sentence) {
    const Finished done = run(command);
    EXPECT_EQ(done.code, code) << command << "\n" << done.errors;
    expect_in(done.errors, sentence);
  }
  static Table read(const std::string& name, const std::string& weights = "auto") {
    return load_dataset({{"kind", "file"}, {"path", *folder_ / name}, {"weights", weights}});
  }

  static TemporaryFolder* folder_;
};
TemporaryFolder* ModelCommands::folder_ = nullptr;

TEST_F(ModelCommands, DecodingWhatWasEncodedReconstructs) {
  expect_done("symscan encode run --out z.csv");
  expect_done("symscan decode run --data z.csv --out decoded.csv");
  expect_done("symscan reconstruct run --out reconstructed.csv");
  const Table z = read("z.csv", "weight"), decoded = read("decoded.csv"),
              whole = read("reconstructed.csv", "weight");
  EXPECT_EQ(z.columns, (std::vector<std::string>{"z1", "z2", "sd_z1", "sd_z2", "kl_z1", "kl_z2", "kl"}));
  EXPECT_EQ(whole.columns, (std::vector<std::string>{"x", "y", "reconstruction_error", "kl", "loss"}));
  ASSERT_EQ(decoded.rows, 300u);
  for (std::size_t row = 0; row < 300; ++row) {
    EXPECT_DOUBLE_EQ(decoded.values[2 * row], whole.values[5 * row]);
    EXPECT_DOUBLE_EQ(decoded.values[2 * row + 1], whole.values[5 * row + 1]);
    EXPECT_NEAR(z.values[7 * row + 6], whole.values[5 * row + 3], 1e-12);
    EXPECT_NEAR(whole.values[5 * row + 4], whole.values[5 * row + 2] + 0.1 * whole.values[5 * row + 3],
                1e-12);
  }
  const Table data = load_dataset(
      {{"kind", "file"}, {"path", *folder_ / "data.csv"}, {"weights", "weight"}, {"on_text", "drop"}});
  EXPECT_EQ(whole.weights, data.weights);
}

TEST_F(ModelCommands, FilesMayHaveOtherColumnsInAnotherOrder) {
  // The recorded settings name the columns; a file of another layout is read by these names.
  run("awk -F, 'BEGIN{OFS=\",\"} {print $3,$4,$2}' data.csv > turned.csv");
  expect_done("symscan encode run --out here.csv --overwrite");
  expect_done("symscan encode run --data turned.csv --out turned_z.csv");
  EXPECT_EQ(read("turned_z.csv", "weight").values, read("here.csv", "weight").values);
}

TEST_F(ModelCommands, EveryFormatIsWritten) {
  for (const char* name : {"s.csv", "s.npy", "s.npz", "s.h5", "s.csv.gz"})
    expect_done(std::string("symscan sample run --n 20 --seed 4 --out ") + name);
  const Table csv = read("s.csv");
  EXPECT_EQ(csv.rows, 20u);
  const Table npz = load_dataset({{"kind", "file"}, {"path", *folder_ / "s.npz"}});
  ASSERT_EQ(npz.columns, csv.columns);
  for (std::size_t i = 0; i < csv.values.size(); ++i)
    EXPECT_EQ(npz.values[i], static_cast<double>(static_cast<float>(csv.values[i])));
}

TEST_F(ModelCommands, ABuiltinDatasetNeedsNoFile) {
  expect_done(
      "symscan train circle train.epochs=1 'seeds=[1]' --out circle --quiet --no-report --no-analysis");
  expect_done("symscan reconstruct circle --out circle.csv");
  EXPECT_EQ(read("circle.csv").rows, 10000u);
  // Its own events from a file are the same events.
  expect_done("symscan generate circle --out events.csv");
  expect_done("symscan encode circle --out a.csv");
  expect_done("symscan encode circle --data events.csv --out b.csv");
  EXPECT_EQ(read_text_file(*folder_ / "a.csv"), read_text_file(*folder_ / "b.csv"));
}

TEST_F(ModelCommands, WhatCannotBeIsTold) {
  expect_done("symscan sample run --n 5 --out there.csv");
  expect_refused("symscan sample run --n 5 --out there.csv", 2,
                 "'there.csv' exists; add --overwrite to replace it");
  expect_refused("symscan sample run --out x.docx", 42, "the ending must be one of");
  expect_refused("symscan sample nowhere --out x.csv", 42, "nowhere");
  expect_refused("symscan sample run --replica 7 --out x.csv", 2,
                 "there is no replica 7; the run has 0 to 1");
  write_text(*folder_ / "less.csv", "x\n1\n2\n");
  expect_refused("symscan encode run --data less.csv --out x.csv", 42, "y");
  expect_refused("symscan decode run --data less.csv --out x.csv", 42,
                 "less.csv has 1 column, none of them z1; the model has 2 latents");
  expect_refused("symscan encode run dataset.max_rows=5 --out x.csv", 2, "give it with --data");
  expect_refused("symscan encode run --data data.csv loss.beta=1 --out x.csv", 2,
                 "is no setting of a dataset");
  write_text(*folder_ / "bad.csv", "x,y,weight\n1,2,1\n1,,1\n");
  expect_refused("symscan encode run --data bad.csv --out x.csv", 42, "bad.csv");
  EXPECT_FALSE(std::filesystem::exists(folder_->path() / "x.csv"));
}

TEST_F(ModelCommands, FilesOfARunAndTheInputAreNotReplaced) {
  const std::string before = read_text_file(*folder_ / "run/results.sqlite"),
                    data = read_text_file(*folder_ / "data.csv");
  expect_refused("symscan export run --format onnx --out run/results.sqlite --overwrite", 2,
                 "is a file of the run in its folder");
  expect_refused("symscan export run --out run/models.safetensors --overwrite", 2, "is a file of the run");
  expect_refused("cd run && symscan sample . --n 5 --out ./summary.json --overwrite", 2,
                 "is a file of the run");
  expect_refused("symscan encode run --data data.csv --out ./data.csv --overwrite", 2,
                 "is the file of --data");
  EXPECT_EQ(read_text_file(*folder_ / "run/results.sqlite"), before);
  EXPECT_EQ(read_text_file(*folder_ / "data.csv"), data);
  expect_done("symscan sample run --n 5 --out run/mine.csv");
}

TEST_F(ModelCommands, RowsOfLatentsWithoutNames) {
  write_text(*folder_ / "z.txt", "0 0\n1 -1\n");
  run("mv z.txt plain.csv");
  expect_done("symscan decode run --data plain.csv --out from_plain.csv");
  write_text(*folder_ / "named.csv", "z2,other,z1\n0,5,0\n-1,5,1\n");
  expect_done("symscan decode run --data named.csv --out from_named.csv");
  EXPECT_EQ(read_text_file(*folder_ / "from_plain.csv"), read_text_file(*folder_ / "from_named.csv"));
}

TEST_F(ModelCommands, TheTrainingsFileMayBeGone) {
  run("cp data.csv gone.csv");
  expect_done(
      "symscan train --data gone.csv 'dataset.columns=[\"x\",\"y\"]' model.latent_dim=1 loss.beta=0.1 "
      "'seeds=[1]' "
      "train.epochs=1 --out gone --quiet --no-report --no-analysis");
  run("sed -i '5s/.*/row3,1,2,1/' gone.csv");
  expect_refused("symscan encode gone --out x.csv", 42, "the data are not those of the training: ");
  run("rm gone.csv");
  expect_refused("symscan encode gone --out x.csv", 42, "the data of the training cannot be used again");
  expect_done("symscan encode gone --data data.csv --out again.csv");
}

}  // namespace
}  // namespace symscan::test
