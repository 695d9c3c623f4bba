#pragma once

/// Words that configs, kernels and documents share.
namespace symscan {

enum class Activation { tanh, relu, gelu, silu, linear };
enum class LossKind { sum, half_sum, mean };
enum class Optimizer { adam, adamw, sgd };

}  // namespace symscan
