#pragma once
#include <optional>
#include <string>
#include <vector>

#include "host/findings/model.hpp"

// Whether what is known of the columns follows from what was found.
namespace symscan {

/// An equation as constraints and laws say it: "E(mu-)^2 - px(mu-)^2 = 0.011 GeV^2", "r^2 = 4, r = sqrt(x)".
struct StatedEquation {
  std::string text;
  double slack = 0;  ///< how far its sides may be apart, in its own units
};

/// Whether rows that obey `found` obey `known` too, by trying: points are led onto the surface of `found` by
/// Newton's method, and `known` is evaluated there. True: it holds at all of them. False: at none. None: at
/// some, which are then parts of the surface where the data may not be; or there are no such points; or a
/// formula cannot be read. `columns`: of both, as in DatasetFinding.
std::optional<bool> follows_from(const std::vector<StatedEquation>& found, const std::string& known,
                                 const std::vector<std::string>& columns);

/// The exact constraints and laws of a finding, and those that its angles obey in any case.
std::vector<StatedEquation> exact_equations(const DatasetFinding& finding);

}  // namespace symscan
