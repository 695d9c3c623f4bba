#include <cmath>

#include "tests/kernels/kernel_fixture.hpp"

namespace symscan::test {
namespace {

/// Three steps of the optimiser in float64, from the gradients that the backend itself reports.
void expect_update(Optimizer optimizer) {
  for (const CpuBackend* backend : cpu_backends()) {
    const KernelCase c(3, {20}, 2, Activation::tanh, 33);
    StepSettings settings;
    settings.optimizer = optimizer;
    settings.learning_rate = 0.01;
    settings.weight_decay = 0.1;
    settings.momentum = 0.8;
    const std::size_t count = c.network.parameter_count;
    std::vector<double> w = c.double_parameters(), m(count), v(count);
    for (std::uint64_t step = 1; step <= 3; ++step) {
      const Noise noise{1, Stream::training_noise, step};
      backend->gradient(c.network, c.buffers, c.batch(), noise, settings);
      const std::vector<double> g(c.buffers.gradient, c.buffers.gradient + count);
      backend->train_step(c.network, c.buffers, c.batch(), noise, settings, step);
      for (std::size_t p = 0; p < count; ++p) {
        if (optimizer == Optimizer::sgd) {
          m[p] = settings.momentum * m[p] + g[p];
          w[p] -= settings.learning_rate * m[p];
        } else {
          if (optimizer == Optimizer::adamw) w[p] -= settings.learning_rate * settings.weight_decay * w[p];
          m[p] = settings.adam_beta1 * m[p] + (1 - settings.adam_beta1) * g[p];
          v[p] = settings.adam_beta2 * v[p] + (1 - settings.adam_beta2) * g[p] * g[p];
          const double m_hat = m[p] / (1 - std::pow(settings.adam_beta1, static_cast<double>(step)));
          const double v_hat = v[p] / (1 - std::pow(settings.adam_beta2, static_cast<double>(step)));
          w[p] -= settings.learning_rate * m_hat / (std::sqrt(v_hat) + settings.epsilon);
        }
        ASSERT_NEAR(c.buffers.parameters[p], w[p], 2e-6)
            << backend->name << " step " << step << " parameter " << p;
        w[p] = c.buffers.parameters[p];
      }
    }
  }
}

TEST(Optimizer, AdamFollowsKingmaAndBa) {
  expect_update(Optimizer::adam);
}
TEST(Optimizer, AdamwDecaysApartFromTheGradient) {
  expect_update(Optimizer::adamw);
}
TEST(Optimizer, SgdKeepsMomentum) {
  expect_update(Optimizer::sgd);
}

}  // namespace
}  // namespace symscan::test
