// models.safetensors: values in any order, a checksum of the data, an error where the disk ends.
#include "host/store/safetensors.hpp"

#include <sys/resource.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

#include <csignal>
#include <cstring>

#include "tests/host/store/ledger_fixture.hpp"

namespace symscan::test {
namespace {

const std::vector<NamedTensor> two_tensors = {{"b", {2, 3}}, {"a", {4}}};

void fill_two(SafetensorsWriter& writer) {
  const std::vector<float> values = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
  const std::span<const float> all = values;
  writer.write(1, 0, all.subspan(6, 4));
  writer.write(0, 3, all.subspan(3, 3));
  writer.write(0, 0, all.first(3));
}

struct ReadFile {
  Json header;
  std::string data;
};
ReadFile read_safetensors(const std::string& file) {
  const std::string bytes = read_text_file(file);
  std::uint64_t length = 0;
  std::memcpy(&length, bytes.data(), 8);
  EXPECT_EQ(length % 8, 0u);
  return {Json::parse(bytes.substr(8, length)), bytes.substr(8 + length)};
}

TEST(Safetensors, HoldsTheValuesAndTheirChecksum) {
  const TemporaryFolder folder;
  write_safetensors(folder / "m.safetensors", two_tensors, {{"format", "test"}}, fill_two);
  const ReadFile file = read_safetensors(folder / "m.safetensors");
  EXPECT_EQ(file.header["b"]["data_offsets"], Json({0, 24}));
  EXPECT_EQ(file.header["a"]["data_offsets"], Json({24, 40}));
  ASSERT_EQ(file.data.size(), 40u);
  float values[10];
  std::memcpy(values, file.data.data(), sizeof values);
  for (int i = 0; i < 10; ++i) EXPECT_EQ(values[i], static_cast<float>(i + 1));
  char digits[17];
  std::snprintf(digits, sizeof digits, "%016llx",
                static_cast<unsigned long long>(XXH3_64bits(file.data.data(), file.data.size())));
  EXPECT_EQ(file.header["__metadata__"]["xxh3_64"], digits);
  EXPECT_EQ(file.header["__metadata__"]["format"], "test");
  EXPECT_EQ(names_in(folder.path()), std::set<std::string>{"m.safetensors"});
}

TEST(Safetensors, ValuesBeyondATensorAreRefused) {
  const TemporaryFolder folder;
  const std::vector<float> five(5);
  EXPECT_THROW(write_safetensors(folder / "m.safetensors", two_tensors, Json::object(),
                                 [&](SafetensorsWriter& writer) { writer.write(1, 0, five); }),
               Error);
  EXPECT_TRUE(names_in(folder.path()).empty());
}

TEST(Safetensors, AFullDiskMayPass) {
  const TemporaryFolder folder;
  const auto before = std::signal(SIGXFSZ, SIG_IGN);
  rlimit limit{};
  getrlimit(RLIMIT_FSIZE, &limit);
  const rlimit small = {100, limit.rlim_max};
  const auto refusal = refusal_of([&] {
    setrlimit(RLIMIT_FSIZE, &small);
    write_safetensors(folder / "m.safetensors", two_tensors, Json::object(), fill_two);
  });
  setrlimit(RLIMIT_FSIZE, &limit);
  std::signal(SIGXFSZ, before);
  expect_refusal(refusal, ExitCode::interrupted, "m.safetensors");
  EXPECT_TRUE(names_in(folder.path()).empty());
}

}  // namespace
}  // namespace symscan::test
