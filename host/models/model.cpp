#include "host/models/model.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <numbers>

#include "host/analysis/trained_model.hpp"
#include "host/base/error.hpp"
#include "host/base/text.hpp"
#include "host/base/threads.hpp"
#include "host/models/saved_model.hpp"
#include "kernels/philox.hpp"

namespace symscan {
namespace {

using Eigen::Index;
using RowMajor = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

constexpr std::size_t block_rows = 1024;

/// work(first row, rows) for every block; blocks are always the same ones.
void for_blocks(std::size_t rows, int threads, const std::function<void(std::size_t, std::size_t)>& work) {
  in_parallel((rows + block_rows - 1) / block_rows, threads, [&](std::size_t block) {
    work(block * block_rows, std::min(block_rows, rows - block * block_rows));
  });
}

std::size_t rows_of(std::span<const double> values, std::size_t columns, const char* what) {
  if (values.size() % columns != 0)
    throw DataError(std::to_string(values.size()) + " values do not fill rows of " +
                    plural(columns, "column") + " (" + what + ")");
  return values.size() / columns;
}

void store(const Eigen::MatrixXd& block, std::size_t first, std::vector<double>& into) {
  Eigen::Map<RowMajor>(into.data() + first * static_cast<std::size_t>(block.cols()), block.rows(),
                       block.cols()) = block;
}

Eigen::MatrixXd block_of(std::span<const double> values, std::size_t first, std::size_t count,
                         std::size_t columns) {
  return Eigen::Map<const RowMajor>(values.data() + first * columns, static_cast<Index>(count),
                                    static_cast<Index>(columns));
}

/// What a draw is for; the trainer's streams (kernels/philox.hpp) are 1 to 6.
constexpr std::uint32_t prior_draws = 7, decoder_draws = 8;

/// [count x columns] standard normal numbers of the rows from `first` on: Box and Muller's formula.
Eigen::MatrixXd normal_numbers(std::uint64_t seed, std::uint32_t purpose, std::size_t first,
                               std::size_t count, std::size_t columns) {
  constexpr double unit = 0x1.0p-32;
  Eigen::MatrixXd draws(static_cast<Index>(count), static_cast<Index>(columns));
  for (std::size_t row = 0; row < count; ++row) {
    const std::uint64_t item = first + row;
    for (std::size_t column = 0; column < columns; column += 4) {
      const auto words = philox4x32({static_cast<std::uint32_t>(item), static_cast<std::uint32_t>(column / 4),
                                     static_cast<std::uint32_t>(item >> 32), purpose << 24},
                                    seed_key(seed));
      std::array<double, 4> normal = {};
      for (std::size_t pair = 0; pair < 4; pair += 2) {
        const double radius = std::sqrt(-2 * std::log((words[pair] + 0.5) * unit));
        const double angle = 2 * std::numbers::pi * (words[pair + 1] + 0.5) * unit;
        normal[pair] = radius * std::cos(angle);
        normal[pair + 1] = radius * std::sin(angle);
      }
      for (std::size_t k = 0; k < std::min<std::size_t>(4, columns - column); ++k)
        draws(static_cast<Index>(row), static_cast<Index>(column + k)) = normal[k];
    }
  }
  return draws;
}

/// From prepared to raw units. Constant columns are what they were.
void undo_preparation(const SavedModel& saved, Eigen::MatrixXd& rows) {
  for (std::size_t d = 0; d < saved.features(); ++d) {
    auto column = rows.col(static_cast<Index>(d)).array();
    if (saved.constant[d])
      column = saved.constant_value[d];
    else
      column = column * saved.scale[d] + saved.offset[d];
  }
}

/// Rows `first` to first + count as the network sees them. Throws DataError.
Eigen::MatrixXd prepared_rows(const SavedModel& saved, std::span<const double> rows, std::size_t first,
                              std::size_t count) {
  const std::size_t features = saved.features();
  Eigen::MatrixXd block = block_of(rows, first, count, features);
  if (!block.allFinite()) {
    std::size_t at = first * features;
    while (std::isfinite(rows[at])) ++at;
    throw DataError("row " + std::to_string(at / features + 1) + ", column '" +
                    printable_line(saved.columns[at % features]) + "' is not finite");
  }
  for (std::size_t d = 0; d < features; ++d) {
    auto column = block.col(static_cast<Index>(d)).array();
    if (saved.constant[d]) column = saved.constant_value[d];
    column = (column - saved.offset[d]) / saved.scale[d];
  }
  return block;
}

}  // namespace

struct Model::Parts {
  SavedModel saved;
  TrainedModel network;
};

Model::Model(SavedModel saved) {
  TrainedModel network(saved.network, saved.parameters);
  parts_ = std::make_shared<const Parts>(Parts{std::move(saved), std::move(network)});
}

const SavedModel& Model::saved() const {
  return parts_->saved;
}

const std::vector<std::string>& Model::columns() const {
  return parts_->saved.columns;
}

std::size_t Model::latents() const {
  return parts_->saved.latents();
}

std::string Model::card() const {
  return model_card(parts_->saved).dump(-1, ' ', false, Json::error_handler_t::replace);
}

Encoding Model::encode(std::span<const double> rows, int threads) const {
  const SavedModel& model = parts_->saved;
  const TrainedModel& network = parts_->network;
  const std::size_t count = rows_of(rows, model.features(), "features"), size = count * model.latents();
  Encoding encoding{std::vector<double>(size), std::vector<double>(size), std::vector<double>(size)};
  for_blocks(count, threads, [&](std::size_t first, std::size_t block) {
    const TrainedModel::Posterior posterior = network.encode(prepared_rows(model, rows, first, block));
    store(posterior.mean, first, encoding.mean);
    store((0.5 * posterior.log_variance.array()).exp().matrix(), first, encoding.deviation);
    store(posterior.latent_kl().matrix(), first, encoding.latent_kl);
  });
  return encoding;
}

std::vector<double> Model::decode(std::span<const double> latents, int threads) const {
  const SavedModel& model = parts_->saved;
  const TrainedModel& network = parts_->network;
  const std::size_t count = rows_of(latents, model.latents(), "latents");
  for (std::size_t at = 0; at < latents.size(); ++at)
    if (!std::isfinite(latents[at]))
      throw DataError("row " + std::to_string(at / model.latents() + 1) + " of the latents is not finite");
  std::vector<double> values(count * model.features());
  for_blocks(count, threads, [&](std::size_t first, std::size_t block) {
    Eigen::MatrixXd decoded = network.decode(block_of(latents, first, block, model.latents()));
    undo_preparation(model, decoded);
    store(decoded, first, values);
  });
  return values;
}

Reconstruction Model::reconstruct(std::span<const double> rows, int threads) const {
  const SavedModel& model = parts_->saved;
  const TrainedModel& network = parts_->network;
  const std::size_t count = rows_of(rows, model.features(), "features");
  Reconstruction result{std::vector<double>(rows.size()), std::vector<double>(count),
                        std::vector<double>(count), std::vector<double>(count)};
  for_blocks(count, threads, [&](std::size_t first, std::size_t block) {
    const Eigen::MatrixXd points = prepared_rows(model, rows, first, block);
    const TrainedModel::Posterior posterior = network.encode(points);
    Eigen::MatrixXd decoded = network.decode(posterior.mean);
    const Eigen::ArrayXd error = (decoded - points).rowwise().squaredNorm().array();
    const Eigen::ArrayXd kl = posterior.latent_kl().rowwise().sum();
    store(error.matrix(), first, result.error);
    store(kl.matrix(), first, result.kl);
    store((model.reconstruction_scale * error + model.beta * kl).matrix(), first, result.loss);
    undo_preparation(model, decoded);
    store(decoded, first, result.values);
  });
  return result;
}

std::vector<double> Model::sample(std::size_t count, std::uint64_t seed, bool noise, int threads) const {
  const SavedModel& model = parts_->saved;
  const TrainedModel& network = parts_->network;
  std::vector<double> values(count * model.features());
  for_blocks(count, threads, [&](std::size_t first, std::size_t block) {
    Eigen::MatrixXd rows = network.decode(normal_numbers(seed, prior_draws, first, block, model.latents()));
    if (noise)
      rows += std::sqrt(model.tau) * normal_numbers(seed, decoder_draws, first, block, model.features());
    undo_preparation(model, rows);
    store(rows, first, values);
  });
  return values;
}

std::vector<double> Model::jacobian(std::span<const double> rows, int threads) const {
  const SavedModel& model = parts_->saved;
  const TrainedModel& network = parts_->network;
  const std::size_t features = model.features(), latents = model.latents();
  const std::size_t count = rows_of(rows, features, "features");
  std::vector<double> values(count * features * latents);
  for_blocks(count, threads, [&](std::size_t first, std::size_t block) {
    const TrainedModel::Tangents tangents = network.tangents(prepared_rows(model, rows, first, block));
    for (std::size_t row = 0; row < block; ++row) {
      Eigen::MatrixXd derivative = tangents.jacobians[row];
      for (std::size_t d = 0; d < features; ++d)
        derivative.row(static_cast<Index>(d)) *= model.constant[d] ? 0.0 : model.scale[d];
      Eigen::Map<RowMajor>(values.data() + (first + row) * features * latents, static_cast<Index>(features),
                           static_cast<Index>(latents)) = derivative;
    }
  });
  return values;
}

std::vector<std::string> Model::notes_on(std::span<const double> rows) const {
  const SavedModel& model = parts_->saved;
  const std::size_t features = model.features(), count = rows.size() / features;
  std::vector<std::string> notes;
  for (std::size_t d = 0; d < features; ++d) {
    if (!model.constant[d]) continue;
    const double value = model.constant_value[d], most = 1e-5 * std::max(std::abs(value), 1e-300);
    std::size_t others = 0;
    for (std::size_t row = 0; row < count; ++row)
      others += std::abs(rows[row * features + d] - value) > most ? 1 : 0;
    if (others > 0)
      notes.push_back("column '" + printable_line(model.columns[d]) + "' was " + rounded(value, 6) +
                      " in all rows of the training and is not in " + std::to_string(others) + " of " +
                      plural(count, "row") + " here; the model does not look at it");
  }
  return notes;
}

}  // namespace symscan
