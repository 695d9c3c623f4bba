#include "host/analysis/constraints.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <tuple>

#include "host/analysis/constraint_fit.hpp"
#include "host/analysis/equation_text.hpp"
#include "host/analysis/sparse_vectors.hpp"
#include "host/base/linear_algebra.hpp"

namespace symscan {
namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr double kExactReduction = 0.02;  ///< residual over the spread that earlier relations leave free
constexpr double kMassReduction = 0.3;    ///< the same for the width of a mass
constexpr double kSameDirection = 1e-6, kSameValue = 0.1;  ///< sines between gradients
constexpr double kSmallestOffsetSpread = 1e-4;  ///< spread over mean below which squares say nothing
constexpr int kMostApproximateTerms = 8, kMostExactTerms = 40;
constexpr int kLeastEvents = 40, kGradientEvents = 32, kMostPairedParticles = 8;

class Search : private ConstraintFit {
 public:
  Search(const MatrixXd& rows, const std::vector<std::string>& columns, const std::vector<double>& precision,
         const ConstraintSettings& settings)
      : ConstraintFit(rows, columns, precision, settings), rows_(rows) {
    spread_ = moments_.covariance.diagonal().cwiseSqrt();
    gradient_unit_ = spread_;
    for (Eigen::Index i = 0; i < rows.cols(); ++i) {
      const double middle = central_half_width(rows.col(i), 0.68);
      if (middle > 0) gradient_unit_(i) = std::min(middle, spread_(i));
      if (spread_(i) <= kConstantRounding * precision_(i) * std::abs(moments_.mean(i)))
        gradient_unit_(i) = moments_.mean(i) == 0 ? 1 : std::abs(moments_.mean(i));
    }
  }

  ConstraintReport run() {
    const double loose = settings_.approximate;
    single_features(true);
    linear(tight_threshold(), true);
    particle_masses(true);
    const std::vector<int> kept = independent_features();
    quadratic(kept, true);
    if (loose > 0) {
      single_features(false);
      linear(loose, false);
      particle_masses(false);
      quadratic(kept, false);
      note_partial_relations();
    }
    std::stable_sort(
        report_.constraints.begin(), report_.constraints.end(), [](const Constraint& a, const Constraint& b) {
          const auto key = [](const Constraint& c) {
            return std::make_tuple(!c.exact, c.degree, c.terms.size() > 1, c.exact ? c.terms[0].first : 0);
          };
          return key(a) < key(b);
        });
    return std::move(report_);
  }

 private:
  bool varies(int column) const {
    return spread_(column) >
           kConstantRounding * precision_(column) *
               std::sqrt(spread_(column) * spread_(column) + moments_.mean(column) * moments_.mean(column));
  }

  /// Relative residual up to which rounding may hide an exact relation.
  double tight_threshold() const {
    double rounding = 0;
    for (int i = 0; i < static_cast<int>(columns_.size()); ++i) {
      if (varies(i))
        rounding = std::max(rounding, precision_(i) * std::hypot(1.0, moments_.mean(i) / spread_(i)));
    }
    return std::min(std::max(settings_.exact, 10 * rounding), 0.05);
  }

  void single_features(bool exact) {
    for (int i = 0; i < static_cast<int>(columns_.size()); ++i) {
      if (exact != varies(i)) consider_one(judged({{{1.0, i, -1}}, 0.0}), exact);
    }
  }

  void linear(double threshold, bool exact) {
    std::vector<int> active;
    for (int i = 0; i < static_cast<int>(columns_.size()); ++i) {
      if (varies(i)) active.push_back(i);
    }
    if (active.size() < 2) return;
    const MatrixXd covariance = moments_.covariance(active, active);
    const VectorXd inverse = covariance.diagonal().cwiseSqrt().cwiseInverse();
    const EigenPairs eigen = symmetric_eigen(inverse.asDiagonal() * covariance * inverse.asDiagonal());
    const Eigen::Index nulls = (eigen.values.array() < threshold * threshold).count();
    std::vector<Term> library;
    for (const int column : active) library.push_back({1.0, column, -1});
    sparse_relations(eigen.vectors.leftCols(nulls), library, threshold, exact);
  }

  /// Masses of single particles and of pairs.
  void particle_masses(bool exact) {
    std::vector<FourMomentum> particles = find_four_momenta(columns_);
    for (const FourMomentum& p : particles) consider_one(judged_mass({p}, exact), exact);
    if (particles.size() > kMostPairedParticles) {
      if (exact) report_.notes.push_back("Pair masses were sought among the first 8 particles only.");
      particles.resize(kMostPairedParticles);
    }
    for (std::size_t i = 0; i < particles.size(); ++i) {
      for (std::size_t j = i + 1; j < particles.size(); ++j)
        consider_one(judged_mass({particles[i], particles[j]}, exact), exact);
    }
  }

  /// Features that no exact linear relation determines: of each relation one feature goes, the last of those
  /// with the largest part in it.
  std::vector<int> independent_features() const {
    std::vector<VectorXd> left;
    for (const Relation& relation : accepted_) {
      if (relation.degree() > 1) continue;
      left.push_back(gradient(moments_.mean, relation).cwiseProduct(gradient_unit_));
    }
    std::vector<bool> determined(columns_.size(), false);
    for (std::size_t r = 0; r < left.size(); ++r) {
      const double largest = left[r].cwiseAbs().maxCoeff();
      Eigen::Index pivot = left[r].size() - 1;
      while (pivot > 0 && std::abs(left[r](pivot)) < 0.999 * largest) --pivot;
      determined[static_cast<std::size_t>(pivot)] = true;
      for (std::size_t s = r + 1; s < left.size(); ++s)
        left[s] -= left[r] * (left[s](pivot) / left[r](pivot));
    }
    std::vector<int> kept;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      const double spread = spread_(static_cast<Eigen::Index>(i));
      const double mean = std::abs(moments_.mean(static_cast<Eigen::Index>(i)));
      if (!determined[i] && spread > kSmallestOffsetSpread * mean) kept.push_back(static_cast<int>(i));
    }
    return kept;
  }

  void quadratic(const std::vector<int>& kept, bool exact) {
    if (static_cast<int>(kept.size()) <= settings_.most_quadratic_features) {
      quadratic_among(kept, exact);
      return;
    }
    if (exact)
      report_.notes.push_back("Quadratic relations were sought within single particles only, since " +
                              std::to_string(kept.size()) + " independent features are more than " +
                              std::to_string(settings_.most_quadratic_features) + ".");
    for (const FourMomentum& particle : find_four_momenta(columns_)) {
      std::vector<int> own;
      for (const int column : kept) {
        const ColumnName name = parse_column(columns_[static_cast<std::size_t>(column)]);
        if (!name.quantity.empty() && name.particle == particle.particle) own.push_back(column);
      }
      quadratic_among(own, exact);
    }
  }

  /// Near-null vectors of the covariance of all monomials up to degree two, in units of what normal data of
  /// the same covariance have: there the monomials w_a, w_a w_b and w_a^2 / sqrt(2) of whitened features w
  /// are uncorrelated with variance 1.
  void quadratic_among(const std::vector<int>& kept, bool exact) {
    const auto p = static_cast<Eigen::Index>(kept.size());
    const Eigen::Index size = p * (p + 3) / 2;
    if (p == 0) return;
    if (size * 10 >= rows_.rows()) {
      if (exact)
        report_.notes.push_back("Quadratic relations were not sought: " + std::to_string(size) +
                                " monomials need more than " + std::to_string(10 * size) + " events, and " +
                                std::to_string(rows_.rows()) + " are there.");
      return;
    }
    const VectorXd mean = moments_.mean(kept);
    const VectorXd inverse = spread_(kept).cwiseInverse();
    const EigenPairs axes = symmetric_eigen(inverse.asDiagonal() * MatrixXd(moments_.covariance(kept, kept)) *
                                            inverse.asDiagonal());
    const VectorXd variances = axes.values.cwiseMax(1e-12);
    const MatrixXd whiten =
        variances.cwiseSqrt().cwiseInverse().asDiagonal() * axes.vectors.transpose() * inverse.asDiagonal();
    const MatrixXd whitened =
        (MatrixXd(fit_(Eigen::all, kept)).rowwise() - mean.transpose()) * whiten.transpose();

    MatrixXd values(fit_.rows(), size);
    std::vector<Term> library;  // monomials of the features, in the order of the columns of `values`
    for (int a = 0; a < p; ++a) library.push_back({1.0, a, a});
    for (int a = 0; a < p; ++a) {
      for (int b = a + 1; b < p; ++b) library.push_back({1.0, a, b});
    }
    for (int a = 0; a < p; ++a) library.push_back({1.0, a, -1});
    for (Eigen::Index k = 0; k < size; ++k) {
      values.col(k) = monomial(whitened, library[static_cast<std::size_t>(k)]);
      if (k < p) values.col(k) /= std::sqrt(2.0);
    }
    values.rowwise() -= values.colwise().mean().eval();
    MatrixXd covariance = MatrixXd::Zero(size, size);
    covariance.selfadjointView<Eigen::Lower>().rankUpdate(values.transpose(),
                                                          1.0 / static_cast<double>(values.rows()));
    const EigenPairs eigen = symmetric_eigen(covariance);
    const double threshold =
        exact ? std::min(4 * tight_threshold() / std::sqrt(variances(0)), 0.05) : settings_.approximate;
    const Eigen::Index nulls = (eigen.values.array() < threshold * threshold).count();
    if (nulls == 0) return;

    MatrixXd basis(size, nulls);
    for (Eigen::Index k = 0; k < nulls; ++k)
      basis.col(k) = in_features(eigen.vectors.col(k), library, whiten, mean);
    for (Term& term : library) {
      term.first = kept[static_cast<std::size_t>(term.first)];
      if (term.second >= 0) term.second = kept[static_cast<std::size_t>(term.second)];
    }
    for (Eigen::Index k = 0; k < size; ++k)
      basis.row(k) *= natural_spread({{library[static_cast<std::size_t>(k)]}, 0.0}, moments_);
    sparse_relations(basis, library, threshold, exact);
  }

  /// Coefficients of monomials of whitened features -> of the same monomials of the features.
  static VectorXd in_features(const VectorXd& vector, const std::vector<Term>& library,
                              const MatrixXd& whiten, const VectorXd& mean) {
    const Eigen::Index p = mean.size();
    MatrixXd form = MatrixXd::Zero(p, p);
    VectorXd slope = VectorXd::Zero(p);
    for (std::size_t k = 0; k < library.size(); ++k) {
      const double value = vector(static_cast<Eigen::Index>(k));
      const Term& term = library[k];
      if (term.second < 0) {
        slope(term.first) = value;
      } else if (term.first == term.second) {
        form(term.first, term.first) = value / std::sqrt(2.0);
      } else {
        form(term.first, term.second) = form(term.second, term.first) = value / 2;
      }
    }
    form = whiten.transpose() * form * whiten;
    slope = whiten.transpose() * slope - 2 * form * mean;
    VectorXd result(vector.size());
    for (std::size_t k = 0; k < library.size(); ++k) {
      const Term& term = library[k];
      result(static_cast<Eigen::Index>(k)) = term.second < 0             ? slope(term.first)
                                             : term.first == term.second ? form(term.first, term.first)
                                                                         : 2 * form(term.first, term.second);
    }
    return result;
  }

  /// `basis` [library x k]: near-null vectors as contributions, that is coefficient times standard deviation.
  void sparse_relations(const MatrixXd& basis, const std::vector<Term>& library, double threshold,
                        bool exact) {
    if (basis.cols() == 0) return;
    const std::size_t most = static_cast<std::size_t>(exact ? kMostExactTerms : kMostApproximateTerms);
    std::vector<FoundConstraint> candidates;
    for (const std::vector<int>& support :
         sparse_supports(orthonormal(basis), std::clamp(threshold, 1e-4, 0.1))) {
      if (support.size() > most) continue;
      std::vector<Term> terms;
      for (const int k : support) terms.push_back(library[static_cast<std::size_t>(k)]);
      if (auto found = judged(fitted(std::move(terms)))) candidates.push_back(std::move(*found));
    }
    consider(std::move(candidates), exact);
  }

  void consider_one(std::optional<FoundConstraint> found, bool exact) {
    if (found) consider({std::move(*found)}, exact);
  }

  /// Keeps those that are new, the shortest first.
  void consider(std::vector<FoundConstraint> candidates, bool exact) {
    std::stable_sort(
        candidates.begin(), candidates.end(), [](const FoundConstraint& a, const FoundConstraint& b) {
          const std::size_t terms_a = a.relation.terms.size(), terms_b = b.relation.terms.size();
          return terms_a != terms_b ? terms_a < terms_b : a.constraint.residual < b.constraint.residual;
        });
    for (FoundConstraint& found : candidates) {
      if (exact && !found.constraint.exact) continue;
      if (is_known(found)) continue;
      accepted_.push_back(std::move(found.relation));
      report_.constraints.push_back(std::move(found.constraint));
    }
  }

  /// Whether the relations found already tie the left side down as well. What they leave free is measured at
  /// typical events: the gradient, in units of the features' spreads, without its part along their gradients.
  bool is_known(const FoundConstraint& found) const {
    if (accepted_.size() >= columns_.size()) return true;
    VectorXd lengths(std::min<Eigen::Index>(kGradientEvents, test_.rows())), sines(lengths.size());
    for (Eigen::Index k = 0; k < lengths.size(); ++k) {
      const VectorXd event = test_.row(k * test_.rows() / lengths.size());
      MatrixXd known(event.size(), static_cast<Eigen::Index>(accepted_.size()));
      for (std::size_t r = 0; r < accepted_.size(); ++r)
        known.col(static_cast<Eigen::Index>(r)) =
            gradient(event, accepted_[r]).cwiseProduct(gradient_unit_).normalized();
      const VectorXd own = gradient(event, found.relation).cwiseProduct(gradient_unit_);
      lengths(k) = own.norm();
      if (known.cols() > 0) {
        const VectorXd turned = in_frame_of(known, own);
        lengths(k) = turned.tail(event.size() - known.cols()).norm();
      }
      sines(k) = own.norm() > 0 ? lengths(k) / own.norm() : 0;
    }
    if (median(sines) < kSameDirection) return true;
    const Constraint& constraint = found.constraint;
    if (!constraint.exact && constraint.terms.size() == 1 && constraint.degree == 1)
      return median(sines) < kSameValue;
    const double allowed = constraint.exact  ? kExactReduction
                           : constraint.mass ? kMassReduction
                                             : settings_.approximate;
    return found.spread >= allowed * median(lengths);
  }

  /// What holds for part of the events is no relation, but worth knowing.
  void note_partial_relations() {
    const std::vector<FourMomentum> particles = find_four_momenta(columns_);
    for (std::size_t i = 0; i < particles.size() && particles.size() <= kMostPairedParticles; ++i) {
      for (std::size_t j = i + 1; j < particles.size(); ++j) {
        note_partial_balance(particles[i].px, particles[j].px);
        note_partial_balance(particles[i].py, particles[j].py);
        note_partial_mass(particles[i], particles[j]);
      }
    }
  }

  void note_partial_balance(int first, int second) {
    const Relation relation{{{1.0, first, -1}, {1.0, second, -1}}, 0.0};
    const VectorXd left = left_side(rows_, relation), rounding = rounding_of(rows_, relation, precision_);
    const auto balanced = (left.array().abs() <= kWithinRounding * rounding.array()).count();
    const double share = static_cast<double>(balanced) / static_cast<double>(rows_.rows());
    if (share > 0.1 && share < 0.999)
      report_.notes.push_back(equation_text(relation, columns_, unit_of(relation, columns_)) + " holds for " +
                              decimal_text(std::round(100 * share)) +
                              " % of the events only, so it is not a relation.");
  }

  void note_partial_mass(const FourMomentum& a, const FourMomentum& b) {
    const Relation square = mass_squared({a, b});
    VectorXd masses = left_side(rows_, square).cwiseMax(0).cwiseSqrt();
    std::sort(masses.begin(), masses.end());
    const Eigen::Index half = masses.size() / 2;
    Eigen::Index narrowest = 0;
    for (Eigen::Index k = 0; k + half < masses.size(); ++k) {
      if (masses(k + half) - masses(k) < masses(narrowest + half) - masses(narrowest)) narrowest = k;
    }
    const double low = masses(narrowest), high = masses(narrowest + half);
    const double middle = (low + high) / 2, width = (high - low) / 2;
    const double allowed = settings_.approximate * middle;
    if (!(width < allowed) || central_half_width(masses, 0.68) < allowed) return;
    report_.notes.push_back("m(" + a.particle + " " + b.particle + ") lies between " +
                            decimal_text(short_number(low, 0.1 * width)) + " and " +
                            decimal_text(short_number(high, 0.1 * width)) +
                            " GeV for half of the events, but not for the others, so it is not a relation.");
  }

  const MatrixXd& rows_;
  VectorXd spread_, gradient_unit_;
  std::vector<Relation> accepted_;
  ConstraintReport report_;
};

}  // namespace

ConstraintReport find_constraints(const MatrixXd& rows, const std::vector<std::string>& columns,
                                  const std::vector<double>& precision, const ConstraintSettings& settings) {
  if (rows.rows() < kLeastEvents || columns.empty()) {
    return {{},
            {"Relations among features were not sought: fewer than " + std::to_string(kLeastEvents) +
             " events."}};
  }
  if (rows.rows() <= settings.most_events) return Search(rows, columns, precision, settings).run();
  MatrixXd some(settings.most_events, rows.cols());
  for (Eigen::Index k = 0; k < some.rows(); ++k) some.row(k) = rows.row(k * rows.rows() / some.rows());
  ConstraintReport report = Search(some, columns, precision, settings).run();
  report.notes.push_back("Relations among features were sought in " + std::to_string(some.rows()) + " of " +
                         std::to_string(rows.rows()) + " events.");
  return report;
}

}  // namespace symscan
