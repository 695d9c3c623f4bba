#include "host/config/nearest.hpp"

#include <algorithm>
#include <cctype>

namespace symscan {
namespace {

// Longer words are no misspelt settings, and the distance costs the product of the lengths.
constexpr std::size_t longest_word = 80;

std::string folded(const std::string& word) {
  std::string result = word;
  for (char& letter : result) {
    letter = letter == '-' ? '_' : static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
  }
  return result;
}

std::size_t edit_distance(const std::string& a, const std::string& b) {
  std::vector<std::vector<std::size_t>> cost(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
  for (std::size_t i = 0; i <= a.size(); ++i) {
    for (std::size_t j = 0; j <= b.size(); ++j) {
      if (i == 0 || j == 0) {
        cost[i][j] = i + j;
        continue;
      }
      const std::size_t change = a[i - 1] == b[j - 1] ? 0 : 1;
      cost[i][j] = std::min({cost[i - 1][j] + 1, cost[i][j - 1] + 1, cost[i - 1][j - 1] + change});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        cost[i][j] = std::min(cost[i][j], cost[i - 2][j - 2] + 1);
      }
    }
  }
  return cost[a.size()][b.size()];
}

}  // namespace

std::string nearest_word(const std::string& given, const std::vector<std::string>& known) {
  if (given.empty() || given.size() > longest_word) return "";
  const std::string word = folded(given);
  std::size_t best = std::max<std::size_t>(1, (given.size() + 1) / 3) + 1;
  std::string nearest;
  for (const std::string& candidate : known) {
    if (candidate.size() > longest_word) continue;
    const std::size_t distance = edit_distance(word, folded(candidate));
    // Nothing in common is no likeness, however short the words are.
    if (distance < best && distance < std::max(word.size(), candidate.size())) {
      best = distance;
      nearest = candidate;
    }
  }
  return nearest;
}

std::string did_you_mean(const std::string& given, const std::vector<std::string>& known) {
  const std::string nearest = nearest_word(given, known);
  return nearest.empty() ? "" : "; did you mean '" + nearest + "'?";
}

bool same_word(const std::string& a, const std::string& b) {
  return folded(a) == folded(b);
}

std::string join_words(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

}  // namespace symscan
