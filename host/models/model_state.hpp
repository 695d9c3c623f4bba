#pragma once
#include <string>
#include <vector>

namespace symscan {

class Model;

#pragma GCC visibility push(default)

/// A model as text and numbers, to be kept or sent to another process: everything but the weights as a JSON
/// object, and the weights.
struct ModelState {
  std::string description;
  std::vector<float> parameters;
};
ModelState state_of(const Model& model);

/// The inverse. Throws DataError for what is no model, or one of another version.
Model model_from(const ModelState& state);

#pragma GCC visibility pop

}  // namespace symscan
