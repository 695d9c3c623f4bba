#pragma once
#include <string>
#include <vector>

namespace symscan {

/// The known word that `given` most likely misspells, or "" if none is near: insertions, deletions,
/// substitutions and swaps of neighbours count one each (optimal string alignment); case and - for _ count
/// nothing.
std::string nearest_word(const std::string& given, const std::vector<std::string>& known);

/// "; did you mean 'word'?", or "" if no known word is near.
std::string did_you_mean(const std::string& given, const std::vector<std::string>& known);

/// Whether two words differ in nothing but case and - for _.
bool same_word(const std::string& a, const std::string& b);

/// "a, b, c"
std::string join_words(const std::vector<std::string>& words);

}  // namespace symscan
