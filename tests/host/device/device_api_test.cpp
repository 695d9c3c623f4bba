// The interface's hash covers every structure that crosses it: the header itself is read.
#include "kernels/device/device_api.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <regex>
#include <set>

namespace symscan::test {
namespace {

std::string header_without_comments() {
  std::ifstream file(SYMSCAN_SOURCE_DIR "/kernels/device/device_api.hpp");
  const std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  return std::regex_replace(text, std::regex("//[^\n]*|#include[^\n]*"), "");
}

TEST(DeviceApi, EveryStructureIsInTheHash) {
  std::set<std::string> listed;
#define SYMSCAN_NAME(Structure) listed.insert(#Structure);
  SYMSCAN_DEVICE_API_STRUCTURES(SYMSCAN_NAME)
#undef SYMSCAN_NAME
  // Enumerations and what is known by its address alone; `X` and `Version` are parameters of the header.
  const std::set<std::string> no_structures = {"Device", "DeviceStatus", "Precision",
                                               "X",      "Version",      "Structure"};
  const std::string header = header_without_comments();
  std::set<std::string> used;
  const std::regex name("\\b[A-Z][A-Za-z]*[a-z][A-Za-z]*\\b|\\bX\\b");
  for (std::sregex_iterator found(header.begin(), header.end(), name), end; found != end; ++found)
    used.insert(found->str());
  ASSERT_GT(used.size(), 12u) << "the header was not read";
  for (const std::string& structure : used) {
    EXPECT_TRUE(listed.contains(structure) || no_structures.contains(structure))
        << structure << " crosses the interface, but is not in SYMSCAN_DEVICE_API_STRUCTURES";
  }
}

}  // namespace
}  // namespace symscan::test
