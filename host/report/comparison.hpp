#pragma once
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "host/findings/model.hpp"
#include "host/store/run_results.hpp"

/// Two runs side by side: what they say of their data, and where that differs. Std types only. How each
/// member is called in JSON stands in comparison_records.hpp. "A" is the first run, "B" the second.
namespace symscan {

/// Whether two runs say the same of something.
enum class Agreement {
  different,
  not_comparable,  ///< at least one of them leaves it open, or the two mean different things
  same,
};

/// One line of a comparison.
struct ComparedFact {
  std::string name;  ///< "degrees of freedom"
  std::string a, b;  ///< in words
  Agreement agreement = Agreement::same;
  std::string note;  ///< what the verdict rests on, or why there is none; without a full stop, may be empty
};

/// What both runs say, and what one of them says alone. What both say is written as in A.
struct SharedTexts {
  std::vector<std::string> common, only_a, only_b;
};

/// The class of lowest loss of one problem, see Optimum and Problem (host/store/optima.hpp).
struct ComparedOptimum {
  double tau = 0;                      ///< squared units of prepared data
  double loss = 0;                     ///< the lowest
  std::vector<double> relevances;      ///< of the training with that loss: mean KL in nats, descending
  int relevant = 0;                    ///< latents with at least a tenth of the largest relevance
  double effective = 0;                ///< number of latents, participation ratio
  std::vector<int> latent_dims;        ///< that met it, ascending
  std::size_t met = 0, trainings = 0;  ///< trainings that ended there, of all of the problem
  bool converged = false;              ///< the training with that loss
  bool limited = false;                ///< all its latents are relevant, and no model had more of them
};

/// Trainings of both runs with the same loss and beta.
struct ComparedProblem {
  std::string loss_kind;  ///< "sum"
  double beta = 0;
  ComparedOptimum a, b;
  double largest_difference = 0;  ///< nats, between sorted relevances; a latent that is missing counts 0
  std::vector<ComparedFact> facts;
};

/// A dataset of one run beside one of the other.
struct DatasetPair {
  std::string a, b;        ///< labels
  bool same_data = false;  ///< the rows are the same, by their fingerprints
  SharedTexts columns, exact_constraints, approximate_constraints, laws, approximate_laws;
  std::vector<ComparedFact> facts;                            ///< of the data
  std::vector<ComparedProblem> problems;                      ///< in the order of A
  std::vector<std::string> problems_only_a, problems_only_b;  ///< "beta 0.1, loss sum"
  std::vector<std::string> headline;                          ///< one or two sentences
  std::vector<std::string> sentences;                         ///< differences first
  std::vector<std::string> a_says, b_says;  ///< the sentences of each analysis, see finding_sentences()
};

struct Comparison {
  std::string a, b;       ///< what the runs are called
  bool same_run = false;  ///< both have the same config, data and results
  std::vector<DatasetPair> pairs;
  std::vector<std::string> only_a, only_b;  ///< labels of datasets without a partner
  std::vector<std::string> headline;        ///< one or two sentences
  std::vector<std::string> notes;           ///< on runs that are not finished
};

/// A run and what was found in it.
struct ComparedRun {
  std::string name;  ///< as it is shown
  const RunResults& results;
  const Findings& findings;  ///< of these results
};

/// Datasets with equal labels are a pair; where no two labels are equal, datasets in the same place are.
/// Depends on nothing but its arguments.
///
/// What "same" means: counts, algebras and groups are equal; equations have the same terms and numbers (see
/// equation_match.hpp); a loss is within 2 % of the other one (is_near_lowest()); every relevance is within
/// 0.15 nats of its counterpart (same_relevance). What one of the analyses leaves open is not comparable,
/// unless both runs have the same results and say the same of them.
Comparison compare_runs(const ComparedRun& a, const ComparedRun& b);

/// All facts of a pair: those of the data, then those of its problems, whose names then end with their loss
/// and beta: "lowest loss at beta 0.1".
std::vector<ComparedFact> all_facts(const DatasetPair& pair);

}  // namespace symscan
