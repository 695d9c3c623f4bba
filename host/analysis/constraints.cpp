#include "host/analysis/constraints.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <tuple>

#include "host/analysis/constraint_fit.hpp"
#include "host/analysis/constraints_notes.hpp"
#include "host/analysis/constraints_quadratic.hpp"
#include "host/analysis/equation_text.hpp"
#include "host/analysis/sparse_vectors.hpp"
#include "host/base/linear_algebra.hpp"

namespace symscan {
namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr double kExactReduction = 0.02;  ///< residual over the spread that earlier relations leave free
constexpr double kMassReduction = 0.3;    ///< the same for the width of a mass
constexpr double kSameDirection = 1e-6;   ///< sine between gradients
constexpr double kNewDirection = 0.2;     ///< the same between approximate linear relations
constexpr double kSmallestOffsetSpread = 1e-4;  ///< spread over mean below which squares say nothing
constexpr double kSmoothResidual = 0.4;         ///< likeness of neighbours' residuals
constexpr double kIntegersSay = 1e-3;  ///< relative residual below which integer coefficients are no chance
constexpr double kCoreShare = 0.9;     ///< of the events, that robust fits use
constexpr int kMostApproximateTerms = 8, kMostExactTerms = 40;
constexpr int kLeastEvents = 40, kGradientEvents = 32, kSpreadEvents = 500, kMostPairedParticles = 8,
              kMostRobustFeatures = 12;

bool has_integer_coefficients(const Relation& relation) {
  return std::all_of(relation.terms.begin(), relation.terms.end(), [](const Term& term) {
    return term.coefficient == std::round(term.coefficient) && std::abs(term.coefficient) <= 20;
  });
}

/// What is looked for: relations of the whole table, of the whole but with a width, or of most events.
enum class Pass { exact, approximate, robust };

const char* part_of(Pass pass, int degree) {
  if (pass == Pass::robust) return parts::partial_relations;
  if (pass == Pass::approximate) return parts::approximate_relations;
  return degree == 1 ? parts::linear_relations : parts::quadratic_relations;
}

constexpr double kConcentrations = 12;  ///< at most, of a robust search
constexpr double kJudged = 800;         ///< operations per event that rounding and judging a relation take

class Search : private ConstraintFit {
 public:
  using ConstraintFit::ConstraintFit;

  ConstraintReport run() {
    budget_.spend(parts::columns, 500.0 * static_cast<double>(all_.size()));
    single_features();
    linear(Pass::exact);
    particle_masses(true);
    quadratic(Pass::exact);
    if (settings_.approximate > 0) {
      linear(Pass::approximate);
      particle_masses(false);
      quadratic(Pass::approximate);
      linear(Pass::robust);
      quadratic(Pass::robust);
      for (auto&& note : notes_on_partial_relations(all_, columns_, precision_, centre_, settings_))
        report_.notes.push_back(std::move(note));
    }
    note_spreads();
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
  /// Relative residual up to which rounding may hide an exact relation.
  double tight_threshold() const {
    double rounding = 0;
    for (int i = 0; i < static_cast<int>(columns_.size()); ++i) {
      if (varies(i)) rounding = std::max(rounding, rounding_(i) / spread_(i));
    }
    return std::min(std::max(settings_.exact, 10 * rounding), 0.05);
  }

  void single_features() {
    for (int i = 0; i < static_cast<int>(columns_.size()); ++i) {
      if (!varies(i)) consider_one(judged({{{1.0, i, -1}}, 0.0}), Pass::exact);
    }
  }

  void linear(Pass pass) {
    std::vector<int> active;
    for (int i = 0; i < static_cast<int>(columns_.size()); ++i) {
      if (varies(i)) active.push_back(i);
    }
    const double threshold = pass == Pass::exact ? tight_threshold() : settings_.approximate;
    if (active.size() < 2) return;
    if (pass != Pass::robust) {
      if (linear_.library.empty()) {
        if (!affords_linear(pass, fit_.rows() + test_.rows(), active, 1)) {
          if (pass == Pass::exact) linear_in_windows(active, threshold);
          return;
        }
        linear_ = linear_null_space(all_events(), active, std::numeric_limits<double>::infinity());
      }
      sparse_relations(linear_.below(threshold), fit_, threshold, pass, 1);
      return;
    }
    if (accepted_.size() >= columns_.size()) return;
    if (!affords_linear(pass, fit_.rows(), active, kConcentrations)) return;
    const MatrixXd core = concentrated_rows(fit_, kCoreShare, [&](const MatrixXd& rows) {
      return first_relation(linear_null_space(rows, active, 1e9), Moments(rows));
    });
    sparse_relations(linear_null_space(core, active, threshold), core, threshold, pass, 1);
  }

  /// Exact relations of columns that stand near each other, as those that belong together do.
  void linear_in_windows(const std::vector<int>& active, double threshold) {
    constexpr Eigen::Index most_width = 48, rows_per_column = 4;
    const MatrixXd events = all_events();
    const auto width = static_cast<std::size_t>(std::min(most_width, events.rows() / rows_per_column));
    if (width < 4 || !budget_.affords(parts::linear_relations,
                                      static_cast<double>(active.size()) *
                                          (50.0 * static_cast<double>(width * events.rows()) + 1e6)))
      return;
    for (std::size_t first = 0; first == 0 || first + width / 2 < active.size(); first += width / 2) {
      const std::size_t last = std::min(first + width, active.size());
      const std::vector<int> near(active.begin() + static_cast<std::ptrdiff_t>(first),
                                  active.begin() + static_cast<std::ptrdiff_t>(last));
      sparse_relations(linear_null_space(events, near, threshold), fit_, threshold, Pass::exact, 1);
    }
    report_.notes.push_back("Linear relations were sought among " + std::to_string(width) +
                            " columns beside each other only.");
  }

  /// The decompositions of a search for linear relations; of fewer events than features also what the search
  /// among the combinations takes that no event can exclude.
  bool affords_linear(Pass pass, Eigen::Index events, const std::vector<int>& active, double times) {
    const auto rows = static_cast<double>(events), size = static_cast<double>(active.size());
    double operations = times * (operations_of_product(size, rows, size) + operations_of_eigen(size));
    if (rows <= size) operations += sparse_operations(size, size - rows + 1);
    // What is less often asked for must leave room for what comes after it.
    return budget_.affords(part_of(pass, 1), operations, pass == Pass::robust ? 0.25 : 1);
  }

  MatrixXd all_events() const {
    MatrixXd rows(fit_.rows() + test_.rows(), fit_.cols());
    rows << fit_, test_;
    return rows;
  }

  /// Masses of single particles and of pairs.
  void particle_masses(bool exact) {
    const Pass pass = exact ? Pass::exact : Pass::approximate;
    std::vector<FourMomentum> particles = find_four_momenta(columns_);
    if (!budget_.affords(part_of(pass, 2),
                         kJudged * static_cast<double>(particles.size()) * static_cast<double>(all_.rows())))
      return;
    for (const FourMomentum& p : particles) consider_one(judged_mass({p}, exact), pass);
    if (particles.size() > kMostPairedParticles) {
      if (exact) report_.notes.push_back("Pair masses were sought among the first 8 particles only.");
      particles.resize(kMostPairedParticles);
    }
    for (std::size_t i = 0; i < particles.size(); ++i) {
      for (std::size_t j = i + 1; j < particles.size(); ++j)
        consider_one(judged_mass({particles[i], particles[j]}, exact), pass);
    }
  }

  /// Features that no linear relation determines: of each relation one feature goes, the last of those
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

  void quadratic(Pass pass) {
    const std::vector<int> kept = independent_features();
    if (static_cast<int>(kept.size()) <= settings_.most_quadratic_features) {
      quadratic_among(kept, pass);
      return;
    }
    if (pass == Pass::exact)
      report_.notes.push_back(
          std::string("Quadratic relations were ") +
          (find_four_momenta(columns_).empty() ? "not sought" : "sought within single particles only") +
          ", since " + std::to_string(kept.size()) + " independent features are more than " +
          std::to_string(settings_.most_quadratic_features) + ".");
    for (const FourMomentum& particle : find_four_momenta(columns_)) {
      std::vector<int> own;
      for (const int column : kept) {
        const ColumnName name = parse_column(columns_[static_cast<std::size_t>(column)]);
        if (!name.quantity.empty() && name.particle == particle.particle) own.push_back(column);
      }
      quadratic_among(own, pass);
    }
  }

  void quadratic_among(const std::vector<int>& kept, Pass pass) {
    const int size = quadratic_monomials(static_cast<int>(kept.size()));
    const Eigen::Index events = fit_.rows() + test_.rows();
    if (kept.empty()) return;
    if (size * 10 >= events) {
      report_.quadratic_left_out = true;
      if (pass == Pass::exact)
        report_.notes.push_back("Quadratic relations were not sought: " + std::to_string(size) +
                                " monomials need more than " + std::to_string(10 * size) + " events, and " +
                                std::to_string(events) + " are there.");
      return;
    }
    const double loose = settings_.approximate;
    const bool robust = pass == Pass::robust;
    if (robust && static_cast<int>(kept.size()) > kMostRobustFeatures) return;
    const auto terms = static_cast<double>(size);
    const double once = operations_of_product(terms, static_cast<double>(fit_.rows()), terms / 2) +
                        operations_of_eigen(terms);
    if (!budget_.affords(part_of(pass, 2), robust ? kConcentrations * once : once)) return;
    if (!robust) {
      double threshold = loose;
      const NearNullSpace space = quadratic_null_space(fit_, kept, [&](double thinnest) {
        if (pass == Pass::exact) threshold = std::min(4 * tight_threshold() / thinnest, 0.05);
        return threshold;
      });
      sparse_relations(space, fit_, threshold, pass, 2);
      return;
    }
    const MatrixXd core = concentrated_rows(fit_, kCoreShare, [&](const MatrixXd& rows) {
      return first_relation(quadratic_null_space(
                                rows, kept, [](double) { return 1e9; }, 1),
                            Moments(rows));
    });
    sparse_relations(quadratic_null_space(core, kept, [&](double) { return loose; }), core, loose, pass, 2);
  }

  /// Sparse combinations, their coefficients fitted to `rows`.
  void sparse_relations(const NearNullSpace& space, const MatrixXd& rows, double threshold, Pass pass,
                        int degree) {
    if (space.basis.cols() == 0) return;
    const std::size_t most =
        static_cast<std::size_t>(pass == Pass::exact ? kMostExactTerms : kMostApproximateTerms);
    const MatrixXd basis = orthonormal(space.basis);
    if (!affords_search(basis, part_of(pass, degree))) return;
    std::vector<FoundConstraint> candidates;
    for (const std::vector<int>& support : sparse_supports(basis, std::clamp(threshold, 1e-4, 0.1))) {
      if (support.size() > most) continue;
      const auto terms_there = static_cast<double>(support.size());
      if (!budget_.affords(part_of(pass, degree),
                           static_cast<double>(all_.rows()) * (kJudged + 3 * terms_there * terms_there) +
                               80 * std::pow(terms_there, 3)))
        continue;
      std::vector<Term> terms;
      for (const int k : support) terms.push_back(space.library[static_cast<std::size_t>(k)]);
      if (auto found = judged(fitted(std::move(terms), rows))) candidates.push_back(std::move(*found));
    }
    consider(std::move(candidates), pass);
  }

  /// The search itself; its parts are looked for only where the space is not too large even for that.
  bool affords_search(const MatrixXd& basis, const char* part) {
    const auto entries = static_cast<double>(basis.rows()), vectors = static_cast<double>(basis.cols());
    const double whole = sparse_operations(entries, vectors);
    const double split = operations_of_product(entries, vectors, entries);
    if (budget_.has(whole) || !budget_.has(split)) return budget_.affords(part, whole);
    return budget_.affords(part, split + sparse_operations(basis));
  }

  void consider_one(std::optional<FoundConstraint> found, Pass pass) {
    if (found) consider({std::move(*found)}, pass);
  }

  /// Keeps those that are new, the shortest first.
  void consider(std::vector<FoundConstraint> candidates, Pass pass) {
    std::stable_sort(
        candidates.begin(), candidates.end(), [](const FoundConstraint& a, const FoundConstraint& b) {
          const std::size_t terms_a = a.relation.terms.size(), terms_b = b.relation.terms.size();
          return terms_a != terms_b ? terms_a < terms_b : a.constraint.residual < b.constraint.residual;
        });
    for (FoundConstraint& found : candidates) {
      if (pass == Pass::exact && !found.constraint.exact) continue;
      if (is_known(found) || is_chance(found)) continue;
      accept(found.relation);
      if (!found.partial) {
        report_.constraints.push_back(std::move(found.constraint));
        continue;
      }
      report_.notes.push_back(found.constraint.equation + " holds in all but " +
                              std::to_string(found.constraint.outliers) + " of " +
                              std::to_string(all_.rows()) + " events, so it is not a relation.");
      report_.partial.push_back(std::move(found.constraint));
    }
  }

  /// Whether an approximate relation is a conic that happens to run near another curve.
  bool is_chance(const FoundConstraint& found) const {
    const Constraint& constraint = found.constraint;
    if (constraint.exact || constraint.mass || found.partial) return false;
    if (constraint.residual < kIntegersSay && has_integer_coefficients(found.relation)) return false;
    return leaves_a_smooth_residual(found.relation, kSmoothResidual);
  }

  /// In units of the features' spreads, without the constant features that were accepted.
  VectorXd free_gradient(const VectorXd& event, const Relation& relation) const {
    VectorXd slope = gradient(event, relation).cwiseProduct(gradient_unit_);
    slope(constant_).setZero();
    return slope;
  }

  /// Those of the relations found already at one event; constant features are gone from them anyway.
  MatrixXd known_gradients(const VectorXd& event) const {
    std::vector<VectorXd> slopes;
    for (const Relation& relation : accepted_)
      if (!is_constant(relation)) slopes.push_back(free_gradient(event, relation).normalized());
    MatrixXd known(event.size(), static_cast<Eigen::Index>(slopes.size()));
    for (std::size_t r = 0; r < slopes.size(); ++r) known.col(static_cast<Eigen::Index>(r)) = slopes[r];
    return known;
  }

  static bool is_constant(const Relation& relation) {
    return relation.terms.size() == 1 && relation.degree() == 1;
  }

  void accept(const Relation& relation) {
    accepted_.push_back(relation);
    if (relation.degree() > 1) return;
    if (is_constant(relation)) {
      constant_.push_back(relation.terms[0].first);
      return;
    }
    VectorXd direction = without_linear(free_gradient(moments_.mean, relation));
    if (!(direction.norm() > 0)) return;
    directions_.conservativeResize(direction.size(), directions_.cols() + 1);
    directions_.rightCols(1) = direction.normalized();
  }

  /// What the gradients of the linear relations found already leave of another, all in units of the features'
  /// spreads.
  VectorXd without_linear(VectorXd own) const {
    for (int pass = 0; pass < 2 && directions_.cols() > 0; ++pass)
      own -= directions_ * (directions_.transpose() * own);
    return own;
  }

  /// How much events differ along the part of a gradient that the known ones leave free. Features that vary
  /// together do so by more than each alone.
  double spread_along(const VectorXd& free) const {
    const MatrixXd some = test_.topRows(std::min<Eigen::Index>(kSpreadEvents, test_.rows()));
    return central_half_width(some * free.cwiseQuotient(gradient_unit_), 0.68);
  }

  /// Whether the relations found already tie the left side down as well. What they leave free is measured at
  /// typical events: the gradient, in units of the features' spreads, without its part along their gradients.
  bool is_known(const FoundConstraint& found) const {
    if (accepted_.size() >= columns_.size()) return true;
    const Constraint& constraint = found.constraint;
    // Gradients of linear relations are the same at all events.
    const bool linear = all_linear(found);
    VectorXd lengths(linear ? 1 : std::min<Eigen::Index>(kGradientEvents, test_.rows())),
        sines(lengths.size());
    for (Eigen::Index k = 0; k < lengths.size(); ++k) {
      const VectorXd event = test_.row(k * test_.rows() / lengths.size());
      const VectorXd own = free_gradient(event, found.relation);
      VectorXd free = linear ? without_linear(own) : own;
      lengths(k) = free.norm();
      if (const MatrixXd known = linear ? MatrixXd() : known_gradients(event); known.cols() > 0) {
        lengths(k) = in_frame_of(known, own).tail(event.size() - known.cols()).norm();
        if (!constraint.exact && !constraint.mass) free -= known * least_squares(known, {own}).front();
      }
      sines(k) = own.norm() > 0 ? lengths(k) / own.norm() : 0;
      if (!constraint.exact && !constraint.mass) lengths(k) = std::max(lengths(k), spread_along(free));
    }
    if (median(sines) < kSameDirection) return true;
    if (!constraint.exact && linear) return median(sines) < kNewDirection;
    const double allowed = constraint.exact  ? kExactReduction
                           : constraint.mass ? kMassReduction
                                             : settings_.approximate;
    return found.spread >= allowed * median(lengths);
  }

  bool all_linear(const FoundConstraint& found) const {
    return found.relation.degree() == 1 &&
           std::all_of(accepted_.begin(), accepted_.end(),
                       [](const Relation& relation) { return relation.degree() == 1; });
  }

  /// Features that hardly vary, and those with one value in nearly all events.
  void note_spreads() {
    for (int i = 0; i < static_cast<int>(columns_.size()); ++i) {
      if (!varies(i)) continue;
      const std::string& name = columns_[static_cast<std::size_t>(i)];
      if (auto note = note_on_spread(all_.col(i), centre_(i), name)) report_.notes.push_back(*note);
    }
  }

  WorkBudget without_end_;
  WorkBudget& budget_ = settings_.budget != nullptr ? *settings_.budget : without_end_;
  NearNullSpace linear_;  ///< of all events, with every combination
  std::vector<Relation> accepted_;
  std::vector<int> constant_;  ///< features of which a constant was accepted
  MatrixXd directions_;        ///< [D x k] orthonormal: the span of the gradients of linear ones
  ConstraintReport report_;
};

}  // namespace

ConstraintReport find_constraints(const MatrixXd& rows, const std::vector<std::string>& columns,
                                  const std::vector<double>& precision, const ConstraintSettings& settings) {
  if (rows.rows() < kLeastEvents || columns.empty()) {
    return {{},
            {},
            {"Relations among features were not sought: fewer than " + std::to_string(kLeastEvents) +
             " events."}};
  }
  ConstraintReport report = Search(rows, columns, precision, settings).run();
  if (rows.rows() > settings.most_events)
    report.notes.push_back("Relations among features were sought in " + std::to_string(settings.most_events) +
                           " of " + std::to_string(rows.rows()) + " events.");
  return report;
}

}  // namespace symscan
