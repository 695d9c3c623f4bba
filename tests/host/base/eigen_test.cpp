// Matrices when there is no memory, and that every source takes part.
#include "host/base/eigen.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <new>

#include "host/base/file.hpp"

namespace symscan::test {
namespace {

TEST(Eigen, AMatrixThatGetsNoMemoryKeepsItsOwn) {
  constexpr Eigen::Index large = Eigen::Index{1} << 22;  // squared: 128 TiB
  for (int repeat = 0; repeat < 3; ++repeat) {
    Eigen::MatrixXd matrix = Eigen::MatrixXd::Constant(200, 200, 2);
    Eigen::VectorXf vector = Eigen::VectorXf::Ones(20);
    EXPECT_THROW(matrix.resize(large, large), std::bad_alloc);
    EXPECT_EQ(matrix.size(), 40000);
    EXPECT_EQ(matrix.sum(), 80000);
    EXPECT_THROW(vector.resize(large * large), std::bad_alloc);
    EXPECT_EQ(vector.sum(), 20);
    matrix = Eigen::MatrixXd::Ones(3, 4);
    EXPECT_EQ(matrix.sum(), 12);
  }
}

TEST(Eigen, EverySourceTakesItsMemoryFromOnePlace) {
  namespace fs = std::filesystem;
  for (const char* folder : {"host", "kernels", "tests", "bench"}) {
    for (const auto& entry : fs::recursive_directory_iterator(fs::path(SYMSCAN_SOURCE_DIR) / folder)) {
      const std::string ending = entry.path().extension().string();
      if (ending != ".cpp" && ending != ".hpp" && ending != ".cu") continue;
      const std::string text = read_text_file(entry.path());
      if (text.find("#include <Eigen/") == std::string::npos || entry.path().filename() == "eigen.hpp")
        continue;
      EXPECT_NE(text.find("#include \"host/base/eigen.hpp\""), std::string::npos) << entry.path();
    }
  }
}

}  // namespace
}  // namespace symscan::test
