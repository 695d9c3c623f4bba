#include "host/analysis/phi_k.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <memory>
#include <mutex>

#include "host/analysis/normal_chi_squared.hpp"

namespace symscan {
namespace {

/// Made when they are first asked for, each once. Not by std::call_once: what is thrown through glibc's
/// pthread_once, such as want of memory, has to load a library there, and without memory that ends the
/// program.
const NormalChiSquared& normal_of_bins(std::size_t columns, std::size_t rows) {
  struct Entry {
    std::mutex mutex;
    std::unique_ptr<const NormalChiSquared> normal;
  };
  static std::array<Entry, (phi_k_bins + 1) * (phi_k_bins + 1)> entries;
  const auto [few, many] = std::minmax(columns, rows);
  Entry& entry = entries[few * (phi_k_bins + 1) + many];
  const std::lock_guard lock(entry.mutex);
  if (entry.normal == nullptr) entry.normal = std::make_unique<const NormalChiSquared>(few, many);
  return *entry.normal;
}

/// Upper edges of the bins; the lowest value lies in the first, a value on an edge in the bin below it.
std::array<double, phi_k_bins> upper_edges(double low, double high) {
  const double start = low - std::max(1e-14 * std::abs(low), std::numeric_limits<double>::min());
  const double width = (high - start) / static_cast<double>(phi_k_bins);
  std::array<double, phi_k_bins> edges{};
  for (std::size_t i = 1; i < phi_k_bins; ++i) edges[i - 1] = static_cast<double>(i) * width + start;
  edges.back() = high;
  return edges;
}

/// Pearson's chi squared against the product of the sums; with Yates's correction for 2 x 2 bins, as in phik.
double chi_squared_of(std::span<const std::size_t> counts, std::size_t columns, std::size_t rows,
                      double total) {
  std::array<double, phi_k_bins> of_column{}, of_row{};
  for (std::size_t i = 0; i < columns; ++i) {
    for (std::size_t j = 0; j < rows; ++j) {
      of_column[i] += static_cast<double>(counts[i * rows + j]);
      of_row[j] += static_cast<double>(counts[i * rows + j]);
    }
  }
  const double correction = columns == 2 && rows == 2 ? 0.5 : 0;
  double sum = 0;
  for (std::size_t i = 0; i < columns; ++i) {
    for (std::size_t j = 0; j < rows; ++j) {
      const double expected = of_column[i] * of_row[j] / total;
      const double distance = std::abs(static_cast<double>(counts[i * rows + j]) - expected);
      const double left = distance - std::min(correction, distance);
      sum += left * left / expected;
    }
  }
  return sum;
}

}  // namespace

BinnedVariable bin_values(std::span<const double> values) {
  BinnedVariable binned;
  if (values.empty() || !std::all_of(values.begin(), values.end(), [](double x) { return std::isfinite(x); }))
    return binned;
  const auto [low, high] = std::minmax_element(values.begin(), values.end());
  binned.bin.resize(values.size());
  binned.bins = 1;
  if (*low == *high) return binned;
  const auto edges = upper_edges(*low, *high);
  std::array<std::uint8_t, phi_k_bins> number{};
  for (std::size_t i = 0; i < values.size(); ++i) {
    const auto edge = std::lower_bound(edges.begin(), edges.end() - 1, values[i]);
    binned.bin[i] = static_cast<std::uint8_t>(edge - edges.begin());
    number[binned.bin[i]] = 1;
  }
  binned.bins = 0;
  for (std::uint8_t& bin : number) bin = bin == 0 ? bin : static_cast<std::uint8_t>(binned.bins++);
  for (std::uint8_t& bin : binned.bin) bin = number[bin];
  return binned;
}

std::optional<double> phi_k(const BinnedVariable& x, const BinnedVariable& y) {
  if (x.bins < 2 || y.bins < 2) return std::nullopt;
  std::array<std::size_t, phi_k_bins * phi_k_bins> counts{};
  for (std::size_t i = 0; i < x.bin.size(); ++i) ++counts[x.bin[i] * y.bins + y.bin[i]];
  return phi_k_of_table({counts.data(), x.bins * y.bins}, x.bins, y.bins);
}

double phi_k_of_table(std::span<const std::size_t> counts, std::size_t columns, std::size_t rows) {
  double total = 0;
  for (const std::size_t count : counts) total += static_cast<double>(count);
  const double pedestal = static_cast<double>((columns - 1) * (rows - 1));
  const double largest = total * static_cast<double>(std::min(columns, rows) - 1);
  const double chi_squared = chi_squared_of(counts, columns, rows, total);
  if (chi_squared <= pedestal) return 0;
  if (chi_squared >= largest) return 1;
  return normal_of_bins(columns, rows).correlation_of((chi_squared - pedestal) / (largest - pedestal));
}

}  // namespace symscan
