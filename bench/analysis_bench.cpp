// Time of what is said about the rows of a table, without training, over rows and columns; and the dimension
// of NumPy files for bench/dimension_manifolds.py.
//   analysis_bench             prints tables of seconds
//   analysis_bench --wide      only that of wide tables: seconds, what they were counted to take, memory
//   analysis_bench FILE.npy... prints per file: name, TwoNN, calibrated value, low, high
#include <sys/resource.h>

#include <chrono>
#include <cmath>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <numbers>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "host/analysis/neighbour_dimension.hpp"
#include "host/analysis/scale_dimension.hpp"
#include "host/base/text.hpp"
#include "host/data/dataset.hpp"
#include "host/findings/further_findings.hpp"
#include "host/findings/row_findings.hpp"
#include "host/store/dataset_rows.hpp"

namespace symscan {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;

double uniform(std::mt19937_64& random) {
  return static_cast<double>(random() >> 11) * 0x1.0p-53;
}

MatrixXd gaussian(Index rows, Index columns, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  MatrixXd points(rows, columns);
  for (double& value : points.reshaped())
    value = std::sqrt(-2 * std::log(1 - uniform(random))) * std::cos(2 * std::numbers::pi * uniform(random));
  return points;
}

/// Particles with four-momenta of mass 1: one exact quadratic relation each.
MatrixXd particles(Index rows, Index count) {
  MatrixXd points(rows, 4 * count);
  for (Index k = 0; k < count; ++k) {
    const MatrixXd momenta = 3 * gaussian(rows, 3, static_cast<std::uint64_t>(10 + k));
    points.middleCols(4 * k + 1, 3) = momenta;
    points.col(4 * k) = (momenta.rowwise().squaredNorm().array() + 1).sqrt();
  }
  return points;
}

std::vector<std::string> names(Index columns, bool momenta) {
  std::vector<std::string> result;
  for (Index c = 0; c < columns; ++c) {
    const char* kinds[] = {"E", "px", "py", "pz"};
    result.push_back(momenta ? std::string(kinds[c % 4]) + "(p " + std::to_string(c / 4 + 1) + ")"
                             : "x" + std::to_string(c + 1));
  }
  return result;
}

std::string left_out_text(const DatasetFinding& finding) {
  std::vector<std::string> parts;
  for (const LeftOut& left : finding.left_out)
    parts.push_back(left.part + " (" + number_text(std::round(left.seconds)) + " s)");
  return join_words(parts);
}

void time_of(const char* what, const MatrixXd& rows, bool momenta, bool quick) {
  FindingsOptions options;
  options.natural_candidates = !quick;
  options.discrete = !quick;
  const std::clock_t start = std::clock();  // of one thread: the same on a machine that is busy
  const DatasetFinding finding = finding_of_rows(rows, names(rows.cols(), momenta), options);
  const double seconds = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
  std::printf("| %s | %td | %td | %s | %d | %d | %.2f | %.1f | %s |\n", what, rows.rows(), rows.cols(),
              quick ? "quick" : "full", finding.dimension ? finding.dimension->value.value_or(-1) : -1,
              finding.symmetry ? finding.symmetry->found : 0, seconds, finding.estimated_seconds,
              left_out_text(finding).c_str());
  std::fflush(stdout);
}

void print_head() {
  std::printf(
      "| data | rows | columns | tests | degrees of freedom | generators | s | counted s | left out |\n"
      "|---|---|---|---|---|---|---|---|---|\n");
}

void time_table() {
  print_head();
  for (const Index rows : {1000, 10000, 20000})
    for (const bool quick : {true, false}) time_of("two particles", particles(rows, 2), true, quick);
  for (const Index count : {1, 3, 5}) time_of("particles", particles(10000, count), true, true);
  for (const Index columns : {2, 8, 20, 50, 100}) time_of("normal", gaussian(10000, columns, 1), false, true);
}

/// Pairs of columns with x + y = z, each with a third.
MatrixXd with_sums(Index rows, Index columns) {
  MatrixXd points = gaussian(rows, columns, 2);
  for (Index c = 2; c < columns; c += 3) points.col(c) = points.col(c - 2) + points.col(c - 1);
  return points;
}

/// A circle, bent into all columns by cosines of its angle.
MatrixXd thin(Index rows, Index columns) {
  const MatrixXd phases = gaussian(2, columns, 3);
  std::mt19937_64 random(4);
  MatrixXd points(rows, columns);
  for (Index i = 0; i < rows; ++i) {
    const double angle = 2 * std::numbers::pi * uniform(random);
    for (Index c = 0; c < columns; ++c)
      points(i, c) = std::cos((1 + c % 4) * angle + phases(0, c)) * phases(1, c);
  }
  return points;
}

void time_wide() {
  constexpr std::pair<Index, Index> sizes[] = {{200, 400},   {500, 1000},   {1000, 2000}, {1000, 5000},
                                               {10000, 100}, {10000, 1000}, {20000, 40}};
  print_head();
  for (const auto& [rows, columns] : sizes) {
    time_of("normal", gaussian(rows, columns, 1), false, false);
    time_of("sums", with_sums(rows, columns), false, false);
    time_of("thin", thin(rows, columns), false, false);
  }
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  std::printf("\nmost memory: %.0f MB\n", static_cast<double>(usage.ru_maxrss) / 1024);
}

/// Each part beyond affine motions by itself.
void time_further() {
  DatasetPoints points;
  points.raw = gaussian(10000, 8, 1);
  points.target = points.raw.leftCols(3).rowwise().squaredNorm();
  for (Index i = 0; i < points.raw.rows(); ++i) points.groups.push_back(static_cast<double>(i / 100));
  DatasetFinding finding;
  finding.columns = names(8, false);
  const auto timed = [](const char* what, const auto& work) {
    const auto start = std::chrono::steady_clock::now();
    work();
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
    std::printf("| %s | %.2f |\n", what, seconds.count());
    std::fflush(stdout);
  };
  std::printf("\n| normal, 10000 rows, 8 columns | s |\n|---|---|\n");
  timed("finite maps", [&] { (void)find_discrete(points, finding, 1); });
  timed("laws of trajectories", [&] { (void)find_trajectory_laws(points, finding.columns); });
  timed("labelled function, exact", [&] { (void)find_target_symmetry(points, finding.columns); });
  for (double& value : points.target) value = std::exp(-value / 4) + std::sin(value);
  timed("labelled function, networks", [&] { (void)find_target_symmetry(points, finding.columns); });
  const DataEvidence evidence = data_evidence(points, finding.columns);
  for (const char* dictionary : {"quadratic", "pairs"}) {
    FindingsOptions options;
    options.fields = dictionary;
    timed(dictionary, [&] { (void)find_fields(points, evidence, options, finding); });
  }
}

int dimensions_of(int count, char** files) {
  for (int i = 0; i < count; ++i) {
    const DatasetRows rows = evenly_spaced_rows(load_dataset({{"kind", "file"}, {"path", files[i]}}));
    const auto columns = static_cast<Index>(rows.values.size() / rows.rows);
    const MatrixXd raw =
        Eigen::Map<const Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>>(
            rows.values.data(), static_cast<Index>(rows.rows), columns);
    const DatasetFinding finding = finding_of_rows(raw, names(columns, false));
    const auto& neighbours = finding.neighbour_dimension;
    if (!neighbours) return 1;
    std::printf("%s %.4f %.4f %.4f %.4f\n", std::filesystem::path(files[i]).filename().c_str(),
                neighbours->two_nn.value, neighbours->value, neighbours->low, neighbours->high);
  }
  return 0;
}

}  // namespace
}  // namespace symscan

int main(int count, char** words) {
  if (count == 2 && std::string_view(words[1]) == "--wide") {
    symscan::time_wide();
    return 0;
  }
  if (count > 1) return symscan::dimensions_of(count - 1, words + 1);
  symscan::time_table();
  symscan::time_further();
  return 0;
}
