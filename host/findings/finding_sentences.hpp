#pragma once
#include <string>
#include <vector>

#include "host/findings/model.hpp"

namespace symscan {

/// What was found out about one dataset, in plain sentences: degrees of freedom, symmetries of the manifold
/// and of the distribution, constraints, and what to do where something could not be told. Does not read
/// `finding.sentences`.
std::vector<std::string> finding_sentences(const DatasetFinding& finding);

// Some of them, which short answers share.

/// How many degrees of freedom the data have, why, and what nearest neighbours show.
std::string dimension_sentence(const DatasetFinding& finding);
/// Parts of the data with dimensions of their own. Empty for ordinary sets.
std::string strata_sentence(const DatasetFinding& finding);
/// Whether they have more than one dimension among them.
bool parts_differ(const DatasetFinding& finding);
/// Whether the dimension is that of the largest of these parts only.
bool is_that_of_a_part(const DatasetFinding& finding);
/// How many of the groups that were analysed were not trained long enough.
std::size_t doubtful_groups(const TrainingFinding& training);
/// What takes the place of the motions of the set where there are none: "none. No affine motion is ...".
std::string set_without_motions(const DatasetFinding& finding);
/// Where there are neither constraints nor laws.
std::string no_constraints_sentence(const DatasetFinding& finding);
/// Whether some of the relations and laws were not looked for.
bool relations_left_out(const DatasetFinding& finding);

}  // namespace symscan
