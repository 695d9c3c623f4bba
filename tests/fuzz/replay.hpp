#pragma once
#include <gtest/gtest.h>

#include "tests/fuzz/targets.hpp"

namespace symscan::test {

/// Gives every target its corpus. Files called "valid..." must be accepted.
inline void replay(const std::vector<FuzzTarget>& targets) {
  for (const FuzzTarget& target : targets) {
    const std::vector<std::string> files = corpus_files(target.name);
    EXPECT_FALSE(files.empty()) << target.name;
    for (const std::string& file : files) {
      SCOPED_TRACE(file);
      bool accepted = false;
      EXPECT_NO_THROW(accepted = target.take(bytes_of_file(file)));
      if (file.find("/valid") != std::string::npos) EXPECT_TRUE(accepted);
    }
  }
}

}  // namespace symscan::test
