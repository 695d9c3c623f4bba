#pragma once
#include <cstddef>
#include <string>

namespace symscan {

struct SavedModel;

/// Which part of a model is wanted.
enum class ModelPart { model, encoder, decoder };
const char* to_string(ModelPart part);

/// An ONNX file of a trained model: the definitions of Model (model.hpp) as a graph, with the preprocessing
/// inside. N, "events", is open.
///   encoder  x [N, D] -> mu, log_variance [N, L]
///   decoder  z [N, L] -> x [N, D]
///   model    x -> reconstruction [N, D], mu, log_variance, reconstruction_error, kl, loss [N]
/// x and reconstruction are in raw units. Inputs and outputs are float64, or float32 if asked for. The
/// network computes in float32, everything before and after it in float64: a large offset is taken off before
/// digits are lost. Values that are not finite are not refused; they spread as IEEE 754 says. The metadata
/// are card_texts() and "part". Throws UsageError as check_onnx_size().
std::string onnx_model(const SavedModel& model, ModelPart part, bool float32);

/// Throws UsageError if a file with so many weights were larger than the 2 GB that a message of Protocol
/// Buffers may have.
void check_onnx_size(std::size_t weights);

}  // namespace symscan
