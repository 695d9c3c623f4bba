// The promise of the fuzzer in the normal tests: valid files, damaged in thousands of fixed ways, give a
// table or a symscan::Error, never a crash or another exception.
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <random>

#include "host/data/write_table.hpp"
#include "tests/fuzz/parse_bytes.hpp"
#include "tests/host/data/data_files.hpp"

namespace symscan::test {
namespace {

constexpr int kMutations = 3000;

std::string valid_file(const char* name) {
  const DataFolder folder;
  Table table = load_dataset(builtin_settings("ee_mumu", 6));
  table.weights = {1, 2, 3, -1, 2, 1};
  write_table(table, folder.path(name));
  std::ifstream in(folder.path(name), std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

std::size_t below(std::mt19937& random, std::size_t limit) {
  return random() % std::max<std::size_t>(1, limit);
}

void mutate(std::string& bytes, std::mt19937& random) {
  static const std::string tokens[] = {"99999999999999999999",
                                       "-1",
                                       "nan",
                                       "\n",
                                       ",",
                                       "<event>",
                                       "</event>",
                                       "<!--",
                                       "P ",
                                       "E ",
                                       "\"",
                                       "#",
                                       "(",
                                       "[",
                                       "'",
                                       "1e999",
                                       std::string(4, '\xff'),
                                       std::string(8, '\0')};
  const std::size_t at = below(random, bytes.size());
  switch (random() % 6) {
    case 0:
      bytes[at] = static_cast<char>(random());
      break;
    case 1:
      bytes[at] = static_cast<char>(bytes[at] ^ (1 << random() % 8));
      break;
    case 2:
      bytes.erase(at, below(random, 20));
      break;
    case 3:
      bytes.insert(at, tokens[below(random, std::size(tokens))]);
      break;
    case 4:
      bytes.insert(below(random, bytes.size()), bytes.substr(at, below(random, 60)));
      break;
    default:
      bytes.resize(at);
      break;
  }
  if (bytes.empty()) bytes = "0";
}

class Mutations : public ::testing::TestWithParam<std::pair<Format, const char*>> {};

TEST_P(Mutations, GiveATableOrAnError) {
  const auto [format, name] = GetParam();
  const std::string valid = valid_file(name);
  ASSERT_TRUE(parse_bytes(format, valid));
  int tables = 0;
  for (int i = 0; i < kMutations; ++i) {
    SCOPED_TRACE("mutation " + std::to_string(i));
    std::mt19937 random(static_cast<unsigned>(i));
    std::string bytes = valid;
    for (std::size_t edits = 1 + random() % 4; edits > 0; --edits) mutate(bytes, random);
    ASSERT_NO_THROW(tables += parse_bytes(format, bytes));
  }
  // Both outcomes must occur, or the mutations test nothing.
  EXPECT_GT(tables, kMutations / 100);
  EXPECT_LT(tables, kMutations);
}

INSTANTIATE_TEST_SUITE_P(Files, Mutations,
                         ::testing::Values(std::pair{Format::csv, "t.csv"}, std::pair{Format::npy, "t.npy"},
                                           std::pair{Format::npz, "t.npz"}, std::pair{Format::lhe, "t.lhe"},
                                           std::pair{Format::hepmc, "t.hepmc"}),
                         [](const auto& instance) { return std::string(instance.param.second + 2); });

}  // namespace
}  // namespace symscan::test
