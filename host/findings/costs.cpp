#include "host/findings/costs.hpp"

#include <algorithm>
#include <cmath>

#include "host/analysis/work_budget.hpp"

namespace symscan {
namespace {

constexpr double most_rows_of_tests = 20000, fewest_functions = 64;
constexpr double searched_directions = 8;  ///< of data that fill their span

double functions_of(double rank) {
  return std::max(fewest_functions, rank * (rank + 3) / 2);
}

}  // namespace

MotionCosts::MotionCosts(const DataEvidence& evidence, const SetFields& set, const DatasetFinding& finding)
    : rows_(std::min(static_cast<double>(evidence.standard.rows.rows()), most_rows_of_tests)),
      columns_(static_cast<double>(finding.columns.size())),
      rank_(static_cast<double>(evidence.standard.rank())),
      functions_(functions_of(rank_)),
      fields_(static_cast<double>(set.fields.size())) {
  if (fields_ == 0 && rank_ <= searched_directions) fields_ = rank_ * (rank_ + 1);
}

double MotionCosts::of_preparation() const {
  return operations_of_product(functions_, rows_, functions_) + 30 * rows_ * functions_ +
         100 * rows_ * rank_ * (rank_ + 10) + columns_ * columns_ * rank_;
}

double MotionCosts::of_test() const {
  return rows_ * (15 * functions_ + 2 * rank_ * rank_) + 20 * functions_ * functions_;
}

double MotionCosts::of_search() const {
  // A motion is a matrix of the columns, written with some hundred operations a number.
  const double described = of_test() + 300 * columns_ * columns_ + columns_ * std::pow(rank_, 3);
  const double search = fields_ * (rows_ * 30 * functions_ + fields_ * functions_ * 100) +
                        4 * operations_of_eigen(functions_) + operations_of_eigen(fields_);
  return of_preparation() + 2 * of_test() + search + fields_ * described;
}

double MotionCosts::of_candidates(std::size_t names, const FindingsOptions& options) const {
  const auto points = static_cast<double>(options.test_points);
  const double of_flow = of_test() + columns_ * columns_ * (2000 + rank_);
  const double of_map = points * points * (rank_ + 600) + 500 * rows_ * (rank_ + 10);
  return static_cast<double>(names) * std::max(of_flow, of_map);
}

double MotionCosts::of_finite_maps() const {
  constexpr double tests = 60, most_proposed = 500;
  const double exchanges = columns_ * (columns_ - 1) / 2;
  return tests * rows_ * 1500 + (most_proposed + exchanges) * (2e6 + 300 * columns_ * columns_) +
         0.5 * std::pow(exchanges * columns_, 2);
}

double MotionCosts::of_scan() const {
  return 2000 * rows_ * (columns_ + 10);
}

double trajectory_operations(const Eigen::MatrixXd& rows) {
  constexpr double most_rows = 8000, most_terms = 250;
  const double used = std::min(static_cast<double>(rows.rows()), most_rows);
  return 40 * operations_of_product(most_terms, used, most_terms) + 100 * operations_of_eigen(most_terms) +
         100.0 * static_cast<double>(rows.size());
}

double target_operations(const Eigen::MatrixXd& rows) {
  return static_cast<double>(rows.rows()) * (5e5 + 2e3 * static_cast<double>(rows.cols()));
}

double dictionary_operations(const Eigen::MatrixXd& rows, const FindingsOptions& options) {
  const auto count = static_cast<double>(rows.rows()), columns = static_cast<double>(rows.cols());
  const double blocks = options.fields == "pairs" ? columns * (columns - 1) / 2 : 1;
  return blocks * count * 3e4;
}

double expected_operations(const DatasetPoints& points, const FindingsOptions& options) {
  const auto rows = static_cast<double>(points.raw.rows()), columns = static_cast<double>(points.raw.cols());
  const double inner = std::min(rows, columns);
  double sum = 2000 * rows * columns + 4 * operations_of_product(inner, std::max(rows, columns), inner) +
               3 * operations_of_eigen(inner) + 1.5e8 * (columns + 5);
  if (columns <= 24) sum += operations_of_product(columns * columns / 2, rows, columns * columns / 2);
  const double functions = functions_of(inner);
  if (inner <= 40) sum += rows * functions * (functions + 400);
  if (options.discrete) sum += rows * 1e5;
  if (options.fields != "affine") sum += dictionary_operations(points.raw, options);
  if (points.target.size() > 0) sum += target_operations(points.raw);
  if (!points.groups.empty()) sum += trajectory_operations(points.raw);
  return std::min(sum, options.budget * 1e9);
}

}  // namespace symscan
