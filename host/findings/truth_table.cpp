#include "host/findings/truth_table.hpp"

#include <cstdio>

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

std::string line_of(const DatasetFinding& finding, const Truth& truth, Score& score) {
  const int dimension = finding.dimension ? finding.dimension->value.value_or(-1) : -1;
  const std::string rotations = finding.rotations.value_or("?");
  const bool stated = !truth.symmetry.empty();
  const char* dimension_mark = score.judge(dimension == truth.intrinsic_dimension);
  const char* symmetry_mark = stated ? score.judge(rotations == truth.symmetry) : "";
  char line[256];
  std::snprintf(line, sizeof line, "%-34.34s %3d %5s %-3s  %-14s %-14s %s\n", finding.dataset.c_str(),
                truth.intrinsic_dimension, dimension < 0 ? "?" : std::to_string(dimension).c_str(),
                dimension_mark, stated ? truth.symmetry.c_str() : "-", rotations.c_str(), symmetry_mark);
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
  std::snprintf(head, sizeof head, "%-34s %3s %5s %-3s  %-14s %-14s\n", "dataset", "dim", "found", "",
                "rotations", "found");
  std::snprintf(foot, sizeof foot, "%d of %d right\n", score.right, score.judged);
  return head + lines + foot;
}

}  // namespace symscan
