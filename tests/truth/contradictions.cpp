#include "tests/truth/contradictions.hpp"

#include <algorithm>
#include <cmath>
#include <regex>

#include "host/findings/model_json.hpp"

namespace symscan::truth {
namespace {

/// Collects what is wrong.
class Complaints {
 public:
  void add_if(bool wrong, const std::string& text) {
    if (wrong) found_.push_back(text);
  }
  std::vector<std::string> take() { return std::move(found_); }

 private:
  std::vector<std::string> found_;
};

bool is_share(double value) {
  return value >= 0 && value <= 1 + 1e-9;
}

/// Exact relations of degree two and exact laws; independent, since each is kept only if it says more.
int exact_surfaces(const DatasetFinding& finding) {
  const auto exact = [](const auto& one) { return one.exact; };
  const auto curved = [](const ConstraintFinding& one) { return one.exact && one.degree > 1; };
  return static_cast<int>(std::count_if(finding.constraints.begin(), finding.constraints.end(), curved) +
                          std::count_if(finding.laws.begin(), finding.laws.end(), exact));
}

int exact_lines(const DatasetFinding& finding) {
  return static_cast<int>(
      std::count_if(finding.constraints.begin(), finding.constraints.end(),
                    [](const ConstraintFinding& one) { return one.exact && one.degree == 1; }));
}

void check_value(const DatasetFinding& finding, const DimensionFinding& dimension, Complaints& complaints) {
  const int value = *dimension.value, columns = static_cast<int>(finding.columns.size());
  complaints.add_if(value < 0 || value > finding.linear_rank, "more degrees of freedom than the span has");
  complaints.add_if(value > dimension.at_most, "more degrees of freedom than the constraints leave");
  complaints.add_if(dimension.discrete == 0 && value > columns - exact_lines(finding),
                    "more degrees of freedom than columns less linear constraints");
  complaints.add_if(!(dimension.low <= value && value <= dimension.high),
                    "the dimension is not in its own interval");
  complaints.add_if(dimension.evidence == Evidence::none, "a dimension that nothing decides");
  complaints.add_if(!dimension.reason.empty(), "a dimension with a reason why it is unclear");
  complaints.add_if(dimension.fills_its_span != (value == finding.linear_rank),
                    "it fills its span, with another dimension; or does not, with the same");
  complaints.add_if(dimension.discrete > value, "more discrete directions than directions");
}

void check_dimension(const DatasetFinding& finding, Complaints& complaints) {
  complaints.add_if(finding.dimension.has_value() != (finding.linear_rank > 0),
                    "a dimension is given exactly where a column varies");
  if (!finding.dimension) return;
  const DimensionFinding& dimension = *finding.dimension;
  const int surfaces = exact_surfaces(finding);
  complaints.add_if(dimension.low > dimension.high, "the interval of the dimension is upside down");
  complaints.add_if(dimension.evidence == Evidence::constraints && surfaces == 0 && finding.outliers == 0 &&
                        dimension.reason.empty(),
                    "constraints decide the dimension, and none is curved and exact");
  complaints.add_if(dimension.evidence == Evidence::span && surfaces > 0 && dimension.discrete == 0,
                    "the data fill a span in which an exact curved constraint holds");
  complaints.add_if(dimension.evidence == Evidence::models && finding.groups.empty(),
                    "models decide, and there is none");
  complaints.add_if(std::isfinite(dimension.above_scale) && dimension.evidence != Evidence::neighbours,
                    "a scale of noise without the evidence of neighbours");
  complaints.add_if(!dimension.value && (dimension.reason.empty() || dimension.evidence != Evidence::none),
                    "an unclear dimension without a reason, or with evidence");
  complaints.add_if(!dimension.value && (dimension.fills_its_span || finding.symmetry),
                    "an unclear dimension, with a symmetry of the set");
  if (dimension.value) check_value(finding, dimension, complaints);
}

void check_neighbours(const NeighbourFinding& neighbours, Complaints& complaints) {
  double share = 0;
  for (const StratumFinding& stratum : neighbours.strata) share += stratum.share;
  complaints.add_if(!neighbours.strata.empty() && std::abs(share - 1) > 1e-6,
                    "the parts of the data do not add up to all of them");
  complaints.add_if(neighbours.low > neighbours.value || neighbours.value > neighbours.high,
                    "the neighbours' dimension is not in its own interval");
  complaints.add_if(!std::is_sorted(neighbours.scales.begin(), neighbours.scales.end(),
                                    [](const auto& a, const auto& b) { return a.distance < b.distance; }),
                    "scales are not ascending");
}

void check_constraints(const DatasetFinding& finding, Complaints& complaints) {
  bool approximate = false;
  std::vector<std::string> equations;
  for (const ConstraintFinding& one : finding.constraints) {
    complaints.add_if(one.exact && approximate, "an exact constraint after an approximate one");
    complaints.add_if(!(one.residual >= 0) || !(one.width >= 0), "residual or width of " + one.equation);
    complaints.add_if(one.exact && one.residual > 1e-4, "exact with a residual: " + one.equation);
    approximate |= !one.exact;
    equations.push_back(one.equation);
  }
  for (const LawFinding& law : finding.laws) equations.push_back(law.equation);
  for (std::size_t i = 0; i < equations.size(); ++i)
    complaints.add_if(
        equations[i].empty() || std::count(equations.begin(), equations.end(), equations[i]) > 1,
        "a constraint that is empty or said twice: " + equations[i]);
}

void check_density(const std::string& name, const DensityFinding& density, Complaints& complaints) {
  const DensityTest& test = density.test;
  complaints.add_if(!is_share(test.p_value), name + ": p is no probability");
  complaints.add_if(test.effect < 0 || test.effect_limit < test.effect, name + ": a change above its limit");
  if (density.verdict == DensityVerdict::invariant) {
    complaints.add_if(!(test.effect_limit <= test.delta), name + ": kept, with a change above delta");
    complaints.add_if(test.p_value < 0.01, name + ": kept, with a small p");
  }
  complaints.add_if(density.verdict == DensityVerdict::broken && !(test.p_value < 0.01),
                    name + ": broken, with a p that is not small");
  complaints.add_if(density.verdict == DensityVerdict::undecided && test.p_value < 0.01,
                    name + ": no change seen, with a small p");
}

void check_candidate(const DatasetFinding& finding, const CandidateFinding& candidate,
                     Complaints& complaints) {
  const std::string said = candidate.name + " is called \"" + to_string(candidate.verdict) + "\"";
  const bool fills = finding.dimension && finding.dimension->fills_its_span;
  const double p = candidate.test.p_value;
  if (candidate.verdict == Verdict::nothing_moves) return;
  complaints.add_if(!is_share(p), said + ", and p is no probability");
  complaints.add_if(std::isfinite(candidate.manifold_residual) && !is_share(candidate.manifold_residual),
                    said + ", and its residual is no share");
  complaints.add_if(
      candidate.verdict == Verdict::symmetry && !(candidate.test.effect_limit <= candidate.test.delta),
      said + ", and the change is not bounded");
  complaints.add_if(
      (candidate.verdict == Verdict::symmetry || candidate.verdict == Verdict::no_change_seen) && p < 0.01,
      said + ", and p is small");
  complaints.add_if(candidate.verdict == Verdict::manifold_only && (p >= 0.01 || fills),
                    said + ", and the distribution keeps it, or every motion keeps the set");
  complaints.add_if(
      candidate.verdict == Verdict::no_symmetry && p >= 0.01 && candidate.manifold_residual < 1e-6,
      said + ", and keeps set and distribution");
  complaints.add_if(candidate.verdict == Verdict::symmetry && candidate.manifold_residual > 0.05,
                    said + ", and leaves the set");
}

void check_sentences(const DatasetFinding& finding, Complaints& complaints) {
  static const std::regex number("(^|[^A-Za-z])-?(nan|inf)([^A-Za-z]|$)");
  static const std::regex typing(
      "\\S  |\\(\\)|\\( | ,|,,|\\.\\.$|(^|[^0-9.])1 (degrees|generators|constraints|rows)");
  bool unclear = false, decided = false;
  for (const std::string& sentence : finding.sentences) {
    complaints.add_if(sentence.empty(), "an empty sentence");
    complaints.add_if(std::regex_search(sentence, number), "a sentence with no number: " + sentence);
    complaints.add_if(std::regex_search(sentence, typing) && !sentence.ends_with("..."),
                      "a sentence with a slip: " + sentence);
    unclear |= sentence.find("degrees of freedom is unclear") != std::string::npos;
    decided |= sentence.starts_with("The data have");
  }
  complaints.add_if(unclear == decided && finding.dimension.has_value(),
                    "the number of degrees of freedom is both unclear and given, or neither");
}

}  // namespace

std::vector<std::string> contradictions_of_statements(const DatasetFinding& finding) {
  Complaints complaints;
  check_dimension(finding, complaints);
  if (finding.neighbour_dimension) check_neighbours(*finding.neighbour_dimension, complaints);
  check_constraints(finding, complaints);
  std::vector<GeneratorFinding> generators;
  if (finding.symmetry) generators = finding.symmetry->generators;
  if (finding.distribution)
    generators.insert(generators.end(), finding.distribution->generators.begin(),
                      finding.distribution->generators.end());
  for (const GeneratorFinding& generator : generators) {
    check_density(generator.name, generator.density, complaints);
    complaints.add_if(!is_share(generator.leaves) || !is_share(generator.residual),
                      generator.name + ": a share outside 0 to 1");
  }
  for (const CandidateFinding& candidate : finding.candidates)
    check_candidate(finding, candidate, complaints);
  check_sentences(finding, complaints);
  return complaints.take();
}

std::vector<std::string> contradictions(const DatasetFinding& finding, const Eigen::MatrixXd& rows) {
  std::vector<std::string> all = contradictions_of_statements(finding);
  for (const auto& part :
       {contradictions_of_motions(finding, rows), contradictions_of_equations(finding, rows)})
    all.insert(all.end(), part.begin(), part.end());
  std::sort(all.begin(), all.end());
  all.erase(std::unique(all.begin(), all.end()), all.end());
  return all;
}

}  // namespace symscan::truth
