#pragma once
#include <cstddef>
#include <string>
#include <vector>

#include "host/config/replica.hpp"
#include "kernels/network.hpp"

namespace symscan {

/// The network of a replica for data with `features` features.
Network network_of(const ReplicaConfig& config, std::size_t features);

/// Name and shape of each tensor of a network, in the order in which results and files hold them: per layer
/// the weight [out][in], then the bias [out] ("encoder.0.weight", "mu.bias", "logvar.weight",
/// "decoder.0.weight", "output.bias").
struct TensorShape {
  std::string name;
  std::vector<std::size_t> shape;
};
std::vector<TensorShape> tensor_shapes(const Network& network);
std::vector<float> canonical_parameters(const Network& network, const float* parameters);
/// The inverse of canonical_parameters; `canonical` must have trainable_parameters() values.
void load_canonical_parameters(const Network& network, const std::vector<float>& canonical,
                               float* parameters);

}  // namespace symscan
