// The fuzzers' inputs, once each, in the ordinary tests: what was found once stays found.
#include <gtest/gtest.h>

#include "tests/fuzz/small_run.hpp"
#include "tests/fuzz/targets.hpp"

namespace symscan::test {
namespace {

/// Gives every target its corpus. Files called "valid..." must be accepted.
void replay(const std::vector<FuzzTarget>& targets) {
  for (const FuzzTarget& target : targets) {
    const std::vector<std::string> files = corpus_files(target.name);
    EXPECT_FALSE(files.empty()) << target.name;
    for (const std::string& file : files) {
      SCOPED_TRACE(file);
      bool accepted = false;
      EXPECT_NO_THROW(accepted = target.take(bytes_of_file(file)));
      if (file.find("/valid") != std::string::npos) {
        EXPECT_TRUE(accepted);
      }
    }
  }
}

TEST(FuzzCorpus, OfTablesAndConfigsIsReadOrRefused) {
  replay(input_targets());
}

TEST(FuzzCorpus, OfRunDirectoriesIsReadOrRefused) {
  replay(run_targets());
}

TEST(FuzzCorpus, ACheckpointIsTakenWholeOrRefused) {
  const SmallRun run;
  const std::string blob = to_blob(initial_snapshot(run.plan));
  EXPECT_NO_THROW(from_blob(blob, run.plan));
  for (std::size_t size = 0; size < blob.size(); size += 7)
    EXPECT_THROW(from_blob(std::string_view(blob).substr(0, size), run.plan), Error) << size;
}

}  // namespace
}  // namespace symscan::test
