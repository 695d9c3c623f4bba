#pragma once
// What the tests of shards, status and scratch share.
#include <string>
#include <vector>

#include "host/store/progress_file.hpp"
#include "host/store/run_status.hpp"
#include "tests/host/cli/run_program.hpp"
#include "tests/variable.hpp"

namespace symscan::test {

namespace fs = std::filesystem;
using Words = std::vector<std::string>;

/// Two datasets, two shapes of very different cost.
const char* const scan =
    R"({"name": "scan", "dataset": [{"kind": "circle", "n": 1500}, {"kind": "annulus", "n": 900}],
  "model": {"hidden": [[9], [40, 12]], "latent_dim": [1, 2]}, "loss": {"beta": [0.05, 0.2]},
  "train": {"epochs": 12, "batch_size": 100}, "seeds": [1, 2]})";

/// Every report of these tests is of the same moment.
struct OneMoment {
  Variable date{"SOURCE_DATE_EPOCH", "1700000000"};
};

inline Words train_shard(const std::string& config, const std::string& shard, const std::string& out,
                         Words more = {}) {
  Words words = {"train", config, "--shard", shard, "--out", out};
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

inline void expect_same_run(const std::string& left, const std::string& right) {
  for (const char* file : {"/summary.json", "/models.safetensors", "/metrics.jsonl", "/analysis.json",
                           "/config.json", "/report.html"}) {
    const std::string of_left = read_text_file(left + file), of_right = read_text_file(right + file);
    EXPECT_FALSE(of_left.empty()) << file;
    EXPECT_TRUE(of_left == of_right) << file << " differs";
  }
}

inline StatusOfRuns status_of(const Words& runs) {
  Words words = {"status", "--json"};
  words.insert(words.end(), runs.begin(), runs.end());
  const Finished finished = run_program(words);
  EXPECT_EQ(finished.code, 0) << finished.errors;
  return read_versioned<StatusOfRuns>(Json::parse(finished.output), status_schema_version);
}

}  // namespace symscan::test
