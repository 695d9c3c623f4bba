#include "host/findings/answer_symmetry.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>

#include "host/base/text.hpp"
#include "host/findings/finding_sentences.hpp"
#include "host/findings/motion_texts.hpp"
#include "host/findings/sentence_parts.hpp"

namespace symscan {
namespace {

/// The motions that the distribution was tested for: those of the set, else those that were found.
const Motions& tested_motions(const DatasetFinding& finding) {
  static const Motions nothing;
  if (finding.symmetry) return finding.symmetry->generators;
  return finding.distribution ? finding.distribution->generators : nothing;
}

Motions with_verdict(const Motions& motions, DensityVerdict verdict) {
  Motions some;
  std::copy_if(motions.begin(), motions.end(), std::back_inserter(some),
               [&](const GeneratorFinding& motion) { return motion.density.verdict == verdict; });
  return some;
}

/// Whether the set that motions keep is one that the rows scatter around.
bool is_approximate(const DatasetFinding& finding) {
  return finding.symmetry->evidence == Evidence::approximate || above_a_scale(finding);
}

std::string set_text(const DatasetFinding& finding) {
  if (!finding.dimension) return "none";
  if (finding.symmetry) return (is_approximate(finding) ? "approximately " : "") + finding.symmetry->algebra;
  if (!finding.symmetry_note.empty()) {
    const bool rotates = finding.rotations && *finding.rotations != "none";
    return rotates ? "at least " + *finding.rotations : "unclear";
  }
  if (!finding.dimension->value) return "unclear";
  if (finding.dimension->fills_its_span)
    return (parts_differ(finding) && !above_a_scale(finding)) ||
                   finding.dimension->evidence == Evidence::models
               ? "unclear"
               : "fills its span";
  return finding.rotations ? "none" : "unclear";
}

/// Whether motions of the set, beside those that the distribution is found to keep, are undecided.
bool leaves_motions_open(const DatasetFinding& finding) {
  const DistributionFinding& distribution = *finding.distribution;
  const std::size_t kept = with_verdict(distribution.generators, DensityVerdict::undecided).size();
  return !distribution.complete ||
         with_verdict(tested_motions(finding), DensityVerdict::undecided).size() > kept;
}

std::string distribution_text(const DatasetFinding& finding) {
  if (!finding.distribution) {
    if (finding.symmetry) return "undecided";
    return finding.dimension && set_text(finding) == "none" ? "none" : "";
  }
  const DistributionFinding& distribution = *finding.distribution;
  const bool open = leaves_motions_open(finding);
  if (distribution.generators.empty()) return open ? "undecided" : "none";
  const std::size_t undecided = with_verdict(distribution.generators, DensityVerdict::undecided).size();
  if (undecided == distribution.generators.size()) return "undecided";
  if (undecided > 0) return distribution.algebra + ", as far as these rows tell";
  return (open ? "at least " : "") + distribution.algebra;
}

std::string finite_text(const DatasetFinding& finding) {
  if (!finding.discrete || finding.discrete->tried == 0) return "";
  const DiscreteFinding& discrete = *finding.discrete;
  if (discrete.generators.empty()) return discrete.undecided.empty() ? "none" : "";
  const bool beside = std::any_of(discrete.notes.begin(), discrete.notes.end(), [](const std::string& note) {
    return note.starts_with("The group is that of the components");
  });
  return (discrete.undecided.empty() ? "" : "at least ") + discrete.group +
         (beside ? ", beside the continuous symmetry" : "");
}

/// "the distribution keeps rotation in x-y and breaks 2 rotations; no change of it is seen under ..."
std::string verdicts_text(const Motions& motions) {
  const Motions kept = with_verdict(motions, DensityVerdict::invariant),
                broken = with_verdict(motions, DensityVerdict::broken);
  Motions open, untold;
  for (const GeneratorFinding& motion : with_verdict(motions, DensityVerdict::undecided))
    (tells_nothing(motion.density) ? untold : open).push_back(motion);
  const auto said = [&](const Motions& some) {
    if (some.size() < motions.size()) return motions_text(some);
    return std::string(some.size() == 1 ? "it" : "each of them");
  };
  std::vector<std::string> decided, texts;
  if (!kept.empty()) decided.push_back("keeps " + said(kept));
  if (!broken.empty()) decided.push_back("breaks " + said(broken));
  if (!decided.empty()) texts.push_back("the distribution " + list_words(decided));
  if (!open.empty())
    texts.push_back("no change of the distribution is seen under " + said(open) +
                    ", but a small one is not excluded");
  if (!untold.empty()) texts.push_back("too few rows tell whether the distribution keeps " + said(untold));
  return join_words(texts, "; ");
}

std::string symmetric_set_text(const SymmetryFinding& symmetry, std::size_t outliers) {
  const char* from =
      symmetry.evidence == Evidence::constraints
          ? (outliers > 0 ? "the constraints that nearly all rows obey" : "the exact constraints")
      : symmetry.evidence == Evidence::approximate ? "the approximate constraints"
                                                   : "the distances between neighbours";
  return "The set has the symmetry " + symmetry.algebra + " (" + motions_text(symmetry.generators) +
         "), from " + from;
}

/// Of the motions that were looked at where the set itself has none.
std::string distribution_sentence(const DistributionFinding& distribution) {
  const std::string among =
      " of the " + std::to_string(distribution.searched) + " affine motions " + distribution.among;
  if (distribution.generators.empty())
    return distribution.complete
               ? "The distribution keeps none" + among + "."
               : "There are too few rows to tell which" + among + " the distribution keeps.";
  const Motions& found = distribution.generators;
  const bool all_kept = with_verdict(found, DensityVerdict::invariant).size() == found.size();
  return "Symmetry of the distribution" + std::string(all_kept ? ": " : ", as far as these rows tell: ") +
         distribution.algebra + " (" + motions_text(found) + ")," + among +
         (distribution.complete ? "." : "; there are too few rows to judge the others.");
}

/// " 4 motions of the dictionary quadratic keep the set within 0.094 %."
std::string dictionary_text(const DatasetFinding& finding) {
  if (!finding.fields || finding.fields->fields.empty()) return "";
  const FieldsFinding& fields = *finding.fields;
  double within = 0;
  for (const FieldFinding& field : fields.fields) within = std::max(within, field.residual);
  return " " + plural(fields.fields.size(), "motion") + " of the dictionary " + fields.dictionary +
         (fields.fields.size() == 1 ? " keeps " : " keep ") + fields.keeps +
         (within > 0 ? " within " + rounded(100 * within, 2) + " % of the motion" : "") + ".";
}

/// What stands where the distribution breaks nothing that was tested, and leaves nothing undecided.
std::string not_broken_text(const DatasetFinding& finding) {
  if (!finding.dimension) return "";
  if (finding.symmetry) {
    const std::size_t tested = finding.symmetry->generators.size();
    return tested == 1 ? "none: it keeps the one that was tested"
                       : "none of the " + std::to_string(tested) + " tested";
  }
  if (!finding.distribution)
    return set_text(finding) == "none" ? "no affine motion keeps the set" : "not tested";
  const DistributionFinding& distribution = *finding.distribution;
  if (!distribution.complete) return "too few rows to tell";
  const int others = distribution.searched - static_cast<int>(distribution.generators.size());
  if (others <= 0) return "none of the " + std::to_string(distribution.searched) + " tested";
  return (distribution.generators.empty() ? "all " : "all others of the ") +
         std::to_string(distribution.searched) + " affine motions " + distribution.among;
}

}  // namespace

bool above_a_scale(const DatasetFinding& finding) {
  return finding.dimension && std::isfinite(finding.dimension->above_scale);
}

void add_symmetry_answer(const DatasetFinding& finding, Answer& answer) {
  answer.set = set_text(finding);
  answer.distribution = distribution_text(finding);
  const Motions& motions = tested_motions(finding);
  answer.kept = motion_entries(with_verdict(motions, DensityVerdict::invariant));
  answer.broken = motion_entries(with_verdict(motions, DensityVerdict::broken));
  answer.undecided = motion_entries(with_verdict(motions, DensityVerdict::undecided));
  if (answer.broken.empty() && answer.undecided.empty()) answer.not_broken = not_broken_text(finding);
  answer.finite = finite_text(finding);
}

std::string answer_on_symmetry(const DatasetFinding& finding) {
  if (!finding.dimension) return "";
  std::string text;
  if (finding.symmetry) {
    text = symmetric_set_text(*finding.symmetry, finding.outliers);
    if (const std::string verdicts = verdicts_text(finding.symmetry->generators); !verdicts.empty())
      text += "; " + verdicts;
    text += ".";
  } else {
    text = "Symmetry of the set: " + set_without_motions(finding);
    if (finding.distribution) text += " " + distribution_sentence(*finding.distribution);
  }
  text += dictionary_text(finding);
  const std::string finite = finite_text(finding);
  if (!finite.empty() && finite != "none") text += " Finite group of the distribution: " + finite + ".";
  return text;
}

}  // namespace symscan
