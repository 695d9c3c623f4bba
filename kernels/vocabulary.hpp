#pragma once

/// Words that configs, kernels and documents share.
namespace symscan {

enum class Activation { tanh, relu, gelu, silu, linear };
enum class LossKind { sum, half_sum, mean };
enum class Optimizer { adam, adamw, sgd };

/// Arithmetic of the matrix products: float32, or the tensor cores' tf32 (10 bits of mantissa) and bf16
/// (7 bits) with float32 sums, for layers with both sides of at least 16.
enum class Precision { fp32, tf32, bf16 };

}  // namespace symscan
