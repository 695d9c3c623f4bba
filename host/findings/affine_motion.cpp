#include "host/findings/affine_motion.hpp"

namespace symscan {

VectorField affine_motion(const std::vector<std::vector<double>>& matrix, const std::vector<double>& shift,
                          const std::vector<std::string>& columns) {
  VectorField field;
  const auto add = [&](std::size_t moved, double coefficient, const FunctionTerm& term) {
    if (coefficient != 0) field.parts.push_back({static_cast<int>(moved), coefficient, term, {}});
  };
  FunctionTerm constant;
  constant.powers.assign(columns.size(), 0);
  constant.text = "1";
  for (std::size_t i = 0; i < columns.size(); ++i) {
    for (std::size_t j = 0; j < columns.size(); ++j) {
      FunctionTerm column = constant;
      column.powers[j] = 1;
      column.text = columns[j];
      add(i, matrix[i][j], column);
    }
    add(i, shift[i], constant);
  }
  return field;
}

}  // namespace symscan
