#include "host/models/onnx_export.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <numbers>

#include "host/base/error.hpp"
#include "host/base/text.hpp"
#include "host/models/card_texts.hpp"
#include "host/models/onnx_graph.hpp"
#include "host/models/saved_model.hpp"
#include "host/train/replica_network.hpp"

namespace symscan {
namespace {

/// The graph of one part. Values are called by what they are; "64" are float64.
class ModelGraph {
 public:
  ModelGraph(const SavedModel& model, bool float32)
      : model_(model), outside_(float32 ? OnnxType::float32 : OnnxType::float64) {
    const float* next = model.parameters.data();
    for (TensorShape& tensor : tensor_shapes(model.network)) {
      std::size_t count = 1;
      for (const std::size_t side : tensor.shape) count *= side;
      tensors_[tensor.name] = {std::move(tensor.shape), {next, count}};
      next += count;
    }
  }

  void encoder() {
    encode(prepared(events_input()));
    give_posterior();
  }

  void decoder() {
    graph_.input("z", outside_, latents(), "Latents, the most relevant one first.");
    const bool cast_needed = outside_ != OnnxType::float32;
    raw(decode(cast_needed ? cast("z", OnnxType::float32, "z_float32") : "z"), "x");
    give("x", model_.features(), "Events, raw units, columns in the order of the metadata dataset.columns.");
  }

  void whole() {
    const std::string prepared64 = prepared(events_input());
    const Posterior posterior = encode(prepared64);
    const std::string decoded64 = decode(posterior.mean);
    raw(decoded64, "reconstruction");
    give("reconstruction", model_.features(), "Events as the model gives them back, with z = mu.");
    give_posterior();
    squared_error(decoded64, prepared64);
    give("reconstruction_error", 0, "Squared error over all columns, prepared units.");
    divergence(posterior);
    give("kl", 0, "KL divergence of the latents from the prior, nats.");
    loss();
    give("loss", 0,
         number_text(model_.reconstruction_scale) + " * reconstruction_error + " + number_text(model_.beta) +
             " * kl: the loss of the event, an anomaly score.");
  }

  std::string bytes(ModelPart part) const {
    auto metadata = card_texts(model_);
    metadata.emplace_back("part", to_string(part));
    return graph_.model(std::string("symscan_") + to_string(part), card_sentences(model_), metadata);
  }

 private:
  struct Tensor {
    std::vector<std::size_t> shape;
    std::span<const float> values;
  };
  struct Posterior {
    std::string mean, mean64, log_variance64;
  };

  std::size_t latents() const { return model_.latents(); }

  void give_posterior() {
    give("mu", latents(), "Means of the latents, the most relevant one first.");
    give("log_variance", latents(), "Logarithms of the variances of the latents.");
  }

  std::string cast(const std::string& value, OnnxType type, const std::string& result) {
    return graph_.node("Cast", {value}, result, {{"to", static_cast<std::int64_t>(type)}});
  }

  /// How a float64 value is called that becomes the output `name`.
  std::string before_output(const std::string& name) const {
    return outside_ == OnnxType::float64 ? name : name + "64";
  }

  /// The value before_output(name) as an output.
  void give(const std::string& name, std::size_t columns, const std::string& description) {
    if (outside_ != OnnxType::float64) cast(before_output(name), outside_, name);
    graph_.output(name, outside_, columns, description);
  }

  std::string scalar(const std::string& name, double value) {
    return graph_.constant(name, std::array{value}, {});
  }

  std::string row(const std::string& name, const std::vector<double>& values) {
    return graph_.constant(name, std::span<const double>(values), {values.size()});
  }

  bool has_constants() const {
    return std::any_of(model_.constant.begin(), model_.constant.end(),
                       [](bool constant) { return constant; });
  }

  /// `value` with what the constant columns were in the training.
  std::string with_constants(const std::string& value, const std::string& result) {
    if (!constants_added_) {
      graph_.constant("constant_columns", model_.constant);
      row("constant_values", model_.constant_value);
      constants_added_ = true;
    }
    return graph_.node("Where", {"constant_columns", "constant_values", value}, result);
  }

  /// "offset" and "scale", which both directions take.
  void add_preprocessing() {
    if (preprocessing_added_) return;
    row("offset", model_.offset);
    row("scale", model_.scale);
    preprocessing_added_ = true;
  }

  /// float64, raw units
  std::string events_input() {
    graph_.input("x", outside_, model_.features(),
                 "Events, raw units, columns in the order of the metadata dataset.columns.");
    return outside_ == OnnxType::float64 ? "x" : cast("x", OnnxType::float64, "x64");
  }

  /// float64 from float64
  std::string prepared(const std::string& events64) {
    add_preprocessing();
    const std::string known = has_constants() ? with_constants(events64, "x_known64") : events64;
    return graph_.node("Div", {graph_.node("Sub", {known, "offset"}, "centred64"), "scale"}, "prepared64");
  }

  /// float64 from float64, as what becomes the output `name`.
  void raw(const std::string& decoded64, const std::string& name) {
    add_preprocessing();
    const std::string scaled = graph_.node("Mul", {decoded64, "scale"}, "scaled64");
    const std::string result = before_output(name);
    graph_.node("Add", {scaled, "offset"}, has_constants() ? "raw64" : result);
    if (has_constants()) with_constants("raw64", result);
  }

  /// Affine layer `name` ("encoder.0", "mu") on float32; its result is called NAME.affine.
  std::string layer(const std::string& name, const std::string& value) {
    std::vector<std::string> inputs = {value};
    for (const char* part : {".weight", ".bias"}) {
      const Tensor& tensor = tensors_.at(name + part);
      inputs.push_back(graph_.constant(name + part, tensor.values, tensor.shape));
    }
    return graph_.node("Gemm", inputs, name + ".affine", {{"transB", 1}});
  }

  std::string float_constant(const std::string& name, float value) {
    if (float_constants_.insert({name, value}).second) graph_.constant(name, std::array{value}, {});
    return name;
  }

  /// x (1 + erf(x / sqrt 2)) / 2
  std::string gelu(const std::string& x) {
    const std::string argument =
        graph_.node("Div", {x, float_constant("sqrt_2", std::numbers::sqrt2_v<float>)}, x + ".argument");
    const std::string erf = graph_.node("Erf", {argument}, x + ".erf");
    const std::string shifted = graph_.node("Add", {erf, float_constant("one", 1.0f)}, x + ".shifted");
    const std::string twice = graph_.node("Mul", {x, shifted}, x + ".twice");
    return graph_.node("Mul", {twice, float_constant("half", 0.5f)}, x + ".gelu");
  }

  std::string activated(const std::string& x) {
    switch (model_.network.activation) {
      case Activation::tanh:
        return graph_.node("Tanh", {x}, x + ".tanh");
      case Activation::relu:
        return graph_.node("Relu", {x}, x + ".relu");
      case Activation::gelu:
        return gelu(x);
      case Activation::silu:
        return graph_.node("Mul", {x, graph_.node("Sigmoid", {x}, x + ".sigmoid")}, x + ".silu");
      case Activation::linear:
        break;
    }
    return x;
  }

  /// The hidden layers of "encoder" or "decoder".
  std::string hidden(const std::string& side, std::string value) {
    for (int i = 0; i < model_.network.hidden_layers; ++i)
      value = activated(layer(side + "." + std::to_string(i), value));
    return value;
  }

  Posterior encode(const std::string& prepared64) {
    const std::string last = hidden("encoder", cast(prepared64, OnnxType::float32, "prepared"));
    const std::string mean = layer("mu", last), log_variance = layer("logvar", last);
    return {mean, cast(mean, OnnxType::float64, before_output("mu")),
            cast(log_variance, OnnxType::float64, before_output("log_variance"))};
  }

  /// float64, prepared units, from float32
  std::string decode(const std::string& latents) {
    return cast(layer("output", hidden("decoder", latents)), OnnxType::float64, "decoded64");
  }

  void sum_over_columns(const std::string& value, const std::string& result) {
    if (!axes_added_) graph_.constant("columns_axis", std::array<std::int64_t, 1>{1}, {1});
    axes_added_ = true;
    graph_.node("ReduceSum", {value, "columns_axis"}, result, {{"keepdims", 0}});
  }

  void squared_error(const std::string& decoded64, const std::string& prepared64) {
    const std::string difference = graph_.node("Sub", {decoded64, prepared64}, "difference64");
    sum_over_columns(graph_.node("Mul", {difference, difference}, "squares64"),
                     before_output("reconstruction_error"));
  }

  /// sum_j (mu^2 + exp(log_variance) - 1 - log_variance) / 2
  void divergence(const Posterior& posterior) {
    const std::string square = graph_.node("Mul", {posterior.mean64, posterior.mean64}, "mu_square64");
    const std::string variance = graph_.node("Exp", {posterior.log_variance64}, "variance64");
    const std::string moments = graph_.node("Add", {square, variance}, "second_moment64");
    const std::string less_one = graph_.node("Sub", {moments, scalar("one64", 1.0)}, "less_one64");
    const std::string twice = graph_.node("Sub", {less_one, posterior.log_variance64}, "twice_kl64");
    sum_over_columns(graph_.node("Mul", {twice, scalar("half64", 0.5)}, "latent_kl64"), before_output("kl"));
  }

  void loss() {
    const std::string error = graph_.node(
        "Mul",
        {before_output("reconstruction_error"), scalar("reconstruction_scale", model_.reconstruction_scale)},
        "error_term64");
    const std::string kl =
        graph_.node("Mul", {before_output("kl"), scalar("beta", model_.beta)}, "kl_term64");
    graph_.node("Add", {error, kl}, before_output("loss"));
  }

  const SavedModel& model_;
  OnnxType outside_;
  OnnxGraph graph_;
  std::map<std::string, Tensor> tensors_;
  std::map<std::string, float> float_constants_;  ///< that the graph has
  bool preprocessing_added_ = false, constants_added_ = false, axes_added_ = false;
};

}  // namespace

const char* to_string(ModelPart part) {
  switch (part) {
    case ModelPart::encoder:
      return "encoder";
    case ModelPart::decoder:
      return "decoder";
    case ModelPart::model:
      break;
  }
  return "model";
}

void check_onnx_size(std::size_t weights) {
  // The rest (names, nodes, model card) is far below 64 MiB for the networks that can be trained.
  constexpr std::size_t most = (std::size_t{1} << 31) - (std::size_t{64} << 20);
  const std::size_t bytes = weights * sizeof(float);
  if (bytes > most)
    throw UsageError("the weights are " + with_decimals(static_cast<double>(bytes) * 1e-9, 1) +
                     " GB and an ONNX file holds 2 GB; write them with --format safetensors");
}

std::string onnx_model(const SavedModel& model, ModelPart part, bool float32) {
  check_onnx_size(model.parameters.size());
  ModelGraph graph(model, float32);
  if (part == ModelPart::encoder)
    graph.encoder();
  else if (part == ModelPart::decoder)
    graph.decoder();
  else
    graph.whole();
  return graph.bytes(part);
}

}  // namespace symscan
