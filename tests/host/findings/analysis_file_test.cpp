// analysis.json as it is read back: what is not as symscan writes it is refused.
#include "host/findings/analysis_file.hpp"

#include <gtest/gtest.h>

#include "host/base/error.hpp"
#include "tests/host/cli/run_program.hpp"

namespace symscan::test {
namespace {

std::string refusal(const TemporaryFolder& folder) {
  try {
    (void)read_findings(folder.path(), RunResults{});
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::bad_input);
    return error.what();
  }
  return "";
}

TEST(AnalysisFile, IsRefusedIfItIsNotOurs) {
  const TemporaryFolder folder;
  EXPECT_FALSE(read_findings(folder.path(), RunResults{}));
  const std::string deep(1'000'000, '[');
  for (const std::string& text :
       {std::string(), std::string("x"), std::string("[]"), std::string("{}"), std::string("7"),
        std::string(R"({"schema": [[[1]]]})"), R"({"schema": )" + deep, deep,
        R"({"schema": 4, "name": )" + deep + std::string(1'000'000, ']') + "}"}) {
    write_text(folder / "analysis.json", text);
    const std::string said = refusal(folder);
    EXPECT_NE(said.find("cannot be used: "), std::string::npos) << text.substr(0, 50);
    EXPECT_NE(said.find("symscan analyze writes it again"), std::string::npos) << said;
  }
}

TEST(AnalysisFile, IsNotReadBeyondALimit) {
  const TemporaryFolder folder;
  write_text(folder / "analysis.json", "{");
  std::filesystem::resize_file(folder / "analysis.json", std::uintmax_t{1} << 30);
  EXPECT_NE(refusal(folder).find("is larger than"), std::string::npos);
}

}  // namespace
}  // namespace symscan::test
