#include "tests/kernels/block/tile_operations.hpp"

namespace symscan::test {
namespace {

struct TakeMeanOperation : Operation {
  std::string name() const override { return "take_mean_as_latent"; }
  BlockPurpose purpose() const override { return BlockPurpose::evaluation; }
  void run(LoopTiles& tiles, const TileState&, const Arguments&) const override {
    tiles.take_mean_as_latent();
  }
  Values expected(TileState& t, const Arguments&) const override {
    Values values;
    t.reference.take_mean_as_latent();
    add_matrix(values, t, "z", t.shape().z, t.network.latents, anything,
               [&](int j, int s) { return t.reference.z[s][j]; });
    return values;
  }
};

struct TangentOperation : Operation {
  std::string name() const override { return "tangent"; }
  BlockPurpose purpose() const override { return BlockPurpose::evaluation; }
  bool uses_activation() const override { return true; }
  bool has_product() const override { return true; }
  bool on_tensor_cores(const Network& n, const Arguments& a) const override {
    return a.layer > n.head() + 1 && both_sides_wide(n, a.layer);
  }
  std::vector<Arguments> arguments(const Network& n) const override {
    std::vector<Arguments> all = layer_arguments(n.head() + 1, n.layer_count());
    for (Arguments& a : all) a.latent = n.latents - 1;
    all.push_back(all.front());
    all.back().latent = 0;
    return all;
  }
  void prepare(TileState& t, const Arguments& a) const override {
    if (a.layer > t.network.head() + 1) t.put_tangent(a.layer - 1);
  }
  void run(LoopTiles& tiles, const TileState&, const Arguments& a) const override {
    tiles.tangent(a.layer, a.latent);
  }
  static int matrix(const TileState& t, int l) { return t.shape().tangents[(l - t.network.head()) % 2]; }
  Values expected(TileState& t, const Arguments& a) const override {
    Values values;
    t.reference.tangent(a.layer, a.latent);
    add_matrix(values, t, "tangent", matrix(t, a.layer), t.network.layers[a.layer].out, anything,
               [&](int o, int s) { return t.reference.tangent_now[s][o]; });
    return values;
  }
  Values slopes(const TileState& t, const Arguments& a) const override {
    const Layer& layer = t.network.layers[a.layer];
    const int s = t.samples - 1, o = layer.out - 1;
    const auto direction = [&](int i) {
      if (a.layer == t.network.head() + 1) return i == a.latent ? 1.0 : 0.0;
      return t.reference.tangent_now[s][i];
    };
    const double slope = slope_of([&](double h) {
      double x = t.reference.before[a.layer][s][o];
      for (int i = 0; i < layer.in; ++i) x += h * direction(i) * t.reference.parameters[layer.index(i, o)];
      return layer.activated ? reference_activation(t.network.activation, x) : x;
    });
    return {element(t, "tangent", matrix(t, a.layer), o, s, slope)};
  }
};

/// The sums of one measure, after `sums` [latents] were added to them.
void add_sums(Values& values, const TileState& t, int measure, const char* of, const double* sums) {
  const double* target = t.relevance_sums(measure);
  for (int j = 0; j < t.network.latents; ++j) {
    const auto offset =
        static_cast<std::size_t>(reinterpret_cast<const float*>(target + j) - t.shared.data());
    values.push_back({Value::Kind::twice, offset, target[j] + sums[j], of});
  }
}

struct AddJacobianOperation : Operation {
  std::string name() const override { return "add_jacobian"; }
  BlockPurpose purpose() const override { return BlockPurpose::evaluation; }
  void prepare(TileState& t, const Arguments&) const override { t.put_tangent(t.network.layer_count() - 1); }
  std::vector<Arguments> arguments(const Network& n) const override {
    Arguments first, last;
    last.latent = n.latents - 1;
    return {first, last};
  }
  void run(LoopTiles& tiles, const TileState&, const Arguments& a) const override {
    double* sums = reinterpret_cast<double*>(tiles.at(tiles.shape().relevance));
    tiles.add_jacobian(a.latent, RelevanceSums::in(sums, tiles.shape().latents).jacobian);
  }
  Values expected(TileState& t, const Arguments& a) const override {
    Values values;
    std::vector<double> sums(t.network.latents);
    t.reference.add_jacobian(a.latent, sums.data());
    add_sums(values, t, 4, "jacobian", sums.data());
    const std::size_t terms = t.shape().relevance + 2 * RelevanceSums::size(t.network.latents);
    for (int s = 0; s < 2 * (t.shape().tile + t.columns / segment_samples); ++s) {
      values.push_back({Value::Kind::scratch, terms + s, 0, "terms"});
    }
    return values;
  }
};

struct AddRelevanceOperation : Operation {
  std::string name() const override { return "add_relevance"; }
  BlockPurpose purpose() const override { return BlockPurpose::evaluation; }
  void run(LoopTiles& tiles, const TileState&, const Arguments&) const override {
    double* memory = reinterpret_cast<double*>(tiles.at(tiles.shape().relevance));
    tiles.add_relevance(RelevanceSums::encoder_in(memory, tiles.shape().latents));
  }
  Values expected(TileState& t, const Arguments&) const override {
    Values values;
    const int latents = t.network.latents;
    std::vector<double> sums(RelevanceSums::of_encoder * latents);
    t.reference.add_relevance(RelevanceSums::encoder_in(sums.data(), latents));
    const char* const names[] = {"kl", "mean", "mean_square", "variance"};
    for (int m = 0; m < RelevanceSums::of_encoder; ++m)
      add_sums(values, t, m, names[m], sums.data() + m * latents);
    return values;
  }
};

}  // namespace

Operations evaluation_operations() {
  Operations list;
  list.push_back(std::make_unique<TakeMeanOperation>());
  list.push_back(std::make_unique<TangentOperation>());
  list.push_back(std::make_unique<AddJacobianOperation>());
  list.push_back(std::make_unique<AddRelevanceOperation>());
  return list;
}

}  // namespace symscan::test
