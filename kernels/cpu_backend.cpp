// Compiled once per instruction set (see CMakeLists.txt): no function of the standard library may be
// instantiated here, since the linker would keep one copy for all instruction sets.
#include "kernels/cpu_backend.hpp"

#include "kernels/tiles_cpu.hpp"

namespace symscan::SYMSCAN_ISA {
namespace {

CpuTiles make_tiles(const Network& network, const ReplicaBuffers& buffers, CpuShare share = {}) {
  return {network,
          buffers.work,
          buffers.parameters,
          buffers.gradient,
          buffers.first_moment,
          buffers.second_moment,
          buffers.kept_parameters,
          share};
}

/// `use(tiles)` on each thread of the replica's team; returns the sums of the loss, which all have.
template <class Use>
LossSums with_tiles(const Network& network, const ReplicaBuffers& buffers, Use use) {
  LossSums sums;
  const auto work = [&](CpuShare share) {
    CpuTiles tiles = make_tiles(network, buffers, share);
    use(tiles);
    if (share.rank == 0) sums = tiles.sums();
  };
  CpuTeam* const team = buffers.team;
  if (team == nullptr || team->size() == 1) {
    work({});
    return sums;
  }
  const auto of_rank = [&](int rank) { work({team, rank, team->size()}); };
  team->run([](void* context, int rank) { (*static_cast<decltype(of_rank)*>(context))(rank); },
            const_cast<void*>(static_cast<const void*>(&of_rank)));
  return sums;
}

LossSums run_train_step(const Network& network, const ReplicaBuffers& buffers, const Batch& batch,
                        const Noise& noise, const StepSettings& settings, std::uint64_t step) {
  return with_tiles(network, buffers, [&](CpuTiles& tiles) {
    symscan::train_step(tiles, network, batch, noise, settings, step);
  });
}

LossSums run_gradient(const Network& network, const ReplicaBuffers& buffers, const Batch& batch,
                      const Noise& noise, const StepSettings& settings) {
  return with_tiles(network, buffers, [&](CpuTiles& tiles) {
    symscan::batch_gradient(tiles, network, batch, noise, settings);
  });
}

LossSums run_evaluate(const Network& network, const ReplicaBuffers& buffers, const Batch& batch,
                      const Noise& noise, const RelevanceSums* relevance) {
  return with_tiles(network, buffers,
                    [&](CpuTiles& tiles) { symscan::evaluate(tiles, network, batch, noise, relevance); });
}

void run_advance(const Network& network, const ReplicaBuffers& buffers, const TrainingTask& task,
                 TrainingState& state, EpochMetrics* history, TrainingScratch& scratch) {
  with_tiles(network, buffers, [&](CpuTiles& tiles) {
    symscan::advance_training(tiles, network, task, state, history, scratch);
  });
}

/// rows[sample][i] = matrix[i][sample]
void copy_out(const float* matrix, int count, int samples, float* rows) {
  for (int s = 0; s < samples; ++s) {
    for (int i = 0; i < count; ++i)
      rows[static_cast<std::size_t>(s) * count + i] = matrix[i * Workspace::row_stride + s];
  }
}

void run_encode(const Network& network, const ReplicaBuffers& buffers, const Batch& batch, float* mean,
                float* logvar) {
  CpuTiles tiles = make_tiles(network, buffers);
  for (std::size_t begin = 0; begin < batch.count; begin += Workspace::tile_samples) {
    tiles.load(batch_part(batch, begin, Workspace::tile_samples));
    encode_tile(tiles, network);
    const float* head = tiles.work.output(network.head());
    copy_out(head, network.latents, tiles.samples, mean + begin * network.latents);
    if (logvar == nullptr) continue;
    copy_out(head + network.latents * Workspace::row_stride, network.latents, tiles.samples,
             logvar + begin * network.latents);
  }
}

void run_decode(const Network& network, const ReplicaBuffers& buffers, const float* z, std::size_t count,
                float* reconstruction) {
  CpuTiles tiles = make_tiles(network, buffers);
  for (std::size_t begin = 0; begin < count; begin += Workspace::tile_samples) {
    const std::size_t left = count - begin;
    tiles.samples = static_cast<int>(left < Workspace::tile_samples ? left : Workspace::tile_samples);
    tiles.columns = static_cast<int>(padded(tiles.samples));
    for (int j = 0; j < network.latents; ++j) {
      float* row = tiles.work.latent() + j * Workspace::row_stride;
      for (int s = 0; s < tiles.columns; ++s) {
        row[s] = s < tiles.samples ? z[(begin + s) * network.latents + j] : 0.0f;
      }
    }
    decode_tile(tiles, network);
    copy_out(tiles.work.output(network.layer_count() - 1), network.features, tiles.samples,
             reconstruction + begin * network.features);
  }
}

void run_activate(Activation activation, const float* x, float* y, float* derivative, std::size_t count) {
  with_activation(activation, [&](auto a) {
    for (std::size_t i = 0; i < count; i += lanes) {
      Vec slope;
      store(y + i, activate<a>(load(x + i), slope));
      store(derivative + i, slope);
    }
  });
}

void run_normals(const Noise& noise, std::uint32_t first_item, std::uint32_t block, std::size_t count,
                 float* rows) {
  for (std::size_t i = 0; i < count; i += lanes) {
    Vec normal[4];
    draw_normals(noise, as_words(lane_numbers()) + (first_item + static_cast<std::uint32_t>(i)), block,
                 normal);
    for (int r = 0; r < 4; ++r) store(rows + r * count + i, normal[r]);
  }
}

void run_exponential(const float* x, float* y, std::size_t count) {
  for (std::size_t i = 0; i < count; i += lanes) store(y + i, exponential(load(x + i)));
}

void run_matrix_product(const float* a, const float* b, int rows, int depth, int columns, float* out) {
  constexpr int block = 256;  // of b, that all rows read, what the second-level cache holds
  for (int k = 0; k < depth; k += block) {
    const int part = depth - k < block ? depth - k : block;
    multiply({a + k, 1, static_cast<std::size_t>(depth), part, b + static_cast<std::size_t>(k) * columns,
              static_cast<std::size_t>(columns), nullptr, k > 0, out, static_cast<std::size_t>(columns)},
             {{0, rows}, {0, columns}});
  }
}

void run_logarithm(const float* x, float* y, std::size_t count) {
  for (std::size_t i = 0; i < count; i += lanes) store(y + i, logarithm(load(x + i)));
}

#define SYMSCAN_TEXT_OF(name) #name
#define SYMSCAN_TEXT(name) SYMSCAN_TEXT_OF(name)

}  // namespace

extern const CpuBackend backend;
const CpuBackend backend = {SYMSCAN_TEXT(SYMSCAN_ISA),
                            run_train_step,
                            run_gradient,
                            run_evaluate,
                            run_advance,
                            run_encode,
                            run_decode,
                            run_matrix_product,
                            run_activate,
                            run_normals,
                            run_exponential,
                            run_logarithm};

}  // namespace symscan::SYMSCAN_ISA
