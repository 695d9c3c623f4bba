#include "host/analysis/algebra_structure.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <optional>

#include "host/analysis/levi_decomposition.hpp"
#include "host/analysis/radical_parts.hpp"
#include "host/analysis/real_form.hpp"
#include "host/analysis/simple_ideals.hpp"
#include "host/base/linear_algebra.hpp"

namespace symscan {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Names = std::vector<std::string>;

std::string joined(const Names& names, const std::string& separator) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : separator) + name;
  return text;
}

/// "scaling", "2 scalings"
void add_counted(Names& names, int count, const std::string& name) {
  if (count > 0) names.push_back(count == 1 ? name : std::to_string(count) + " " + name + "s");
}

void add_repeated(Names& names, int count, const std::string& name) {
  names.insert(names.end(), static_cast<std::size_t>(count), name);
}

/// A simple ideal, or the two of so(4) or so(2,2).
struct NamedIdeal {
  int dimension;
  RealForm form;
};

/// Linear maps of v that the Casimir elements of the ideals are.
std::vector<MatrixXd> casimir_maps(const LieAlgebra& algebra, const LeviDecomposition& levi,
                                   const std::vector<SimpleIdeal>& ideals) {
  const Index r = algebra.basis.front().rows() - 1, s = levi.lifted.cols();
  MatrixXd maps(r * r, s);
  for (Index k = 0; k < s; ++k)
    maps.col(k) = algebra.element(levi.lifted.col(k)).topLeftCorner(r, r).reshaped();
  std::vector<MatrixXd> casimirs;
  for (const SimpleIdeal& ideal : ideals) {
    const MatrixXd dual = maps * ideal.casimir;
    MatrixXd sum = MatrixXd::Zero(r, r);
    for (Index k = 0; k < s; ++k) sum += dual.col(k).reshaped(r, r) * maps.col(k).reshaped(r, r);
    casimirs.push_back(sum);
  }
  return casimirs;
}

/// Dimension of the space on which a Casimir element is not 0; it is above 1/3 there.
int moved_dimensions(const MatrixXd& casimir) {
  constexpr double least = 0.15;
  return static_cast<int>((eigenvalues_of(casimir).cwiseAbs().array() > least).count());
}

/// Whether two ideals of dimension 3 act together, both as on spinors: as so(4) or so(2,2) does on vectors.
bool act_on_vectors(const MatrixXd& one, const MatrixXd& other) {
  constexpr double spinor = 3.0 / 8, small = 0.1;  // Casimir element; the next one is 1
  const double together = (one * other).trace();
  const auto above = [&](const MatrixXd& a, const MatrixXd& b) {
    return std::abs((a * a * b).trace() - spinor * together) < small * spinor * together;
  };
  return together > 0.5 * spinor * spinor && above(one, other) && above(other, one);
}

/// The name of two ideals that act as so(4) or so(2,2) on vectors.
std::optional<RealForm> pair_form(const SimpleIdeal& a, const SimpleIdeal& b) {
  if (a.dimension != 3 || b.dimension != 3 || a.noncompact != b.noncompact) return std::nullopt;
  if (a.noncompact == 0) return RealForm{"so(4)", {"so(4)"}};
  return RealForm{"so(2,2)", {"so(2)", "so(2)"}};
}

std::optional<std::vector<NamedIdeal>> named_ideals(const LieAlgebra& algebra, const LeviDecomposition& levi,
                                                    double tolerance) {
  std::vector<NamedIdeal> named;
  if (levi.adjoint.empty()) return named;
  const std::optional<std::vector<SimpleIdeal>> ideals = simple_ideals(levi.adjoint, tolerance);
  if (!ideals) return std::nullopt;
  const std::vector<MatrixXd> casimirs = casimir_maps(algebra, levi, *ideals);
  std::vector<bool> used(ideals->size(), false);
  for (std::size_t i = 0; i < ideals->size(); ++i) {
    if (used[i]) continue;
    const SimpleIdeal& ideal = (*ideals)[i];
    NamedIdeal found{ideal.dimension, {}};
    for (std::size_t j = i + 1; j < ideals->size() && found.form.name.empty(); ++j) {
      const auto form = pair_form(ideal, (*ideals)[j]);
      if (used[j] || !form || !act_on_vectors(casimirs[i], casimirs[j])) continue;
      found = {6, *form};
      used[j] = true;
    }
    if (found.form.name.empty()) {
      const auto form = real_form(
          {ideal.dimension, ideal.rank, ideal.noncompact, ideal.complex, moved_dimensions(casimirs[i])});
      if (!form) return std::nullopt;
      found.form = *form;
    }
    named.push_back(found);
  }
  std::sort(named.begin(), named.end(), [](const NamedIdeal& a, const NamedIdeal& b) {
    return a.dimension != b.dimension ? a.dimension > b.dimension : a.form.name > b.form.name;
  });
  return named;
}

/// What is neither simple nor so(2) nor a plain translation, scaling or shear.
void add_others(Names& names, const RadicalParts& parts) {
  add_counted(names, parts.rotations.with_translation, "screw");
  add_repeated(names, parts.rotations.with_shear, "rotation with shear");
  add_repeated(names, parts.scalings.with_translation, "scaling with translation");
  add_repeated(names, parts.scalings.with_shear, "scaling with shear");
  add_repeated(names, parts.spirals.count(), "rotation with scaling");
}

/// The nilpotent elements where they do not commute with each other.
std::string nilradical_name(const RadicalParts& parts) {
  const int dimension = parts.translations + parts.shears;
  return dimension == 3 ? "Heisenberg" : "nilpotent algebra of dimension " + std::to_string(dimension);
}

std::string full_name(const std::vector<NamedIdeal>& ideals, const RadicalParts& parts) {
  Names names, nilpotent;
  for (const NamedIdeal& ideal : ideals) names.push_back(ideal.form.name);
  add_repeated(names, parts.rotations.pure, "so(2)");
  if (!parts.acted_on && parts.nilradical_abelian) {
    add_counted(names, parts.translations, "translation");
    add_counted(names, parts.scalings.pure, "scaling");
    add_others(names, parts);
    add_counted(names, parts.shears, "shear");
    return joined(names, " + ");
  }
  add_counted(names, parts.scalings.pure, "scaling");
  add_others(names, parts);
  if (!parts.nilradical_abelian) {
    nilpotent.push_back(nilradical_name(parts));
  } else {
    add_counted(nilpotent, parts.translations, "translation");
    add_counted(nilpotent, parts.shears, "shear");
  }
  if (parts.acted_on) return joined(names, " + ") + " with " + joined(nilpotent, " + ") + " (semidirect)";
  names.push_back(nilpotent.front());
  return joined(names, " + ");
}

std::string compact_name(const std::vector<NamedIdeal>& ideals, const RadicalParts& parts) {
  Names names;
  for (const NamedIdeal& ideal : ideals) {
    const Names& compact = ideal.form.compact;
    if (compact.empty() && ideal.form.name.starts_with("a simple")) return "unknown";
    if (std::find(compact.begin(), compact.end(), "unknown") != compact.end()) return "unknown";
    names.insert(names.end(), compact.begin(), compact.end());
  }
  add_repeated(names, parts.rotations.pure, "so(2)");
  // so(2) last, the rest as name_compact_algebra() has it.
  std::sort(names.begin(), names.end(), std::greater<>());
  return names.empty() ? "none" : joined(names, "+");
}

/// All affine fields of r dimensions.
AlgebraStructure all_affine_fields(int r) {
  RadicalParts parts;
  parts.translations = r;
  parts.scalings.pure = 1;
  parts.acted_on = true;
  std::vector<NamedIdeal> ideals;
  if (r > 1) ideals.push_back({r * r - 1, *real_form({r * r - 1, r - 1, (r - 1) * (r + 2) / 2, false, r})});
  AlgebraStructure structure{full_name(ideals, parts), compact_name(ideals, parts)};
  structure.semisimple = r * r - 1;
  structure.radical = r + 1;
  return structure;
}

std::string counted_fields(std::size_t count) {
  return std::to_string(count) + (count == 1 ? " field" : " fields");
}

}  // namespace

AlgebraStructure describe_algebra(const std::vector<AffineField>& fields, const MatrixXd& second,
                                  double tolerance) {
  AlgebraStructure structure;
  structure.name = structure.compact = "none";
  if (fields.empty()) return structure;
  const auto r = static_cast<std::size_t>(fields.front().rows());
  if (fields.size() == r * (r + 1)) return all_affine_fields(static_cast<int>(r));
  structure.closure = closure_residual(fields, second);
  structure.closed = false;
  structure.compact = "unknown";
  structure.name = counted_fields(fields.size());
  constexpr std::size_t most = 120;  // the time grows with the fourth power
  if (fields.size() > most) return structure;
  // In units of the fields' errors: what is taken for zero is well above what closing fields may have.
  constexpr double of_closure = 4, of_structure = 5;
  const LieAlgebra algebra = lie_algebra_of(fields, second, tolerance);
  if (!(std::max(structure.closure, algebra.closure) <= of_closure * tolerance)) return structure;
  structure.name = "unnamed algebra of " + structure.name;
  const auto levi = levi_decomposition(algebra, of_structure * tolerance);
  if (!levi) return structure;
  const auto ideals = named_ideals(algebra, *levi, of_structure * tolerance);
  const auto parts = radical_parts(algebra, levi->radical, tolerance);
  if (!ideals || !parts) return structure;
  structure.name = full_name(*ideals, *parts);
  structure.compact = compact_name(*ideals, *parts);
  structure.semisimple = static_cast<int>(levi->quotient.cols());
  structure.radical = static_cast<int>(levi->radical.cols());
  structure.closed = true;
  return structure;
}

}  // namespace symscan
