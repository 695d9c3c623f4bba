// Compiled once per instruction set, as kernels/cpu_backend.cpp is and with the same care: no function of the
// standard library may be instantiated here.
#include "bench/tile_ops.hpp"

#include "kernels/tiles_cpu.hpp"

namespace symscan::SYMSCAN_ISA {
namespace {

void repeat(TileOp op, const Network& network, const ReplicaBuffers& buffers, const Batch& batch,
            double* sums, std::size_t count) {
  CpuTiles tiles{network,          buffers.work,         buffers.parameters,
                 buffers.gradient, buffers.first_moment, buffers.second_moment};
  StepSettings settings;
  tiles.begin_batch(batch.count, settings);
  tiles.samples = static_cast<int>(batch.count);
  tiles.columns = static_cast<int>(padded(batch.count));
  const RelevanceSums relevance = RelevanceSums::encoder_in(sums, network.latents);
  const auto times = [&](auto work) {
    for (std::size_t i = 0; i < count; ++i) {
      work(i);
      asm volatile("" ::: "memory");
    }
  };
  switch (op) {
    case TileOp::gather:
      times([&](std::size_t) { tiles.load(batch); });
      break;
    case TileOp::forward:
      times([&](std::size_t) { tiles.affine(1); });
      break;
    case TileOp::input_gradient:
      times([&](std::size_t) { tiles.input_gradient(1); });
      break;
    case TileOp::weight_gradient:
      times([&](std::size_t) { tiles.weight_gradient(1); });
      break;
    case TileOp::reparameterise:
      times([&](std::size_t i) { tiles.reparameterise({1, Stream::training_noise, i}); });
      break;
    case TileOp::latent_gradient:
      times([&](std::size_t) { tiles.latent_gradient(); });
      break;
    case TileOp::loss:
      times([&](std::size_t) {
        tiles.reconstruction_gradient();
        tiles.add_losses();
      });
      break;
    case TileOp::relevance_sums:
      times([&](std::size_t) { tiles.add_relevance(relevance); });
      break;
    case TileOp::update:
      times([&](std::size_t i) { tiles.update_if_finite(settings, i + 1); });
      break;
  }
}

#define SYMSCAN_TEXT_OF(name) #name
#define SYMSCAN_TEXT(name) SYMSCAN_TEXT_OF(name)

}  // namespace

extern const TileOps tile_ops;
const TileOps tile_ops = {SYMSCAN_TEXT(SYMSCAN_ISA), repeat};

}  // namespace symscan::SYMSCAN_ISA
