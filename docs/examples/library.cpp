// Points on an ellipse: how many degrees of freedom do they have, and which symmetry?
#include <cmath>
#include <cstdio>
#include <random>
#include <symscan/symscan.hpp>

namespace {

symscan::Table ellipse(int rows) {
  std::mt19937 random(1);
  std::uniform_real_distribution<double> angle(0, 6.283185307179586);
  std::vector<double> values;
  for (int row = 0; row < rows; ++row) {
    const double phi = angle(random);
    values.insert(values.end(), {3 * std::cos(phi), 1 * std::sin(phi)});
  }
  return symscan::make_table({"x", "y"}, std::move(values));
}

}  // namespace

int main() {
  try {
    const symscan::SweepText sweep = {
        .settings = {"model.latent_dim=2", "loss.beta=[0.1,0.2]", "train.epochs=40", "seeds=[1,2]"}};
    const symscan::Run run = symscan::train(ellipse(4000), sweep, {.table_name = "ellipse"});
    std::printf("trained by: %s\n", run.backend().c_str());
    for (const symscan::TrainedReplica& replica : run.replicas())
      std::printf("beta %g, seed %d: %d active latents\n", replica.beta, static_cast<int>(replica.seed),
                  replica.active_latents);
    const symscan::DatasetFinding found = symscan::analyse(run).datasets.front();
    if (found.dimension && found.dimension->value)
      std::printf("degrees of freedom: %d\n", *found.dimension->value);
    if (found.symmetry) std::printf("symmetry: %s\n", found.symmetry->algebra.c_str());
    for (const std::string& sentence : found.sentences) std::printf("%s\n", sentence.c_str());
  } catch (const symscan::Error& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}
