#pragma once
#include <string>
#include <vector>

#include "host/base/json.hpp"
#include "host/data/table.hpp"

namespace symscan {

/// For a file that comes without a config: a document's settings that the user left open, chosen from the
/// data. latent_dim: a scan from 1 to the number of columns, 8 at most. beta: a scan that the data resolve.
/// The noise of the decoder, tau = beta/2, is at least the squared distance of nearest neighbours per
/// standardised feature. seeds: "auto". Returns sentences that say what was chosen. A pipe, or a file that
/// cannot be read, chooses nothing: the defaults of configs stay, and reading it again says what is wrong.
std::vector<std::string> choose_settings(Json& document);

/// The same for a table that is there already; where it cannot be trained on, nothing is chosen.
std::vector<std::string> choose_settings(Json& document, const Table& table);

/// Betas of a scan for a squared distance between nearest neighbours, in standardised features: three
/// neighbours of the series 0.01, 0.03, 0.1, 0.3, 1.
std::vector<double> betas_for(double squared_distance);

}  // namespace symscan
