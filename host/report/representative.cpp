#include "host/report/representative.hpp"

#include <algorithm>
#include <cmath>

namespace symscan {
namespace {

/// Activations of a latent to hundredths, or to a larger power of ten where that leaves 200 steps between the
/// smallest and the largest. A latent that all of it rounds to 0 carries nothing.
void round_for_figure(const std::vector<double*>& values) {
  constexpr double fewest_steps = 200, smallest_step = 0.01;
  const auto [low, high] =
      std::minmax_element(values.begin(), values.end(), [](auto* a, auto* b) { return *a < *b; });
  const double step = std::max((**high - **low) / fewest_steps, smallest_step);
  const double per_unit = std::pow(10.0, -std::floor(std::log10(step) + 1e-9));
  for (double* value : values) *value = std::round(*value * per_unit) / per_unit;
}

/// [rows][chosen latents] of mu, [rows][latents].
std::vector<std::vector<double>> chosen_latents(const std::vector<float>& mean, std::size_t latents,
                                                const std::vector<std::size_t>& chosen) {
  std::vector<std::vector<double>> rows;
  for (std::size_t at = 0; at < mean.size(); at += latents) {
    std::vector<double>& values = rows.emplace_back();
    for (const std::size_t j : chosen) values.push_back(mean[at + j]);
  }
  for (std::size_t j = 0; j < chosen.size() && !rows.empty(); ++j) {
    std::vector<double*> column;
    for (auto& row : rows) column.push_back(&row[j]);
    round_for_figure(column);
  }
  return rows;
}

std::vector<std::size_t> first_of(const std::vector<std::size_t>& order, std::size_t most) {
  return {order.begin(), order.begin() + static_cast<std::ptrdiff_t>(std::min(order.size(), most))};
}

/// Evenly spaced over the range of a column in the sample, and a quarter of it on each side.
std::vector<double> grid_axis(const DatasetRecord& record, std::size_t column, std::size_t points) {
  constexpr double beyond = 0.25;
  double low = record.sample[column], high = low;
  for (std::size_t at = column; at < record.sample.size(); at += record.columns.size()) {
    low = std::min(low, record.sample[at]);
    high = std::max(high, record.sample[at]);
  }
  const double first = low - beyond * (high - low), width = (1 + 2 * beyond) * (high - low);
  std::vector<double> axis;
  for (std::size_t i = 0; i < points; ++i)
    axis.push_back(first + width * static_cast<double>(i) / static_cast<double>(points - 1));
  return axis;
}

/// None unless exactly two columns vary.
std::optional<EncodedPlane> encoded_plane(const RunResults& results, Ledger& ledger, int replica,
                                          const std::vector<std::size_t>& order, std::size_t points) {
  constexpr std::size_t most_latents = 4;
  const DatasetRecord& record = results.dataset_of(replica);
  const std::size_t features = record.columns.size();
  std::vector<std::size_t> varying;
  for (std::size_t d = 0; d < features; ++d)
    if (!record.constant[d]) varying.push_back(d);
  if (varying.size() != 2 || record.sample.empty()) return std::nullopt;
  EncodedPlane plane;
  plane.columns = varying;
  plane.x = grid_axis(record, varying[0], points);
  plane.y = grid_axis(record, varying[1], points);
  std::vector<double> rows;
  for (const double y : plane.y)
    for (const double x : plane.x) {
      rows.insert(rows.end(), features, 0.0);
      double* const row = &rows[rows.size() - features];
      row[varying[0]] = x;
      row[varying[1]] = y;
    }
  const auto mean = chosen_latents(encoded_rows(results, ledger, replica, rows), order.size(),
                                   first_of(order, most_latents));
  plane.mean.resize(mean.front().size());
  for (std::size_t j = 0; j < plane.mean.size(); ++j)
    for (std::size_t iy = 0; iy < plane.y.size(); ++iy) {
      std::vector<double>& line = plane.mean[j].emplace_back();
      for (std::size_t ix = 0; ix < plane.x.size(); ++ix) line.push_back(mean[iy * plane.x.size() + ix][j]);
    }
  return plane;
}

}  // namespace

DrawnDetail drawn_detail(std::size_t datasets) {
  constexpr std::size_t few = 12, most_representatives = 48, fewest_rows = 150, coarse_points = 21;
  DrawnDetail detail;
  if (datasets == 0) return detail;
  detail.representatives =
      std::clamp<std::size_t>(most_representatives / datasets, 1, detail.representatives);
  if (datasets <= few) return detail;
  detail.rows = std::max(fewest_rows, detail.rows * few / datasets);
  detail.plane_points = coarse_points;
  return detail;
}

std::vector<std::size_t> drawn_rows(const DatasetRecord& record, std::size_t most) {
  const std::size_t kept = record.sample.size() / record.columns.size(), count = std::min(kept, most);
  std::vector<std::size_t> rows;
  for (std::size_t i = 0; i < count; ++i) rows.push_back(i * kept / count);
  return rows;
}

Representative representative_of(const RunResults& results, const SampleMeasures& measures,
                                 const Group& group, const DrawnDetail& detail, Ledger& ledger) {
  const ReplicaConfig& config = results.sweep.replicas[static_cast<std::size_t>(group.representative)];
  const ReplicaResult& result = results.replicas[static_cast<std::size_t>(config.id)].result;
  Representative representative;
  representative.replica = config.id;
  representative.seed = config.seed;
  representative.order = relevance_order(result, config.relevance.measure);
  representative.phi_k = measures.phi_k[static_cast<std::size_t>(config.group)];
  const std::vector<std::size_t>& order = representative.order;
  const DatasetRecord& record = results.dataset_of(config.id);
  std::vector<double> drawn;
  for (const std::size_t row : drawn_rows(record, detail.rows)) {
    const double* const values = &record.sample[row * record.columns.size()];
    drawn.insert(drawn.end(), values, values + record.columns.size());
  }
  representative.activations = chosen_latents(encoded_rows(results, ledger, config.id, drawn), order.size(),
                                              first_of(order, SampleMeasures::most_latents));
  representative.plane = encoded_plane(results, ledger, config.id, order, detail.plane_points);
  return representative;
}

}  // namespace symscan
