#pragma once
#include <string>
#include <vector>

#include "host/analysis/flow_invariance.hpp"
#include "host/analysis/label_model.hpp"
#include "host/base/eigen.hpp"

namespace symscan {

/// v(x) = matrix x + shift with v.grad f = 0, in the units of the data.
struct LabelledGenerator {
  Eigen::MatrixXd matrix;  ///< [D x D]
  Eigen::VectorXd shift;   ///< [D]
  /// Upper limit of the root mean square of v.grad f, over that of a field of the same speed in any direction
  /// (1: it has nothing to do with f). Rounding for exact models, else the error of the gradients.
  double residual = 0;
  Invariance verdict = Invariance::cannot_say;
};

/// v.grad f = weight f: f is homogeneous.
struct LabelledScaling {
  std::vector<int> columns;  ///< that are multiplied by e^t
  double weight = 0;         ///< f is multiplied by e^(weight t)
  double error = 0;          ///< of the weight; 0 for exact models
};

/// The affine motions of the inputs that a function of them does not notice.
struct LabelledSymmetry {
  std::string how;         ///< what f was taken for; "moments" where no model was good enough
  double unexplained = 1;  ///< share of the variance of y that f leaves in rows it did not see
  bool known = false;      ///< false: nothing can be said, the notes say why
  std::vector<LabelledGenerator> generators;
  std::string algebra = "none";  ///< of the generators: see describe_algebra
  int undecided = 0;             ///< more motions of which the fit cannot say whether y notices
  std::vector<double>
      spectrum;  ///< FieldResidual::size of all fields, ascending; those searched for generators
  std::vector<LabelledScaling> relative;
  std::vector<int> irrelevant;     ///< columns on which f does not depend; no generator moves them
  std::vector<std::string> notes;  ///< sentences
};

struct LabelledSymmetrySettings {
  double most_unexplained = 0.02;  ///< a worse fit says nothing
  LabelModelSettings model;
};

/// Which affine fields v obey v.grad f = 0 for y = f(x)? The gradients come from two fits to the halves of
/// the rows; what errors of both explain is accepted, with its size as the limit. A field that moves f is not
/// accepted unless it does so by less than the limit. Directions along which f is constant and which are
/// no column are generators (translations); other fields act on the rest.
/// Sources: A. Moskalev et al., "LieGG" (NeurIPS 2022, arXiv:2210.04345): the null space of grad f (x) x of a
/// network; B. Shaw et al., "Symmetry discovery beyond affine transformations" (NeurIPS 2024,
/// arXiv:2406.03619): fields that annihilate a fitted function. Two fits whose errors cancel are of this
/// project.
/// `rows` [n x D], `values` [n] of y. Throws DataError for values that are not finite, std::invalid_argument
/// for sizes that do not fit.
LabelledSymmetry find_labelled_symmetry(const Eigen::MatrixXd& rows, const Eigen::VectorXd& values,
                                        const LabelledSymmetrySettings& settings = {});

}  // namespace symscan
