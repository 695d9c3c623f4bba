#include "host/analysis/angle_candidates.hpp"

#include <algorithm>

#include "host/base/text.hpp"

namespace symscan {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr std::size_t kMostShifted = 8, kMostPaired = 6;

Candidate still(const std::string& name, bool continuous, std::size_t columns) {
  const auto size = static_cast<Index>(columns);
  Candidate result{name, continuous, MatrixXd::Zero(size, size), VectorXd::Zero(size)};
  if (!continuous) result.matrix.setIdentity();
  return result;
}

void add_shift(const Angle& angle, double speed, MatrixXd& matrix) {
  matrix(angle.sine, angle.cosine) = speed;
  matrix(angle.cosine, angle.sine) = -speed;
}

void exchange(Index a, Index b, MatrixXd& matrix) {
  matrix(a, a) = matrix(b, b) = 0;
  matrix(a, b) = matrix(b, a) = 1;
}

const Angle* find_angle(const std::vector<Angle>& angles, const std::string& name) {
  const auto found =
      std::find_if(angles.begin(), angles.end(), [&](const Angle& angle) { return angle.name == name; });
  return found == angles.end() ? nullptr : &*found;
}

/// The two angles that "a,b" names, at whichever comma.
std::pair<const Angle*, const Angle*> angle_pair(const std::vector<Angle>& angles, const std::string& text) {
  for (std::size_t comma = text.find(','); comma != std::string::npos; comma = text.find(',', comma + 1)) {
    const Angle *first = find_angle(angles, trimmed(text.substr(0, comma))),
                *second = find_angle(angles, trimmed(text.substr(comma + 1)));
    if (first != nullptr && second != nullptr && first != second) return {first, second};
  }
  return {nullptr, nullptr};
}

}  // namespace

std::vector<Candidate> parse_candidate(const std::string& text, const std::vector<std::string>& columns,
                                       const std::vector<Angle>& angles) {
  const std::string whole = trimmed(text);
  const std::size_t open = whole.find('(');
  if (open == std::string::npos || whole.back() != ')') return parse_candidate(text, columns);
  const std::string kind = trimmed(whole.substr(0, open)),
                    argument = trimmed(whole.substr(open + 1, whole.size() - open - 2));
  if (same_word(kind, "permutation")) {
    const auto [first, second] = angle_pair(angles, argument);
    if (first == nullptr) return parse_candidate(text, columns);
    Candidate result = still("permutation(" + first->name + "," + second->name + ")", false, columns.size());
    exchange(first->cosine, second->cosine, result.matrix);
    exchange(first->sine, second->sine, result.matrix);
    return {result};
  }
  const Angle* angle = find_angle(angles, argument);
  if (angle != nullptr && same_word(kind, "translation")) {
    Candidate result = still("translation(" + argument + ")", true, columns.size());
    add_shift(*angle, 1, result.matrix);
    return {result};
  }
  if (angle != nullptr && same_word(kind, "reflection")) {
    Candidate result = still("reflection(" + argument + ")", false, columns.size());
    result.matrix(angle->sine, angle->sine) = -1;
    return {result};
  }
  return parse_candidate(text, columns);
}

std::vector<std::string> natural_candidates(const std::vector<std::string>& columns,
                                            const std::vector<Angle>& angles) {
  if (angles.empty()) return natural_candidates(columns);
  std::vector<std::string> others;
  for (std::size_t d = 0; d < columns.size(); ++d) {
    const auto place = static_cast<Index>(d);
    if (std::none_of(angles.begin(), angles.end(),
                     [&](const Angle& angle) { return angle.cosine == place || angle.sine == place; }))
      others.push_back(columns[d]);
  }
  std::vector<std::string> names = natural_candidates(others);
  if (angles.size() > kMostShifted) return names;
  for (const char* kind : {"translation", "reflection"})
    for (const Angle& angle : angles) names.push_back(std::string(kind) + "(" + angle.name + ")");
  return names;
}

std::vector<Candidate> angle_shifts(const std::vector<std::string>& columns,
                                    const std::vector<Angle>& angles) {
  std::vector<Candidate> shifts;
  const auto add = [&](const std::vector<std::pair<const Angle*, double>>& parts) {
    Candidate shift = still("shift", true, columns.size());
    for (const auto& [angle, speed] : parts) add_shift(*angle, speed, shift.matrix);
    shifts.push_back(std::move(shift));
  };
  for (const Angle& angle : angles) add({{&angle, 1}});
  if (angles.size() < 2) return shifts;
  std::vector<std::pair<const Angle*, double>> all;
  for (const Angle& angle : angles) all.emplace_back(&angle, 1);
  add(all);
  if (angles.size() > kMostPaired) return shifts;
  for (const double speed : {1.0, -1.0})
    for (std::size_t b = 0; b < angles.size(); ++b)
      for (std::size_t a = 0; a < b; ++a) add({{&angles[a], 1}, {&angles[b], speed}});
  return shifts;
}

}  // namespace symscan
