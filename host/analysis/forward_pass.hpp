#pragma once
#include <cstddef>
#include <vector>

#include "host/base/aligned.hpp"
#include "kernels/cpu_backend.hpp"

namespace symscan {

/// A trained network on the CPU executor (float32): passes over rows, without memory for training. The same
/// bits on AVX2 and AVX-512. For one thread at a time; float64 is TrainedModel.
class ForwardPass {
 public:
  /// `canonical`: as canonical_parameters() gives them, as many as the network has.
  ForwardPass(const Network& network, const std::vector<float>& canonical);
  /// Other weights of the same network.
  void load(const std::vector<float>& canonical);

  std::size_t features() const { return static_cast<std::size_t>(network_.features); }
  std::size_t latents() const { return static_cast<std::size_t>(network_.latents); }
  /// [rows][latents] mean activations mu of rows in prepared units, [rows][features].
  std::vector<float> encode(const std::vector<float>& rows);
  /// [rows][features] xhat, prepared units, of z, [rows][latents].
  std::vector<float> decode(const std::vector<float>& z);

  /// Bytes that a network takes here.
  static std::size_t memory(const Network& network);

 private:
  Network network_;
  AlignedFloats memory_;
  ReplicaBuffers buffers_;
};

}  // namespace symscan
