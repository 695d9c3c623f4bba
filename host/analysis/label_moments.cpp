#include "host/analysis/label_moments.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "host/analysis/algebra_structure.hpp"
#include "host/analysis/lie_algebra.hpp"

namespace symscan {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr double kDelta = 0.1;       ///< FlowInvariance::delta where y is known well
constexpr double kNearWhole = 0.15;  ///< entries this near to a whole multiple of the largest are tried as it
constexpr double kTolerance = 0.03;  ///< of estimated fields that close

/// Fields of x in units of its spreads about its mean, written as fields of (x, y) in raw units.
class JointFields {
 public:
  explicit JointFields(const MatrixXd& rows) : mean_(rows.colwise().mean()), spread_(rows.cols()) {
    for (Index d = 0; d < rows.cols(); ++d) {
      const double spread = std::sqrt((rows.col(d).array() - mean_(d)).square().mean());
      spread_(d) = spread > 0 ? spread : 1;
    }
  }
  FlowInvarianceTest::Field raw(const AffineField& field) const {
    const Index d = spread_.size();
    const MatrixXd matrix = spread_.asDiagonal() * field.leftCols(d) * spread_.cwiseInverse().asDiagonal();
    return {matrix, spread_.cwiseProduct(field.col(d)) - matrix * mean_.transpose()};
  }
  /// The inverse of raw.
  AffineField standard(const FlowInvarianceTest::Field& field) const {
    AffineField result(spread_.size(), spread_.size() + 1);
    result << spread_.cwiseInverse().asDiagonal() * field.matrix * spread_.asDiagonal(),
        spread_.cwiseInverse().cwiseProduct(field.matrix * mean_.transpose() + field.shift);
    return result;
  }

 private:
  Eigen::RowVectorXd mean_;
  VectorXd spread_;
};

/// A field of x as one of (x, y).
FlowInvarianceTest::Field joint_field(const FlowInvarianceTest::Field& of_x) {
  const Index d = of_x.shift.size();
  FlowInvarianceTest::Field result{MatrixXd::Zero(d + 1, d + 1), VectorXd::Zero(d + 1)};
  result.matrix.topLeftCorner(d, d) = of_x.matrix;
  result.shift.head(d) = of_x.shift;
  return result;
}

/// Entries near whole multiples of the largest, as these.
MatrixXd whole_multiples(const MatrixXd& entries) {
  Index row = 0, column = 0;
  entries.cwiseAbs().maxCoeff(&row, &column);
  return (entries / entries(row, column)).unaryExpr([](double value) {
    return std::abs(value - std::round(value)) < kNearWhole ? std::round(value) : value;
  });
}

/// Forms of a field that are easier to read, the easiest first, and the field itself.
std::vector<FlowInvarianceTest::Field> forms_of(const AffineField& field, const JointFields& coordinates) {
  const Index d = field.rows();
  std::vector<FlowInvarianceTest::Field> forms;
  FlowInvarianceTest::Field raw = coordinates.raw(field);
  if (raw.matrix.norm() > 0) forms.push_back({whole_multiples(raw.matrix), VectorXd::Zero(d)});
  forms.push_back(coordinates.raw(whole_multiples(field)));
  forms.push_back(std::move(raw));
  return forms;
}

std::vector<AffineField> unit_fields(Index d) {
  std::vector<AffineField> fields;
  for (Index k = 0; k < d * (d + 1); ++k) {
    AffineField field = AffineField::Zero(d, d + 1);
    field(k % d, k / d) = 1;
    fields.push_back(field);
  }
  return fields;
}

}  // namespace

LabelMoments label_moments(const MatrixXd& rows, const VectorXd& values, double explained,
                           std::uint64_t seed) {
  LabelMoments found;
  const Index d = rows.cols();
  MatrixXd joint(rows.rows(), d + 1);
  joint << rows, values;
  FlowInvarianceSettings settings;
  settings.delta = kDelta * std::min(1.0, std::sqrt(explained / std::max(1e-3, 1 - explained)));
  settings.seed = seed;
  const FlowInvarianceTest test(joint, {}, settings);
  const JointFields coordinates(rows);
  const std::vector<AffineField> units = unit_fields(d);
  std::vector<FlowInvarianceTest::Field> fields;
  for (const AffineField& unit : units) fields.push_back(joint_field(coordinates.raw(unit)));
  const FlowInvarianceTest::Subspace subspace = test.invariant_subspace(fields);
  std::vector<AffineField> kept;
  for (Index k = 0; k < subspace.combinations.cols(); ++k) {
    AffineField field = AffineField::Zero(d, d + 1);
    for (std::size_t u = 0; u < units.size(); ++u)
      field += subspace.combinations(static_cast<Index>(u), k) * units[u];
    kept.push_back(field);
  }
  if (kept.empty()) return found;
  std::vector<AffineField> said;
  for (const AffineField& sparse : sparse_basis(kept, VectorXd::Ones(d))) {
    for (FlowInvarianceTest::Field& field : forms_of(sparse, coordinates)) {
      const FlowInvarianceTest::Field of_pair = joint_field(field);
      const FlowInvariance result = test.test(of_pair.matrix, of_pair.shift);
      if (result.verdict != Invariance::established || !result.moves) continue;
      said.push_back(coordinates.standard(field));
      found.motions.push_back({std::move(field), result});
      break;
    }
  }
  if (said.empty()) return found;
  const AlgebraStructure structure = describe_algebra(said, MatrixXd::Identity(d + 1, d + 1), kTolerance);
  if (!structure.closed) return {};
  found.algebra = structure.name;
  return found;
}

}  // namespace symscan
