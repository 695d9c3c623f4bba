#pragma once
#include <string>
#include <vector>

#include "host/base/json.hpp"

namespace symscan {

/// The dotted paths whose values differ between two resolved configs, e.g. {"loss.beta", "train.epochs"}.
std::vector<std::string> differing_keys(const Json& left, const Json& right);

}  // namespace symscan
