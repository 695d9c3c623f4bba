#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "host/base/protobuf_writer.hpp"

namespace symscan {

/// Types of values, with their numbers in TensorProto.DataType.
enum class OnnxType { float32 = 1, int64 = 7, boolean = 9, float64 = 11 };

/// An ONNX graph that is being built, as messages of onnx.proto3 (https://github.com/onnx/onnx,
/// onnx/onnx.proto3). Nodes must be added after the nodes that make their inputs. All texts are UTF-8.
class OnnxGraph {
 public:
  /// An attribute of a node: a whole number.
  using Attribute = std::pair<std::string_view, std::int64_t>;

  /// Values that are given or returned: [events][columns], or [events] where `columns` is 0. The number of
  /// events is left open, under the name "events".
  void input(const std::string& name, OnnxType type, std::size_t columns, const std::string& description);
  void output(const std::string& name, OnnxType type, std::size_t columns, const std::string& description);

  /// Constant tensors, row-major. They return their name, as a node takes it.
  std::string constant(const std::string& name, std::span<const float> values,
                       const std::vector<std::size_t>& shape);
  std::string constant(const std::string& name, std::span<const double> values,
                       const std::vector<std::size_t>& shape);
  std::string constant(const std::string& name, std::span<const std::int64_t> values,
                       const std::vector<std::size_t>& shape);
  std::string constant(const std::string& name, const std::vector<bool>& values);

  /// One operation; its only result is called `result`, which is returned.
  std::string node(std::string_view operation, const std::vector<std::string>& inputs,
                   const std::string& result, const std::vector<Attribute>& attributes = {});

  /// The bytes of the file.
  std::string model(const std::string& name, const std::string& description,
                    const std::vector<std::pair<std::string, std::string>>& metadata) const;

 private:
  void tensor(const std::string& name, OnnxType type, const std::vector<std::size_t>& shape,
              std::string_view bytes);
  ProtobufMessage graph_;  ///< GraphProto
};

}  // namespace symscan
