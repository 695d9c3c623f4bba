#include "host/findings/truth_table.hpp"

#include <cstdio>
#include <optional>
#include <string>

namespace symscan {
namespace {

struct Score {
  int right = 0, judged = 0;

  const char* judge(bool is_right) {
    ++judged;
    right += is_right ? 1 : 0;
    return is_right ? "ok" : "NO";
  }
};

/// What is stated, found, and whether they agree; "-" where nothing is stated.
struct Compared {
  std::string truth = "-", found = "", mark = "";
};

Compared compared(bool stated, const std::string& truth, const std::string& found, Score& score) {
  if (!stated) return {};
  return {truth, found, score.judge(truth == found)};
}

std::string text_of(std::optional<int> value) {
  return value ? std::to_string(*value) : "?";
}

std::string line_of(const DatasetFinding& finding, const Truth& truth, Score& score) {
  const Compared dimension =
      compared(truth.intrinsic_dimension >= 0, std::to_string(truth.intrinsic_dimension),
               text_of(finding.dimension ? finding.dimension->value : std::nullopt), score);
  const Compared rotations =
      compared(!truth.symmetry.empty(), truth.symmetry, finding.rotations.value_or("?"), score);
  const Compared discrete = compared(!truth.discrete.empty() && finding.discrete, truth.discrete,
                                     finding.discrete ? finding.discrete->group : "?", score);
  const Compared laws =
      compared(truth.laws >= 0, std::to_string(truth.laws),
               finding.trajectories ? std::to_string(finding.trajectories->independent) : "?", score);
  char line[320];
  std::snprintf(line, sizeof line, "%-44.44s %3s %5s %-3s  %-14s %-14s %-3s  %-5s %-5s %-3s  %3s %5s %s\n",
                finding.dataset.c_str(), dimension.truth.c_str(), dimension.found.c_str(),
                dimension.mark.c_str(), rotations.truth.c_str(), rotations.found.c_str(),
                rotations.mark.c_str(), discrete.truth.c_str(), discrete.found.c_str(), discrete.mark.c_str(),
                laws.truth.c_str(), laws.found.c_str(), laws.mark.c_str());
  return line;
}

}  // namespace

std::string truth_table(const Findings& findings) {
  std::string lines;
  Score score;
  for (const DatasetFinding& finding : findings.datasets)
    if (finding.truth) lines += line_of(finding, *finding.truth, score);
  if (lines.empty()) return "";
  char head[256], foot[64];
  std::snprintf(head, sizeof head, "%-44s %3s %5s %-3s  %-14s %-14s %-3s  %-5s %-5s %-3s %4s %5s\n",
                "dataset", "dim", "found", "", "rotations", "found", "", "group", "found", "", "laws",
                "found");
  std::snprintf(foot, sizeof foot, "%d of %d right\n", score.right, score.judged);
  return head + lines + foot;
}

}  // namespace symscan
