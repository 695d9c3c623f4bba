#include "host/base/text.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace symscan {
namespace {

TEST(Text, Utf8IsRecognised) {
  for (const char* good :
       {"", "abc", "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x98\x80", "\xf4\x8f\xbf\xbf", "\xed\x9f\xbf"}) {
    EXPECT_EQ(find_non_utf8(good), std::string::npos) << good;
    EXPECT_EQ(first_byte_not_utf8(good), std::nullopt) << good;
    EXPECT_EQ(printable_line(good), good);
  }
  for (const char* bad :
       {"\x80", "\xc3", "\xc0\x80", "\xc1\xbf", "\xe0\x9f\xbf", "\xed\xa0\x80", "\xf0\x8f\xbf\xbf",
        "\xf4\x90\x80\x80", "\xf8\x88\x80\x80\x80", "\xff", "\xe2\x82"}) {
    EXPECT_EQ(find_non_utf8(std::string("a") + bad), 1u);
    EXPECT_EQ(find_non_utf8(printable_line(bad)), std::string::npos);
  }
  EXPECT_EQ(first_byte_not_utf8("a\xe9"), "0xE9");
  EXPECT_EQ(printable_line("a\n\x1b[31mb\xc2\x85"), "a??[31mb?");
  EXPECT_TRUE(has_control_characters("a\xe2\x80\xa8"));
  EXPECT_FALSE(has_control_characters("a\xff"));
}

TEST(Text, CharactersAreDecodedAndEncoded) {
  EXPECT_EQ(decode_utf8("a\xc3\xa9\xff\xf0\x9f\x98\x80"), U"a\u00e9\ufffd\U0001f600");
  std::string text;
  for (const char32_t c : {U'a', U'\u00e9', U'\u20ac', U'\U0001f600', char32_t{0xd800}, char32_t{0x110000}})
    append_utf8(text, c);
  EXPECT_EQ(text, "a\u00e9\u20ac\U0001f600\ufffd\ufffd");
  EXPECT_EQ(utf8_of_latin1("\xe9"), "\u00e9");
}

TEST(Text, IsCutBetweenCharacters) {
  EXPECT_EQ(shortened("a\xc3\xa9\xc3\xa9", 4), "a\xc3\xa9...");
  EXPECT_EQ(shortened("abcd", 4), "abcd");
}

TEST(DistinctlyShortened, LeavesWholeWhatWouldBecomeAlike) {
  using Texts = std::vector<std::string>;
  EXPECT_EQ(distinctly_shortened({"short", "rather long"}, 8), (Texts{"short", "rathe..."}));
  EXPECT_EQ(distinctly_shortened({"the same a", "the same b", "another one"}, 8),
            (Texts{"the same a", "the same b", "anoth..."}));
  EXPECT_EQ(distinctly_shortened({"the same a", "the same a"}, 8), (Texts{"the s...", "the s..."}));
  EXPECT_EQ(distinctly_shortened({"the s...", "the same a"}, 8), (Texts{"the s...", "the same a"}));
}

TEST(Text, LinesAreBrokenAtBlanks) {
  using Lines = std::vector<std::string>;
  EXPECT_EQ(wrapped("one two  three", 7), (Lines{"one two", "three"}));
  EXPECT_EQ(wrapped("extraordinary a b", 3), (Lines{"extraordinary", "a b"}));
  EXPECT_EQ(wrapped("a\nb", 9), (Lines{"a", "b"}));
  EXPECT_EQ(wrapped("\u00e9\u00e9 \u00e9", 4), (Lines{"\u00e9\u00e9 \u00e9"}));
  EXPECT_EQ(wrapped("", 9), (Lines{""}));
}

TEST(Text, WordsAreJoined) {
  EXPECT_EQ(join_words({}), "");
  EXPECT_EQ(join_words({"a", "b"}), "a, b");
  EXPECT_EQ(join_words({"", "b"}, " "), " b");
  EXPECT_EQ(list_words({}), "");
  EXPECT_EQ(list_words({"a"}), "a");
  EXPECT_EQ(list_words({"a", "b"}), "a and b");
  EXPECT_EQ(list_words({"a", "b", "c"}, "or"), "a, b or c");
  EXPECT_EQ(plural(1, "row"), "1 row");
  EXPECT_EQ(plural(0, "row"), "0 rows");
}

TEST(Text, TrimmedAndLowerCase) {
  EXPECT_EQ(trimmed(" \t a b\r\n"), "a b");
  EXPECT_EQ(trimmed(" \n"), "");
  EXPECT_EQ(lower_case(".CsV\xc3\x84"), ".csv\xc3\x84");
}

TEST(Text, MisspeltWordsAreFound) {
  EXPECT_EQ(edit_distance("", "abc"), 3u);
  EXPECT_EQ(edit_distance("train", "trian"), 1u);
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3u);
  EXPECT_EQ(nearest_word("Latent-Dim", {"loss", "latent_dim"}), "latent_dim");
  EXPECT_EQ(nearest_word("xyz", {"loss", "latent_dim"}), "");
  EXPECT_EQ(nearest_word(std::string(100000, 'a'), {"aa"}), "");
  EXPECT_EQ(did_you_mean("trian", {"train", "report"}), "; did you mean 'train'?");
  EXPECT_EQ(did_you_mean("q", {"train"}), "");
  EXPECT_TRUE(same_word("Batch-Size", "batch_size"));
}

TEST(Text, NumbersAreShort) {
  EXPECT_EQ(rounded(0.123456), "0.123");
  EXPECT_EQ(rounded(1.0 / 3.0, 9), "0.333333333");
  EXPECT_EQ(with_decimals(12, 1), "12.0");
  EXPECT_EQ(with_decimals(std::numeric_limits<double>::max(), 2).size(), 312u);
  EXPECT_EQ(number_text(0.1), "0.1");
  EXPECT_EQ(number_text(64), "64");
  EXPECT_EQ(number_text(1e-8), "1e-08");
  EXPECT_EQ(number_text(std::numeric_limits<double>::quiet_NaN()), "NaN");
  EXPECT_EQ(number_text(-std::numeric_limits<double>::infinity()), "-infinity");
}

}  // namespace
}  // namespace symscan
