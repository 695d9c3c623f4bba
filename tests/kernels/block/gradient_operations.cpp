#include "tests/kernels/block/tile_operations.hpp"

namespace symscan::test {
namespace {

/// The input of layer l before the activation of the layer before it; for the data and z, that itself.
double before_input(const TileState& t, int l, int s, int i) {
  const bool plain = l == 0 || l == t.network.head() + 1;
  return plain ? t.reference.input(l)[s][i] : t.reference.before[l - 1][s][i];
}
double activated_input(const TileState& t, int l, double x) {
  const bool plain = l == 0 || l == t.network.head() + 1 || !t.network.layers[l - 1].activated;
  return plain ? x : reference_activation(t.network.activation, x);
}

struct WeightGradientOperation : Operation {
  std::string name() const override { return "weight_gradient"; }
  bool has_product() const override { return true; }
  bool on_tensor_cores(const Network& n, const Arguments& a) const override {
    return both_sides_wide(n, a.layer);
  }
  std::vector<Arguments> arguments(const Network& n) const override {
    std::vector<Arguments> all = layer_arguments(0, n.layer_count());
    for (const Arguments& a : layer_arguments(0, n.layer_count())) {
      all.push_back(a);
      all.back().add = true;
    }
    return all;
  }
  void prepare(TileState& t, const Arguments& a) const override { t.put_gradient_at_output(a.layer); }
  void run(LoopTiles& tiles, const TileState&, const Arguments& a) const override {
    tiles.add_gradient = a.add;
    tiles.weight_gradient(a.layer);
  }
  Values expected(TileState& t, const Arguments& a) const override {
    Values values;
    const Layer& layer = t.network.layers[a.layer];
    if (!a.add) std::fill(t.reference.gradient.begin(), t.reference.gradient.end(), 0.0);
    t.reference.weight_gradient(a.layer);
    const auto add = [&](std::size_t p, const char* of) {
      values.push_back({Value::Kind::single, t.shape().gradient + p, t.reference.gradient[p], of});
    };
    for (int o = 0; o < layer.out; ++o) {
      for (int i = 0; i < layer.in; ++i) add(layer.index(i, o), "weight");
    }
    return values;
  }
  Values slopes(const TileState& t, const Arguments& a) const override {
    if (a.add) return {};
    const Layer& layer = t.network.layers[a.layer];
    const int i = layer.in - 1, o = layer.out - 1;
    // The sum over samples of gradient times output, of which only the part that the weight moves counts.
    const auto loss = [&](double weight) {
      double sum = 0;
      for (int s = 0; s < t.samples; ++s) {
        sum += t.reference.delta[a.layer][s][o] * (weight * t.reference.input(a.layer)[s][i]);
      }
      return sum;
    };
    return {{Value::Kind::single, t.shape().gradient + layer.index(i, o), slope_of(loss), "weight"}};
  }
};

struct BiasGradientsOperation : Operation {
  std::string name() const override { return "bias_gradients"; }
  std::vector<Arguments> arguments(const Network&) const override {
    std::vector<Arguments> all(2);
    all.back().add = true;
    return all;
  }
  void prepare(TileState& t, const Arguments&) const override {
    for (int l = 0; l < t.network.layer_count(); ++l) t.put_gradient_at_output(l);
  }
  void run(LoopTiles& tiles, const TileState&, const Arguments& a) const override {
    tiles.add_gradient = a.add;
    tiles.bias_gradients();
  }
  /// f(offset in the parameter vector, sum of the gradients at the output over the samples)
  template <class F>
  static void each_bias(const TileState& t, F f) {
    for (int l = 0; l < t.network.layer_count(); ++l) {
      for (int o = 0; o < t.network.layers[l].out; ++o) {
        double sum = 0;
        for (int s = 0; s < t.samples; ++s) sum += t.reference.delta[l][s][o];
        f(t.network.layers[l].bias + static_cast<std::size_t>(o), sum);
      }
    }
  }
  Values expected(TileState& t, const Arguments& a) const override {
    Values values;
    each_bias(t, [&](std::size_t p, double sum) {
      const double before = a.add ? t.reference.gradient[p] : 0.0;
      values.push_back({Value::Kind::single, t.shape().gradient + p, before + sum, "bias"});
    });
    return values;
  }
  Values slopes(const TileState& t, const Arguments& a) const override {
    if (a.add) return {};
    Values values;
    each_bias(t, [&](std::size_t p, double sum) {
      const double slope = slope_of([&](double h) { return h * sum; });
      values.push_back({Value::Kind::single, t.shape().gradient + p, slope, "bias"});
    });
    return values;
  }
};

struct InputGradientOperation : Operation {
  std::string name() const override { return "input_gradient"; }
  bool uses_activation() const override { return true; }
  bool has_product() const override { return true; }
  bool on_tensor_cores(const Network& n, const Arguments& a) const override {
    return both_sides_wide(n, a.layer);
  }
  std::vector<Arguments> arguments(const Network& n) const override {
    return layer_arguments(1, n.layer_count());
  }
  void prepare(TileState& t, const Arguments& a) const override { t.put_gradient_at_output(a.layer); }
  void run(LoopTiles& tiles, const TileState&, const Arguments& a) const override {
    tiles.input_gradient(a.layer);
  }
  static int matrix(const TileState& t, int l) {
    return l == t.network.head() + 1 ? t.shape().z : t.layout.layers[l - 1].output;
  }
  Values expected(TileState& t, const Arguments& a) const override {
    Values values;
    t.reference.input_gradient(a.layer);
    const bool latent = a.layer == t.network.head() + 1;
    const auto& gradient = latent ? t.reference.z_delta : t.reference.delta[a.layer - 1];
    add_matrix(values, t, "gradient", matrix(t, a.layer), t.network.layers[a.layer].in, 0,
               [&](int i, int s) { return gradient[s][i]; });
    return values;
  }
  Values slopes(const TileState& t, const Arguments& a) const override {
    const Layer& layer = t.network.layers[a.layer];
    Values values;
    for (const int i : {0, layer.in - 1}) {
      const int s = t.samples - 1;
      const double x = before_input(t, a.layer, s, i);
      const double slope = slope_of([&](double h) {
        double sum = 0;
        for (int o = 0; o < layer.out; ++o) {
          sum += t.reference.delta[a.layer][s][o] * t.reference.parameters[layer.index(i, o)];
        }
        return sum * activated_input(t, a.layer, x + h);
      });
      values.push_back(element(t, "gradient", matrix(t, a.layer), i, s, slope));
    }
    return values;
  }
};

struct LatentGradientOperation : Operation {
  std::string name() const override { return "latent_gradient"; }
  void prepare(TileState& t, const Arguments&) const override { t.put_gradient_at_latent(); }
  void run(LoopTiles& tiles, const TileState&, const Arguments&) const override { tiles.latent_gradient(); }
  static int head(const TileState& t) { return t.layout.layers[t.network.head()].output; }
  Values expected(TileState& t, const Arguments&) const override {
    Values values;
    t.reference.latent_gradient();
    add_matrix(values, t, "gradient", head(t), 2 * t.network.latents, 0,
               [&](int i, int s) { return t.reference.delta[t.network.head()][s][i]; });
    return values;
  }
  Values slopes(const TileState& t, const Arguments&) const override {
    const int s = t.samples - 1, j = t.network.latents - 1;
    const double mu = t.reference.mu(s, j), logvar = std::log(t.reference.variance(s, j));
    const auto loss = [&](double m, double v) {
      const double z = m + std::exp(v / 2) * t.reference.eps[s][j];
      const double kl = 0.5 * (m * m + std::exp(v) - 1 - v);
      return t.reference.z_delta[s][j] * z + t.settings.beta * t.reference.weight[s] / t.samples * kl;
    };
    return {element(t, "gradient", head(t), j, s, slope_of([&](double h) { return loss(mu + h, logvar); })),
            element(t, "gradient", head(t), t.network.latents + j, s,
                    slope_of([&](double h) { return loss(mu, logvar + h); }))};
  }
};

struct UpdateOperation : Operation {
  static constexpr std::uint64_t step = 3;
  std::string name() const override { return "update_if_finite"; }
  std::vector<Arguments> arguments(const Network&) const override {
    std::vector<Arguments> all;
    for (const bool finite : {true, false}) {
      for (const Optimizer optimizer : {Optimizer::adam, Optimizer::adamw, Optimizer::sgd}) {
        all.emplace_back();
        all.back().optimizer = optimizer;
        all.back().finite = finite;
      }
    }
    return all;
  }
  void prepare(TileState& t, const Arguments& a) const override {
    t.settings.optimizer = a.optimizer;
    if (!a.finite) t.header().sums.kl = std::numeric_limits<double>::infinity();
  }
  void run(LoopTiles& tiles, const TileState& t, const Arguments&) const override {
    tiles.update_if_finite(t.settings, step);
  }
  Values expected(TileState& t, const Arguments& a) const override {
    if (!a.finite) return {};
    Values values;
    const StepSettings& settings = t.settings;
    for (std::size_t p = 0; p < t.network.parameter_count; ++p) {
      const double g = t.reference.gradient[p];
      double w = t.reference.parameters[p], m = t.first_moment[p], v = t.second_moment[p];
      if (a.optimizer == Optimizer::sgd) {
        m = settings.momentum * m + g;
        w -= settings.learning_rate * m;
      } else {
        m = settings.adam_beta1 * m + (1 - settings.adam_beta1) * g;
        v = settings.adam_beta2 * v + (1 - settings.adam_beta2) * g * g;
        const double mean = m / (1 - std::pow(settings.adam_beta1, step));
        const double variance = v / (1 - std::pow(settings.adam_beta2, step));
        if (a.optimizer == Optimizer::adamw) w -= settings.learning_rate * settings.weight_decay * w;
        w -= settings.learning_rate * mean / (std::sqrt(variance) + settings.epsilon);
      }
      values.push_back({Value::Kind::single, t.shape().parameters + p, w, "parameter"});
      values.push_back({Value::Kind::single, t.shape().first_moment + p, m, "first_moment"});
      values.push_back({Value::Kind::single, t.shape().second_moment + p, v, "second_moment"});
    }
    const auto constants =
        static_cast<std::size_t>(reinterpret_cast<float*>(&t.header().optimizer) - t.shared.data());
    for (std::size_t i = 0; i < sizeof(OptimizerStep) / sizeof(float); ++i) {
      values.push_back({Value::Kind::scratch, constants + i, 0, "constants"});
    }
    return values;
  }
};

}  // namespace

Operations gradient_operations() {
  Operations list;
  list.push_back(std::make_unique<WeightGradientOperation>());
  list.push_back(std::make_unique<BiasGradientsOperation>());
  list.push_back(std::make_unique<InputGradientOperation>());
  list.push_back(std::make_unique<LatentGradientOperation>());
  list.push_back(std::make_unique<UpdateOperation>());
  return list;
}

}  // namespace symscan::test
