#include "kernels/layered/memory.hpp"

#include <algorithm>

#include "kernels/layered/gemm.hpp"
#include "kernels/layered/place.hpp"

namespace symscan {
namespace layered {

TileLayout lay_out_tile(const Network& network, int columns) {
  TileLayout layout = {};
  layout.columns = columns;
  const auto take = [&](std::size_t floats) {
    const std::size_t offset = layout.floats;
    layout.floats += padded(floats);
    return offset;
  };
  const auto rows = [&](int count) {
    return take(static_cast<std::size_t>(count) * static_cast<std::size_t>(columns));
  };
  const bool keeps_derivative = stores_derivative(network.activation);
  layout.data = rows(network.features);
  layout.z = rows(network.latents);
  layout.noise = rows(network.latents);
  layout.deviation = rows(network.latents);
  int widest = 1;
  for (int l = 0; l < network.layer_count(); ++l) {
    const Layer& layer = network.layers[l];
    widest = std::max({widest, layer.in, layer.out});
    layout.outputs[l] = rows(layer.out);
    layout.derivatives[l] = keeps_derivative && layer.activated ? rows(layer.out) : no_offset;
  }
  for (std::size_t& scratch : layout.scratch) scratch = rows(widest);
  layout.event_weight = rows(1);
  layout.sample_kl = rows(1);
  layout.sample_error = rows(1);
  layout.segment_sums = take(2 * static_cast<std::size_t>(columns) / segment_samples);
  return layout;
}

}  // namespace layered

std::size_t layered_bytes(const Network& network, std::size_t batch_size) {
  using namespace layered;
  const bool trains = batch_size > 0;
  const int columns[] = {static_cast<int>(evaluation_tile), trains ? training_columns(batch_size) : 0};
  const std::size_t most = static_cast<std::size_t>(std::max(columns[0], columns[1]));
  const std::size_t tile =
      std::max(lay_out_tile(network, columns[0]).floats, lay_out_tile(network, columns[1]).floats);
  const std::size_t vectors = (trains ? training_vectors : 1) * network.parameter_count;
  const std::size_t sums = RelevanceSums::size(network.latents) + evaluation_tile;
  return pool_places * ((vectors + tile) * sizeof(float) + most * sizeof(std::uint32_t) +
                        sums * sizeof(double) + sizeof(Place));
}

}  // namespace symscan
