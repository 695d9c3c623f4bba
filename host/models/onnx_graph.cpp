#include "host/models/onnx_graph.hpp"

#include <bit>

namespace symscan {

static_assert(std::endian::native == std::endian::little, "raw_data of a tensor is little-endian");

namespace {

/// Version of the operators: what ONNX Runtime reads since 1.14 (2023), and what torch.onnx writes by
/// default. The operators used here mean the same since opset 14 (2021) and in those that followed, so a
/// converter has nothing to change.
constexpr std::int64_t operator_set = 18;
/// That of ONNX 1.13, which brought opset 18.
constexpr std::int64_t ir_version = 8;

// Field numbers of onnx.proto3, by message.
namespace model_field {
constexpr int ir_version = 1, producer_name = 2, producer_version = 3, doc_string = 6, graph = 7,
              opset_import = 8, metadata_props = 14;
}
namespace graph_field {
constexpr int node = 1, name = 2, initializer = 5, input = 11, output = 12;
}
namespace node_field {
constexpr int input = 1, output = 2, name = 3, op_type = 4, attribute = 5;
}
namespace attribute_field {
constexpr int name = 1, i = 3, type = 20;
constexpr std::int64_t int_type = 2;
}  // namespace attribute_field
namespace tensor_field {
constexpr int dims = 1, data_type = 2, name = 8, raw_data = 9;
}
namespace value_field {
constexpr int name = 1, type = 2, doc_string = 3;
constexpr int tensor_type = 1;                        // of TypeProto
constexpr int elem_type = 1, shape = 2;               // of TypeProto.Tensor
constexpr int dim = 1, dim_value = 1, dim_param = 2;  // of TensorShapeProto and its Dimension
}  // namespace value_field

template <class Value>
std::string_view bytes_of(std::span<const Value> values) {
  return {reinterpret_cast<const char*>(values.data()), values.size_bytes()};
}

/// ValueInfoProto
ProtobufMessage value_info(const std::string& name, OnnxType type, std::size_t columns,
                           const std::string& description) {
  ProtobufMessage events, shape, tensor, whole, info;
  events.text(value_field::dim_param, "events");
  shape.message(value_field::dim, events);
  if (columns > 0) {
    ProtobufMessage width;
    width.integer(value_field::dim_value, static_cast<std::int64_t>(columns));
    shape.message(value_field::dim, width);
  }
  tensor.integer(value_field::elem_type, static_cast<std::int64_t>(type));
  tensor.message(value_field::shape, shape);
  whole.message(value_field::tensor_type, tensor);
  info.text(value_field::name, name);
  info.message(value_field::type, whole);
  info.text(value_field::doc_string, description);
  return info;
}

ProtobufMessage key_and_value(std::string_view key, std::string_view value) {
  ProtobufMessage entry;  // StringStringEntryProto
  entry.text(1, key);
  entry.text(2, value);
  return entry;
}

}  // namespace

void OnnxGraph::input(const std::string& name, OnnxType type, std::size_t columns,
                      const std::string& description) {
  graph_.message(graph_field::input, value_info(name, type, columns, description));
}

void OnnxGraph::output(const std::string& name, OnnxType type, std::size_t columns,
                       const std::string& description) {
  graph_.message(graph_field::output, value_info(name, type, columns, description));
}

void OnnxGraph::tensor(const std::string& name, OnnxType type, const std::vector<std::size_t>& shape,
                       std::string_view bytes) {
  ProtobufMessage tensor;
  for (const std::size_t side : shape) tensor.integer(tensor_field::dims, static_cast<std::int64_t>(side));
  tensor.integer(tensor_field::data_type, static_cast<std::int64_t>(type));
  tensor.text(tensor_field::name, name);
  tensor.text(tensor_field::raw_data, bytes);
  graph_.message(graph_field::initializer, tensor);
}

std::string OnnxGraph::constant(const std::string& name, std::span<const float> values,
                                const std::vector<std::size_t>& shape) {
  tensor(name, OnnxType::float32, shape, bytes_of(values));
  return name;
}

std::string OnnxGraph::constant(const std::string& name, std::span<const double> values,
                                const std::vector<std::size_t>& shape) {
  tensor(name, OnnxType::float64, shape, bytes_of(values));
  return name;
}

std::string OnnxGraph::constant(const std::string& name, std::span<const std::int64_t> values,
                                const std::vector<std::size_t>& shape) {
  tensor(name, OnnxType::int64, shape, bytes_of(values));
  return name;
}

std::string OnnxGraph::constant(const std::string& name, const std::vector<bool>& values) {
  tensor(name, OnnxType::boolean, {values.size()}, std::string(values.begin(), values.end()));
  return name;
}

std::string OnnxGraph::node(std::string_view operation, const std::vector<std::string>& inputs,
                            const std::string& result, const std::vector<Attribute>& attributes) {
  ProtobufMessage node;
  for (const std::string& input : inputs) node.text(node_field::input, input);
  node.text(node_field::output, result);
  node.text(node_field::name, result);
  node.text(node_field::op_type, operation);
  for (const auto& [name, value] : attributes) {
    ProtobufMessage attribute;
    attribute.text(attribute_field::name, name);
    attribute.integer(attribute_field::i, value);
    attribute.integer(attribute_field::type, attribute_field::int_type);
    node.message(node_field::attribute, attribute);
  }
  graph_.message(graph_field::node, node);
  return result;
}

std::string OnnxGraph::model(const std::string& name, const std::string& description,
                             const std::vector<std::pair<std::string, std::string>>& metadata) const {
  ProtobufMessage graph = graph_, operators, model;
  graph.text(graph_field::name, name);
  operators.integer(2, operator_set);  // OperatorSetIdProto.version; the domain is ONNX's own
  model.integer(model_field::ir_version, ir_version);
  model.message(model_field::opset_import, operators);
  model.text(model_field::producer_name, "symscan");
  model.text(model_field::producer_version, SYMSCAN_VERSION);
  model.text(model_field::doc_string, description);
  for (const auto& [key, value] : metadata)
    model.message(model_field::metadata_props, key_and_value(key, value));
  model.message(model_field::graph, graph);
  return model.bytes();
}

}  // namespace symscan
