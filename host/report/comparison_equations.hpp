#pragma once
#include "host/report/comparison_facts.hpp"

namespace symscan {

/// Adds the constraints and laws of both datasets to the pair, with their facts.
///
/// Equations that both list are found by same_equation(). What one run lists alone is put to the rows that
/// the other run keeps: exact relations are different if a row departs by more than 1e-5 of the size of the
/// terms (the limit of ConstraintSettings::exact), and the same if no row departs by more than ten times what
/// the rows of its own run do; approximate ones are different if the central 68 % of the rows depart more
/// than twice as far. What lies between, or cannot be put to the rows, is not comparable.
void add_equation_facts(const ComparedDataset& a, const ComparedDataset& b, bool same_run, DatasetPair& pair);

}  // namespace symscan
