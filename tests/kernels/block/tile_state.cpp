#include "tests/kernels/block/tile_state.hpp"

#include <new>

namespace symscan::test {
namespace {

constexpr float any = std::numeric_limits<float>::quiet_NaN();

double round_to_float(double value) {
  return static_cast<float>(value);
}

}  // namespace

/// Numbers that float32 holds, so that both sides start from the same.
double TileState::draw() {
  return round_to_float(reference_normal({7, Stream::evaluation_noise, 3}, drawn_++, 0));
}

ReferenceTiles::Matrix TileState::draw_matrix(int width) {
  ReferenceTiles::Matrix matrix(samples, std::vector<double>(width));
  for (auto& row : matrix) {
    for (double& number : row) number = draw();
  }
  return matrix;
}

void TileState::put(int matrix, const ReferenceTiles::Matrix& numbers, float padding) {
  for (std::size_t row = 0; row < numbers.front().size(); ++row) {
    for (int s = 0; s < columns; ++s) {
      const float beyond = padding == padding ? padding : 0.5f;
      shared.data()[at(matrix, static_cast<int>(row), s)] =
          s < samples ? static_cast<float>(numbers[s][row]) : beyond;
    }
  }
}

TileState::TileState(const TileShape& wanted, Activation activation, BlockPurpose purpose,
                     Precision precision, int tile)
    : network(make_network(wanted.features, wanted.hidden, wanted.latents, activation)),
      layout(make_block_layout(network, purpose, Tier::fused, precision, tile)),
      samples(std::min(wanted.samples, tile)),
      columns((samples + segment_samples - 1) / segment_samples * segment_samples),
      shared(layout.shape.floats),
      reference(network, std::vector<double>(network.parameter_count)),
      first_moment(network.parameter_count),
      second_moment(network.parameter_count) {
  settings.reconstruction_scale = 0.5f;
  settings.beta = 0.3f;
  settings.learning_rate = 0.01;
  settings.weight_decay = 0.1;
  settings.momentum = 0.9;
  for (int i = 0; i < (samples + 3) * network.features; ++i) values.push_back(static_cast<float>(draw()));
  for (int i = 0; i < samples + 3; ++i) weights.push_back(0.25f + static_cast<float>(i % 7) / 4);
  for (int s = 0; s < samples; ++s) rows.push_back(static_cast<std::uint32_t>((s * 5 + 2) % (samples + 3)));

  BlockHeader& block = *new (shared.data()) BlockHeader();
  block.shape = layout.shape;
  block.sums = {1.5, 2.5};
  std::copy(layout.layers, layout.layers + network.layer_count(), reinterpret_cast<BlockLayer*>(&block + 1));

  reference.load(batch());
  reference.error_scale = 2.0 * settings.reconstruction_scale / samples;
  reference.kl_scale = static_cast<double>(settings.beta) / samples;
  put(shape().data, reference.data, 0);
  for (int s = 0; s < columns; ++s) {
    shared.data()[shape().event_weight + s] = s < samples ? static_cast<float>(reference.weight[s]) : 0;
    shared.data()[shape().sample_kl + s] = s < samples ? static_cast<float>(std::abs(draw())) : 0;
    shared.data()[shape().sample_error + s] = s < samples ? static_cast<float>(std::abs(draw())) : 0;
  }
  for (int l = 0; l < network.layer_count(); ++l) {
    const Layer& layer = network.layers[l];
    for (int o = 0; o < layer.out; ++o) {
      reference.parameters[layer.bias + o] = draw();
      for (int i = 0; i < layer.in; ++i) {
        reference.parameters[layer.index(i, o)] = round_to_float(draw() / std::sqrt(layer.in));
      }
    }
    reference.before[l] = draw_matrix(layer.out);
    reference.after[l] = reference.before[l];
    ReferenceTiles::Matrix slope = reference.before[l];
    for (int s = 0; s < samples && layer.activated; ++s) {
      for (int o = 0; o < layer.out; ++o) {
        reference.after[l][s][o] =
            round_to_float(reference_activation(activation, reference.before[l][s][o]));
        slope[s][o] = reference_slope(activation, reference.before[l][s][o]);
      }
    }
    put(layout.layers[l].output, reference.after[l], any);
    if (layout.layers[l].derivative >= 0) put(layout.layers[l].derivative, slope, any);
  }
  reference.z = draw_matrix(network.latents);
  reference.eps = draw_matrix(network.latents);
  put(shape().z, reference.z, any);
  put(shape().noise, reference.eps, any);
  ReferenceTiles::Matrix deviation = reference.z;
  for (int s = 0; s < samples; ++s) {
    for (int j = 0; j < network.latents; ++j) deviation[s][j] = std::sqrt(reference.variance(s, j));
  }
  put(shape().deviation, deviation, any);
  if (purpose == BlockPurpose::evaluation) {
    for (int i = 0; i < RelevanceSums::count * network.latents; ++i) relevance_sums(0)[i] = draw();
  }
  for (std::size_t p = 0; p < network.parameter_count; ++p) {
    shared.data()[shape().parameters + p] = static_cast<float>(reference.parameters[p]);
    if (shape().gradient < 0) continue;
    const bool padding = reference.parameters[p] == 0;
    reference.gradient[p] = padding ? 0 : draw();
    first_moment[p] = padding ? 0 : draw();
    second_moment[p] = padding ? 0 : std::abs(draw());
    shared.data()[shape().gradient + p] = static_cast<float>(reference.gradient[p]);
    shared.data()[shape().first_moment + p] = static_cast<float>(first_moment[p]);
    shared.data()[shape().second_moment + p] = static_cast<float>(second_moment[p]);
  }
}

LoopTiles TileState::tiles(float* memory, int threads, LoopTeam::Order order) const {
  LoopTeam team;
  team.shared = memory;
  team.thread_count = threads;
  team.order = order;
  LoopTiles tiles{team};
  tiles.samples = samples;
  tiles.columns = columns;
  tiles.first_item = first_item;
  tiles.error_scale = static_cast<float>(reference.error_scale);
  tiles.kl_scale = static_cast<float>(reference.kl_scale);
  return tiles;
}

Batch TileState::batch() const {
  Batch batch;
  batch.values = values.data();
  batch.weights = weights.data();
  batch.rows = rows.data();
  batch.count = static_cast<std::size_t>(samples);
  batch.first_item = first_item;
  return batch;
}

double* TileState::relevance_sums(int measure) const {
  return reinterpret_cast<double*>(shared.data() + shape().relevance) + measure * network.latents;
}

void TileState::put_gradient_at_output(int l) {
  reference.delta[l] = draw_matrix(network.layers[l].out);
  put(layout.layers[l].output, reference.delta[l], 0);
}

void TileState::put_gradient_at_latent() {
  reference.z_delta = draw_matrix(network.latents);
  put(shape().z, reference.z_delta, 0);
}

void TileState::put_tangent(int l) {
  reference.tangent_now = draw_matrix(network.layers[l].out);
  put(shape().tangents[(l - network.head()) % 2], reference.tangent_now, any);
}

}  // namespace symscan::test
