// Prints, as JSON, one batch gradient of the CPU executor with all that another framework needs to compute it
// again.
#include <cstdio>
#include <random>

#include "host/base/json.hpp"
#include "host/config/config.hpp"
#include "host/train/replica_memory.hpp"
#include "host/train/replica_network.hpp"

int main() {
  using namespace symscan;
  Json cases = Json::array();
  std::mt19937 random(11);
  std::normal_distribution<float> normal;
  for (const Activation activation : all_activations) {
    for (const std::vector<int>& hidden :
         {std::vector<int>{64, 32}, std::vector<int>{7}, std::vector<int>{}}) {
      const int features = 8, latents = 5;
      const std::size_t samples = 150;
      const CpuReplica replica(make_network(features, hidden, latents, activation));
      const ReplicaBuffers& buffers = replica.buffers();
      initialise_parameters(replica.network(), 5, buffers.parameters);
      std::vector<float> values(samples * features), weights(samples), noise_rows(4 * 160);
      for (float& value : values) value = normal(random);
      for (float& weight : weights) weight = 0.5f + static_cast<float>(random() % 100) / 100;
      Batch batch;
      batch.values = values.data();
      batch.weights = weights.data();
      batch.count = samples;
      const Noise noise{3, Stream::training_noise, 17};
      StepSettings settings;
      settings.reconstruction_scale = 0.5f;
      settings.beta = 0.2f;
      const LossSums sums = cpu_backend().gradient(replica.network(), buffers, batch, noise, settings);
      Json eps = Json::array();
      for (int block = 0; block * 4 < latents; ++block) {
        AlignedFloats normals(4 * 160);
        cpu_backend().normals(noise, 0, static_cast<std::uint32_t>(block), 160, normals.data());
        for (int j = block * 4; j < std::min(latents, block * 4 + 4); ++j) {
          eps.push_back(
              std::vector<float>(normals.data() + j % 4 * 160, normals.data() + j % 4 * 160 + samples));
        }
      }
      Json tensors = Json::array();
      for (const TensorShape& tensor : tensor_shapes(replica.network()))
        tensors.push_back({{"name", tensor.name}, {"shape", tensor.shape}});
      cases.push_back({{"activation", to_string(activation)},
                       {"hidden", hidden},
                       {"features", features},
                       {"latents", latents},
                       {"scale", 0.5},
                       {"beta", 0.2},
                       {"x", values},
                       {"weights", weights},
                       {"eps", eps},
                       {"tensors", tensors},
                       {"parameters", canonical_parameters(replica.network(), buffers.parameters)},
                       {"gradient", canonical_parameters(replica.network(), buffers.gradient)},
                       {"loss", (0.5 * sums.squared_error + 0.2 * sums.kl) / samples}});
    }
  }
  std::printf("%s\n", cases.dump().c_str());
}
