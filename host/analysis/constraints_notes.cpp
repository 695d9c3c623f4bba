#include "host/analysis/constraints_notes.hpp"

#include <algorithm>
#include <cmath>

#include "host/analysis/constraint_fit.hpp"
#include "host/analysis/equation_text.hpp"
#include "host/analysis/relation.hpp"
#include "host/data/table.hpp"

namespace symscan {
namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr std::size_t kMostPairedParticles = 8;
constexpr double kBalanceRounding = 5;    ///< roundings within which momenta are balanced
constexpr double kNarrow = 1e-3;          ///< relative half width worth a note
constexpr double kMostExceptions = 0.01;  ///< share of events that differ from the usual value

/// Which events have opposite values in two columns, within their rounding.
std::vector<bool> balanced(const MatrixXd& rows, const VectorXd& precision, int first, int second) {
  const Relation relation{{{1.0, first, -1}, {1.0, second, -1}}, 0.0};
  const VectorXd left = left_side(rows, relation),
                 rounding = rounding_of(rows, relation, precision, VectorXd::Zero(rows.cols()));
  std::vector<bool> events;
  for (Eigen::Index i = 0; i < rows.rows(); ++i)
    events.push_back(std::abs(left(i)) <= kBalanceRounding * rounding(i));
  return events;
}

/// Share of the events, if it is that of a part.
std::optional<double> part(const std::vector<bool>& events) {
  const double share = static_cast<double>(std::count(events.begin(), events.end(), true)) /
                       static_cast<double>(events.size());
  return share > 0.1 && share < 0.9 ? std::optional(share) : std::nullopt;
}

std::optional<std::string> note_on_balance(const MatrixXd& rows, const std::vector<std::string>& columns,
                                           const VectorXd& precision, int first, int second) {
  const auto share = part(balanced(rows, precision, first, second));
  if (!share) return std::nullopt;
  const Relation relation{{{1.0, first, -1}, {1.0, second, -1}}, 0.0};
  return equation_text(relation, columns, unit_of(relation, columns)) + " holds for " +
         decimal_text(std::round(100 * *share)) + " % of the events only, so it is not a relation.";
}

std::optional<std::string> note_on_mass(const MatrixXd& rows, const FourMomentum& a, const FourMomentum& b,
                                        double approximate) {
  const Relation square = ConstraintFit::mass_squared({a, b});
  VectorXd masses = left_side(rows, square).cwiseMax(0).cwiseSqrt();
  std::sort(masses.begin(), masses.end());
  const Eigen::Index half = masses.size() / 2;
  Eigen::Index narrowest = 0;
  for (Eigen::Index k = 0; k + half < masses.size(); ++k) {
    if (masses(k + half) - masses(k) < masses(narrowest + half) - masses(narrowest)) narrowest = k;
  }
  const double low = masses(narrowest), high = masses(narrowest + half);
  const double middle = (low + high) / 2, width = (high - low) / 2;
  const double allowed = approximate * middle;
  if (!(width < allowed) || central_half_width(masses, 0.68) < allowed) return std::nullopt;
  return "m(" + a.particle + " " + b.particle + ") lies between " +
         decimal_text(short_number(low, 0.1 * width)) + " and " +
         decimal_text(short_number(high, 0.1 * width)) +
         " GeV for half of the events, but not for the others, so it is not a relation.";
}

}  // namespace

std::vector<std::string> notes_on_partial_relations(const MatrixXd& rows,
                                                    const std::vector<std::string>& columns,
                                                    const VectorXd& precision, const VectorXd& centre,
                                                    const ConstraintSettings& settings) {
  std::vector<std::string> notes;
  const std::vector<FourMomentum> particles = find_four_momenta(columns);
  if (particles.size() > kMostPairedParticles || particles.empty()) return notes;
  const MatrixXd raw = rows.rowwise() + centre.transpose();
  const auto add = [&notes](std::optional<std::string> note) {
    if (note) notes.push_back(std::move(*note));
  };
  for (std::size_t i = 0; i < particles.size(); ++i) {
    for (std::size_t j = i + 1; j < particles.size(); ++j) {
      add(note_on_balance(raw, columns, precision, particles[i].px, particles[j].px));
      add(note_on_balance(raw, columns, precision, particles[i].py, particles[j].py));
      add(note_on_mass(raw, particles[i], particles[j], settings.approximate));
    }
  }
  return notes;
}

std::vector<bool> balanced_events(const MatrixXd& rows, const std::vector<std::string>& columns,
                                  const std::vector<double>& precision) {
  const std::vector<FourMomentum> particles = find_four_momenta(columns);
  if (particles.size() > kMostPairedParticles) return {};
  VectorXd relative = VectorXd::Constant(rows.cols(), kFloat64Precision);
  for (std::size_t d = 0; d < precision.size(); ++d)
    relative(static_cast<Eigen::Index>(d)) = std::max(precision[d], kFloat64Precision);
  for (std::size_t i = 0; i < particles.size(); ++i) {
    for (std::size_t j = i + 1; j < particles.size(); ++j) {
      std::vector<bool> events = balanced(rows, relative, particles[i].px, particles[j].px);
      const std::vector<bool> across = balanced(rows, relative, particles[i].py, particles[j].py);
      for (std::size_t k = 0; k < events.size(); ++k) events[k] = events[k] && across[k];
      if (part(events)) return events;
    }
  }
  return {};
}

std::optional<std::string> note_on_spread(const VectorXd& values, double centre, const std::string& name) {
  const double usual = median(values);
  const auto exceptions = (values.array() != usual).count();
  const auto events = static_cast<double>(values.size());
  if (static_cast<double>(exceptions) <= kMostExceptions * events)
    return name + " is " + decimal_text(usual + centre) + " in all but " + std::to_string(exceptions) +
           " of " + std::to_string(values.size()) + " events.";
  const double width = central_half_width(values, 0.68), size = std::abs(usual + centre);
  if (!(width < kNarrow * size)) return std::nullopt;
  const double percent = 100 * width / size;
  return name + " is " + decimal_text(short_number(usual + centre, 0.1 * width), 15) + " within " +
         decimal_text(short_number(percent, 0.05 * percent)) + " %.";
}

}  // namespace symscan
