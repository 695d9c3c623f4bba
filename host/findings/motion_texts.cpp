#include "host/findings/motion_texts.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <utility>

#include "host/base/linear_algebra.hpp"
#include "host/base/text.hpp"
#include "host/findings/sentence_parts.hpp"

namespace symscan {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;

constexpr std::size_t longest_entry = 60;

/// What a name says of a motion.
enum class NameFit {
  exact,    ///< it is that, in the units of the data
  unequal,  ///< it would be that, with other units of the features
  near,     ///< within errors
  misleads,
};

/// Among the features that the motion is written with: others follow them by linear relations, such as the
/// momentum of a second particle.
MatrixXd matrix_of(const GeneratorFinding& motion) {
  const auto size = static_cast<Index>(motion.matrix.size());
  MatrixXd matrix = MatrixXd::Zero(size, size);
  for (Index i = 0; i < size; ++i) {
    const std::vector<double>& row = motion.matrix[static_cast<std::size_t>(i)];
    for (Index j = 0; j < std::min(size, static_cast<Index>(row.size())); ++j)
      matrix(i, j) = row[static_cast<std::size_t>(j)];
  }
  constexpr double nothing = 1e-9;
  std::vector<Index> used;
  for (Index j = 0; j < size; ++j)
    if (matrix.col(j).cwiseAbs().maxCoeff() > nothing * matrix.cwiseAbs().maxCoeff()) used.push_back(j);
  return matrix(used, used);
}

/// Whether units of the features make it (anti)symmetric, within errors: features move in pairs, each by the
/// other alone. What a feature moves by itself has the same size in all units.
bool moves_pairs(const MatrixXd& matrix, double sign) {
  constexpr double small = 0.01, small_turn = 0.03;
  double least = matrix.cwiseAbs().maxCoeff();
  std::vector<std::pair<Index, Index>> pairs;
  for (Index i = 0; i < matrix.rows(); ++i)
    for (Index j = i + 1; j < matrix.rows(); ++j)
      if (sign * matrix(i, j) * matrix(j, i) > 0) {
        pairs.emplace_back(i, j);
        least = std::min({least, std::abs(matrix(i, j)), std::abs(matrix(j, i))});
      }
  MatrixXd left = matrix;
  std::vector<bool> taken(static_cast<std::size_t>(matrix.rows()));
  for (const auto& [i, j] : pairs) {
    if (taken[static_cast<std::size_t>(i)] || taken[static_cast<std::size_t>(j)]) return false;
    taken[static_cast<std::size_t>(i)] = taken[static_cast<std::size_t>(j)] = true;
    const double turn = std::sqrt(std::abs(matrix(i, j) * matrix(j, i)));
    if (std::max(std::abs(matrix(i, i)), std::abs(matrix(j, j))) > small_turn * turn) return false;
    left(i, j) = left(j, i) = left(i, i) = left(j, j) = 0;
  }
  return !pairs.empty() && left.cwiseAbs().maxCoeff() <= small * least;
}

/// The largest factor between what two features do to each other.
double largest_ratio(const MatrixXd& matrix) {
  constexpr double small = 0.06;
  const double most = matrix.cwiseAbs().maxCoeff();
  double largest = 1;
  for (Index i = 0; i < matrix.rows(); ++i)
    for (Index j = 0; j < matrix.rows(); ++j)
      if (std::abs(matrix(j, i)) > small * most)
        largest = std::max(largest, std::abs(matrix(i, j) / matrix(j, i)));
  return largest;
}

/// Of a motion that turns (sign -1) or boosts (sign 1).
NameFit fit_of_turn(const MatrixXd& matrix, double sign) {
  constexpr double exact = 0.01, cut = 0.03;  // cut: as equations are
  const double off = (matrix - sign * matrix.transpose()).norm(), size = matrix.norm();
  if (off <= exact * size) return NameFit::exact;
  if (off <= 2 * cut * size && largest_ratio(matrix) <= 1 + cut) return NameFit::near;
  if (moves_pairs(matrix, sign)) return NameFit::unequal;
  return off <= cut * size ? NameFit::near : NameFit::misleads;
}

NameFit fit_of_name(const GeneratorFinding& motion) {
  const std::string kind = to_string(motion.kind);
  // Others are called by shifts of angles, say.
  if (!motion.name.starts_with(kind) || motion.matrix.empty()) return NameFit::exact;
  const MatrixXd matrix = matrix_of(motion);
  if (matrix.size() == 0) return NameFit::exact;
  switch (motion.kind) {
    case FieldKind::rotation:
    case FieldKind::screw:
      return fit_of_turn(matrix, -1);
    case FieldKind::boost:
      return fit_of_turn(matrix, 1);
    case FieldKind::shear: {
      constexpr double nilpotent = 0.01;
      return eigenvalues_of(matrix).cwiseAbs().maxCoeff() <= nilpotent * matrix.norm() ? NameFit::exact
                                                                                       : NameFit::misleads;
    }
    case FieldKind::other:
      return NameFit::misleads;
    case FieldKind::translation:
    case FieldKind::scaling:
    case FieldKind::spiral:
      break;
  }
  return NameFit::exact;
}

/// The motion without a remark; `alone`: no other of the list has its name.
std::string motion_entry(const GeneratorFinding& motion, bool alone) {
  const NameFit fit = fit_of_name(motion);
  if (motion.equation.empty() || (fit == NameFit::exact && alone)) return motion.name;
  if (fit == NameFit::misleads) return shortened(motion.equation, longest_entry);
  std::string both = motion.name + ": " + motion.equation;
  if (both.size() <= longest_entry || !alone) return shortened(both, longest_entry);
  return motion.name + (fit == NameFit::unequal ? " at unequal scales" : "");
}

/// What the test of the distribution adds.
std::string remark_on(const GeneratorFinding& motion) {
  const DensityFinding& density = motion.density;
  if (density.verdict == DensityVerdict::broken && motion.leaves > least_told_leaves)
    return " (leads " + with_decimals(100 * motion.leaves, 0) + " % of the events out)";
  if (density.verdict == DensityVerdict::invariant && std::isfinite(density.test.effect_limit))
    return " (change below " + rounded(density.test.effect_limit, 2) + ")";
  return "";
}

/// In a sentence.
std::string said_motion(const GeneratorFinding& motion) {
  const NameFit fit = fit_of_name(motion);
  if (fit == NameFit::misleads && !motion.equation.empty()) return "the motion " + motion.equation;
  return motion.name + (fit == NameFit::unequal ? " at unequal scales" : "");
}

}  // namespace

std::vector<std::string> motion_entries(const Motions& motions) {
  std::vector<std::string> entries;
  for (const GeneratorFinding& motion : motions) {
    const auto same = std::count_if(motions.begin(), motions.end(),
                                    [&](const GeneratorFinding& other) { return other.name == motion.name; });
    std::string entry = motion_entry(motion, same == 1);
    const std::string remark = remark_on(motion);
    const bool must_be_said = motion.density.verdict == DensityVerdict::broken;
    if (must_be_said || entry.size() + remark.size() <= longest_entry) entry += remark;
    entries.push_back(std::move(entry));
  }
  return entries;
}

std::string motions_text(const Motions& motions) {
  constexpr std::size_t longest = 70;
  if (motions.size() == 1)
    if (std::string text = said_motion(motions.front()); text.size() <= longest) return text;
  struct Counted {
    FieldKind kind;
    bool unequal;
    std::uint64_t count;
  };
  std::vector<Counted> counts;
  for (const GeneratorFinding& motion : motions) {
    const NameFit fit = fit_of_name(motion);
    const FieldKind kind = fit == NameFit::misleads ? FieldKind::other : motion.kind;
    const bool unequal = fit == NameFit::unequal;
    auto same = std::find_if(counts.begin(), counts.end(), [&](const Counted& entry) {
      return entry.kind == kind && entry.unequal == unequal;
    });
    if (same == counts.end()) same = counts.insert(same, {kind, unequal, 0});
    ++same->count;
  }
  std::vector<std::string> words;
  for (const Counted& entry : counts)
    words.push_back(plural(entry.count, entry.kind == FieldKind::other ? "motion" : to_string(entry.kind)) +
                    (entry.unequal ? " at unequal scales" : ""));
  return list_words(words);
}

}  // namespace symscan
