#include "host/config/shard.hpp"

#include <gtest/gtest.h>

#include "host/base/error.hpp"

namespace symscan::test {
namespace {

TEST(Shard, CountsFromZero) {
  EXPECT_EQ(parse_shard("0/8"), (Shard{0, 8}));
  EXPECT_EQ(parse_shard("7/8"), (Shard{7, 8}));
  EXPECT_EQ(parse_shard("0/1"), (Shard{0, 1}));
  EXPECT_EQ(to_string(Shard{3, 8}), "3/8");
  EXPECT_EQ(folder_of({3, 8}), "shard_3_of_8");
}

TEST(Shard, RefusesWhatIsNone) {
  for (const char* text : {"",
                           "/",
                           "3",
                           "3/",
                           "/8",
                           "a/8",
                           "3/b",
                           "-1/8",
                           "3/-8",
                           "3/0",
                           "0/0",
                           " 3/8",
                           "3/8 ",
                           "3//8",
                           "3/8/2",
                           "0x1/8",
                           "3.0/8",
                           "99999999999/8",
                           "0/99999999999",
                           "0/1000001",
                           "+1/8"})
    EXPECT_THROW((void)parse_shard(text), UsageError) << text;
}

TEST(Shard, SaysWhichShardsThereAre) {
  try {
    (void)parse_shard("8/8");
    FAIL();
  } catch (const UsageError& error) {
    EXPECT_STREQ(error.what(), "there is no shard 8/8: shards of 8 are 0/8 to 7/8");
  }
}

}  // namespace
}  // namespace symscan::test
