#include "tests/kernels/block/tile_operations.hpp"

namespace symscan::test {
namespace {

struct LoadOperation : Operation {
  std::string name() const override { return "load"; }
  void prepare(TileState& t, const Arguments&) const override {
    for (int s = 0; s < t.columns; ++s) {
      t.shared.data()[t.shape().event_weight + s] = -1;
      for (int d = 0; d < t.network.features; ++d) t.shared.data()[t.at(t.shape().data, d, s)] = -1;
    }
  }
  void run(LoopTiles& tiles, const TileState& t, const Arguments&) const override { tiles.load(t.batch()); }
  Values expected(TileState& t, const Arguments&) const override {
    Values values;
    t.reference.load(t.batch());
    add_matrix(values, t, "data", t.shape().data, t.network.features, 0,
               [&](int d, int s) { return t.reference.data[s][d]; });
    add_matrix(values, t, "event_weight", t.shape().event_weight, 1, 0,
               [&](int, int s) { return t.reference.weight[s]; });
    return values;
  }
};

struct AffineOperation : Operation {
  std::string name() const override { return "affine"; }
  bool uses_activation() const override { return true; }
  bool has_product() const override { return true; }
  bool on_tensor_cores(const Network& n, const Arguments& a) const override {
    return both_sides_wide(n, a.layer);
  }
  std::vector<Arguments> arguments(const Network& n) const override {
    return layer_arguments(0, n.layer_count());
  }
  void run(LoopTiles& tiles, const TileState&, const Arguments& a) const override { tiles.affine(a.layer); }
  Values expected(TileState& t, const Arguments& a) const override {
    Values values;
    const BlockLayer& layer = t.layout.layers[a.layer];
    t.reference.affine(a.layer);
    add_matrix(values, t, "output", layer.output, layer.out, anything,
               [&](int o, int s) { return t.reference.after[a.layer][s][o]; });
    if (layer.derivative >= 0) {
      add_matrix(values, t, "derivative", layer.derivative, layer.out, anything, [&](int o, int s) {
        return reference_slope(t.network.activation, t.reference.before[a.layer][s][o]);
      });
    }
    return values;
  }
  Values slopes(const TileState& t, const Arguments& a) const override {
    const BlockLayer& layer = t.layout.layers[a.layer];
    if (layer.derivative < 0) return {};
    const Layer& parameters = t.network.layers[a.layer];
    const int o = layer.out - 1;
    double x = t.reference.parameters[parameters.bias + o];
    for (int i = 0; i < layer.in; ++i) {
      x += t.reference.parameters[parameters.index(i, o)] * t.reference.input(a.layer)[0][i];
    }
    const double slope =
        slope_of([&](double h) { return reference_activation(t.network.activation, x + h); });
    return {element(t, "derivative", layer.derivative, o, 0, slope)};
  }
};

struct ReparameteriseOperation : Operation {
  std::string name() const override { return "reparameterise"; }
  void run(LoopTiles& tiles, const TileState&, const Arguments&) const override {
    tiles.reparameterise(TileState::noise);
  }
  Values expected(TileState& t, const Arguments&) const override {
    Values values;
    t.reference.reparameterise(TileState::noise);
    const ReferenceTiles& r = t.reference;
    add_matrix(values, t, "z", t.shape().z, t.network.latents, anything,
               [&](int j, int s) { return r.z[s][j]; });
    add_matrix(values, t, "noise", t.shape().noise, t.network.latents, anything,
               [&](int j, int s) { return r.eps[s][j]; });
    add_matrix(values, t, "deviation", t.shape().deviation, t.network.latents, anything,
               [&](int j, int s) { return std::sqrt(r.variance(s, j)); });
    add_matrix(values, t, "sample_kl", t.shape().sample_kl, 1, 0, [&](int, int s) {
      double kl = 0;
      for (int j = 0; j < t.network.latents; ++j) kl += r.weight[s] * r.latent_kl(s, j);
      return kl;
    });
    return values;
  }
};

struct ReconstructionGradientOperation : Operation {
  std::string name() const override { return "reconstruction_gradient"; }
  void run(LoopTiles& tiles, const TileState&, const Arguments&) const override {
    tiles.reconstruction_gradient();
  }
  Values expected(TileState& t, const Arguments&) const override {
    Values values;
    const int last = t.network.layer_count() - 1;
    t.reference.reconstruction_gradient();
    add_matrix(values, t, "gradient", t.layout.layers[last].output, t.network.features, 0,
               [&](int d, int s) { return t.reference.delta[last][s][d]; });
    add_matrix(values, t, "sample_error", t.shape().sample_error, 1, 0, [&](int, int s) {
      double error = 0;
      for (int d = 0; d < t.network.features; ++d) error += squared(t, s, d, 0);
      return error;
    });
    return values;
  }
  Values slopes(const TileState& t, const Arguments&) const override {
    const int last = t.network.layer_count() - 1, s = t.samples - 1, d = t.network.features - 1;
    return {element(t, "gradient", t.layout.layers[last].output, d, s, slope_of([&](double h) {
                      return t.settings.reconstruction_scale / t.samples * squared(t, s, d, h);
                    }))};
  }
  /// w (xhat + h - x)^2
  static double squared(const TileState& t, int s, int d, double h) {
    const double difference =
        t.reference.after[t.network.layer_count() - 1][s][d] + h - t.reference.data[s][d];
    return t.reference.weight[s] * difference * difference;
  }
};

struct AddLossesOperation : Operation {
  std::string name() const override { return "add_losses"; }
  void run(LoopTiles& tiles, const TileState&, const Arguments&) const override { tiles.add_losses(); }
  Values expected(TileState& t, const Arguments&) const override {
    LossSums sums = t.header().sums;
    for (int s = 0; s < t.samples; ++s) {
      sums.kl += t.shared.data()[t.shape().sample_kl + s];
      sums.squared_error += t.shared.data()[t.shape().sample_error + s];
    }
    const auto offset = [&](const double& number) {
      return static_cast<std::size_t>(reinterpret_cast<const float*>(&number) - t.shared.data());
    };
    Values values = {
        {Value::Kind::twice, offset(t.header().sums.kl), sums.kl, "kl"},
        {Value::Kind::twice, offset(t.header().sums.squared_error), sums.squared_error, "squared_error"}};
    // The sum of a segment takes the place of its first term.
    for (int s = 0; s < t.columns; s += segment_samples) {
      for (const int terms : {t.shape().sample_kl, t.shape().sample_error}) {
        values.push_back({Value::Kind::scratch, static_cast<std::size_t>(terms + s), 0, "segment_sums"});
      }
    }
    return values;
  }
};

}  // namespace

Operations forward_operations() {
  Operations list;
  list.push_back(std::make_unique<LoadOperation>());
  list.push_back(std::make_unique<AffineOperation>());
  list.push_back(std::make_unique<ReparameteriseOperation>());
  list.push_back(std::make_unique<ReconstructionGradientOperation>());
  list.push_back(std::make_unique<AddLossesOperation>());
  return list;
}

}  // namespace symscan::test
