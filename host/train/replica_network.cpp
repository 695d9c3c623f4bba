#include "host/train/replica_network.hpp"

#include <algorithm>

namespace symscan {
namespace {

/// Calls `visit(index in the padded vector)` for every real parameter, in canonical order.
template <class Visit>
void visit_parameters(const Network& network, Visit visit) {
  const auto tensor = [&](const Layer& layer, int first, int last) {
    for (int o = first; o < last; ++o) {
      for (int i = 0; i < layer.in; ++i) visit(layer.index(i, o));
    }
    for (int o = first; o < last; ++o) visit(layer.bias + o);
  };
  for (int l = 0; l < network.layer_count(); ++l) {
    const Layer& layer = network.layers[l];
    if (l == network.head()) {
      tensor(layer, 0, network.latents);
      tensor(layer, network.latents, layer.out);
    } else {
      tensor(layer, 0, layer.out);
    }
  }
}

}  // namespace

Network network_of(const ReplicaConfig& config, std::size_t features) {
  const ModelConfig& model = config.model;
  return make_network(static_cast<int>(features), model.hidden, model.latent_dim, model.activation);
}

std::vector<TensorShape> tensor_shapes(const Network& network) {
  std::vector<TensorShape> shapes;
  const auto add = [&](const std::string& name, int out, int in) {
    shapes.push_back({name + ".weight", {static_cast<std::size_t>(out), static_cast<std::size_t>(in)}});
    shapes.push_back({name + ".bias", {static_cast<std::size_t>(out)}});
  };
  for (int l = 0; l < network.layer_count(); ++l) {
    const Layer& layer = network.layers[l];
    if (l < network.head()) {
      add("encoder." + std::to_string(l), layer.out, layer.in);
    } else if (l == network.head()) {
      add("mu", network.latents, layer.in);
      add("logvar", network.latents, layer.in);
    } else if (l < network.layer_count() - 1) {
      add("decoder." + std::to_string(l - network.head() - 1), layer.out, layer.in);
    } else {
      add("output", layer.out, layer.in);
    }
  }
  return shapes;
}

std::vector<float> canonical_parameters(const Network& network, const float* parameters) {
  std::vector<float> canonical;
  canonical.reserve(trainable_parameters(network));
  visit_parameters(network, [&](std::size_t index) { canonical.push_back(parameters[index]); });
  return canonical;
}

void load_canonical_parameters(const Network& network, const std::vector<float>& canonical,
                               float* parameters) {
  std::fill_n(parameters, network.parameter_count, 0.0f);
  std::size_t next = 0;
  visit_parameters(network, [&](std::size_t index) { parameters[index] = canonical.at(next++); });
}

}  // namespace symscan
