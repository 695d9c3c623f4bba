// What a dataset of a detector with known cuts says: from dataset.acceptance to the findings.
#include <gtest/gtest.h>

#include <algorithm>

#include "host/base/error.hpp"
#include "host/findings/row_findings.hpp"
#include "tests/host/analysis/known_distributions.hpp"
#include "tests/host/findings/row_verdicts.hpp"

namespace symscan {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;

const std::vector<std::string> kColumns = {"px", "py", "pz"};
const std::string kCut = "pz > -0.5";

/// Normal momenta, moved along pz, of which a detector sees one side.
MatrixXd one_side(double moved) {
  KnownDistributions draw(1);
  MatrixXd rows = draw.gaussian(8000, {1, 1, 1});
  rows.col(2).array() += moved;
  std::vector<Index> kept;
  for (Index i = 0; i < rows.rows(); ++i)
    if (rows(i, 2) > -0.5) kept.push_back(i);
  return rows(kept, Eigen::all);
}

DatasetFinding finding_of(const MatrixXd& rows, const std::string& acceptance) {
  FindingsOptions options;
  options.natural_candidates = false;
  options.candidates = {"reflection(pz)", "rotation(px,pz)"};
  return finding_of_rows(rows, kColumns, options, {}, acceptance);
}

TEST(AcceptanceFindings, ACutBreaksNothing) {
  const MatrixXd rows = one_side(0);
  const DatasetFinding blind = finding_of(rows, ""), told = finding_of(rows, kCut);
  for (const char* name : {"reflection(pz)", "rotation(px,pz)"}) {
    EXPECT_EQ(verdict_of(blind, name), Verdict::no_symmetry) << name;
    EXPECT_NE(verdict_of(told, name), Verdict::no_symmetry) << name;
  }
  ASSERT_TRUE(blind.distribution && told.distribution);
  EXPECT_EQ(blind.distribution->algebra, "so(2)");
  EXPECT_EQ(told.distribution->algebra, "so(3)");
  EXPECT_TRUE(blind.notes.empty());
  EXPECT_EQ(told.notes,
            std::vector<std::string>{"Tests of the distribution allow for the acceptance pz > -0.5."});
}

TEST(AcceptanceFindings, WhatIsBrokenInsideIsStillSeen) {
  const DatasetFinding told = finding_of(one_side(1), kCut);
  for (const char* name : {"reflection(pz)", "rotation(px,pz)"})
    EXPECT_EQ(verdict_of(told, name), Verdict::no_symmetry) << name;
}

TEST(AcceptanceFindings, RefusesAnotherTable) {
  EXPECT_THROW((void)finding_of(one_side(0), "abs(eta(mu-)) < 2"), DataError);
}

}  // namespace
}  // namespace symscan
