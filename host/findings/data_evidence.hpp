#pragma once
#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "host/analysis/central_law.hpp"
#include "host/analysis/constraints.hpp"
#include "host/analysis/discrete_columns.hpp"
#include "host/analysis/neighbour_dimension.hpp"
#include "host/analysis/power_law.hpp"
#include "host/analysis/scale_dimension.hpp"
#include "host/analysis/standardised.hpp"
#include "host/analysis/variety.hpp"
#include "host/analysis/work_budget.hpp"
#include "host/base/eigen.hpp"
#include "host/findings/group_analysis.hpp"
#include "host/findings/model.hpp"

namespace symscan {

/// What the rows themselves say, without a model.
struct DataEvidence {
  std::vector<ColumnNature> natures;  ///< [D]
  EqualRows equal_rows = EqualRows::one_event;
  ConstraintReport constraints;
  std::vector<PowerLaw> power_laws;
  std::vector<ReciprocalLaw> reciprocal_laws;
  std::vector<CentralLaw> central_laws;
  Standardised standard;
  Variety variety;  ///< that the exact relations of columns which are not all discrete cut out
  /// Directions that are left where approximate relations count as well: the dimension of what noisy data
  /// scatter around.
  int loose_dimension = 0;
  Normals
      loose_normals;  ///< of these relations, in whitened coordinates; only where no linear one is among them
  int discrete = 0;   ///< directions of the span that only discrete columns give
  /// Of the values of columns that are all discrete and obey no linear relation: those that would be in some
  /// 20 rows each if every one were there, and are not.
  std::uint64_t combinations_missing = 0;
  bool discrete_tied = false;  ///< all columns are discrete, and a curved exact relation ties some of them
  int always_at_atoms = 0;     ///< columns that sit at one of their repeated values in (nearly) every row
  double rounding = 0;         ///< of the whitened coordinates
  /// Of the continuous columns, standardised; none: too few distinct rows, or no such column.
  std::optional<DimensionByNeighbours> neighbours;
  /// The same of logistic scores of the columns, with every direction of their span scaled to one spread;
  /// only where the first is below what the linear constraints leave, and no curved one holds. Monotone
  /// functions of columns and linear maps change no dimension; tails and thin directions they do.
  std::optional<DimensionByNeighbours> even_neighbours;
  std::optional<NeighbourDimension> plain_neighbours;  ///< of all columns, uncalibrated
  bool neighbours_left_out = false;                    ///< the budget did not afford them

  /// Directions that the constraints leave, without those of discrete columns.
  int continuous_at_most() const {
    return std::max(0, static_cast<int>(variety.dimension) - discrete - always_at_atoms);
  }
  bool has_exact_surface() const { return variety.dimension < standard.rank(); }
};

/// What the budget does not afford is left out.
DataEvidence data_evidence(const DatasetPoints& points, const std::vector<std::string>& columns,
                           WorkBudget& budget);
DataEvidence data_evidence(const DatasetPoints& points, const std::vector<std::string>& columns);

/// The neighbours' numbers as they are kept.
std::optional<NeighbourFinding> neighbour_finding(const DataEvidence& evidence);

}  // namespace symscan
