#include "host/models/export_formats.hpp"

#include <algorithm>

#include "host/base/error.hpp"
#include "host/base/file.hpp"
#include "host/base/text.hpp"
#include "host/models/card_texts.hpp"
#include "host/models/python_export.hpp"
#include "host/models/saved_model.hpp"
#include "host/store/safetensors.hpp"
#include "host/train/replica_network.hpp"

namespace symscan {
namespace {

void write_onnx(const SavedModel& model, const ExportChoice& choice, const std::filesystem::path& path) {
  write_file_atomically(path, onnx_model(model, choice.part.value_or(ModelPart::model), choice.float32));
}

void write_python(const SavedModel& model, const ExportChoice&, const std::filesystem::path& path) {
  write_file_atomically(path, python_module(model));
}

/// The tensors of tensor_shapes(), metadata card_texts() and "format".
void write_one_model(const SavedModel& model, const ExportChoice&, const std::filesystem::path& path) {
  Json metadata = {{"format", "symscan-export-1"}};
  for (const auto& [key, text] : card_texts(model)) metadata[key] = text;
  std::vector<NamedTensor> tensors;
  for (TensorShape& tensor : tensor_shapes(model.network))
    tensors.push_back({std::move(tensor.name), std::move(tensor.shape)});
  write_safetensors(path, tensors, metadata, [&](SafetensorsWriter& writer) {
    std::span<const float> left = model.parameters;
    for (std::size_t t = 0; t < tensors.size(); ++t) {
      writer.write(t, 0, left.first(tensors[t].values()));
      left = left.subspan(tensors[t].values());
    }
  });
}

/// What `given` was meant to be, or all that it may be.
std::string choices(const std::string& what, const std::string& given,
                    const std::vector<std::string>& known) {
  const std::string meant = did_you_mean(given, known);
  return meant.empty() ? "; the " + what + " are " + list_words(known) : meant;
}

std::vector<std::string> format_names() {
  std::vector<std::string> names;
  for (const ExportFormat& format : export_formats()) names.push_back(format.name);
  return names;
}

const ExportFormat* format_of_ending(const std::filesystem::path& out) {
  const std::string ending = lower_case(out.extension().string());
  for (const ExportFormat& format : export_formats())
    if (format.ending == ending) return &format;
  return nullptr;
}

const ExportFormat& format_called(const std::string& name) {
  for (const ExportFormat& format : export_formats())
    if (format.name == name) return format;
  throw UsageError("there is no format '" + printable_line(name) + "'" +
                   choices("formats", name, format_names()));
}

}  // namespace

const std::vector<ExportFormat>& export_formats() {
  static const std::vector<ExportFormat> formats = {
      {"onnx", ".onnx", "a graph for ONNX runtimes, preprocessing included", true, write_onnx},
      {"safetensors", ".safetensors", "the weights, and the model card as metadata", false, write_one_model},
      {"python", ".py", "a Python module that needs NumPy only", false, write_python}};
  return formats;
}

std::string export_endings() {
  std::vector<std::string> endings;
  for (const ExportFormat& format : export_formats()) endings.push_back(format.ending);
  return list_words(endings, "or");
}

const ExportFormat& export_format(const std::string& name, const std::filesystem::path& out,
                                  const ExportChoice& choice) {
  const ExportFormat* const by_ending = format_of_ending(out);
  if (name.empty() && by_ending == nullptr)
    throw UsageError("the ending of '" + printable_line(out.string()) + "' names no format; it must be " +
                     export_endings() + ", or give --format");
  const ExportFormat& format = name.empty() ? *by_ending : format_called(name);
  if (by_ending != nullptr && by_ending != &format)
    throw UsageError("'" + printable_line(out.string()) + "' would be taken for " + by_ending->name +
                     " and --format is " + format.name + "; end it in " + format.ending);
  if (choice.float32 && !format.chooses)
    throw UsageError("--float32 is about the inputs and outputs of an ONNX graph; leave it out for " +
                     format.name);
  if (choice.part.value_or(ModelPart::model) != ModelPart::model && !format.chooses)
    throw UsageError("--part is about ONNX graphs, a " + format.name +
                     " file holds encoder and decoder; leave it out");
  return format;
}

std::optional<ModelPart> part_called(const std::string& name) {
  if (name.empty()) return std::nullopt;
  std::vector<std::string> names;
  for (const ModelPart part : {ModelPart::model, ModelPart::encoder, ModelPart::decoder}) {
    if (name == to_string(part)) return part;
    names.emplace_back(to_string(part));
  }
  throw UsageError("there is no part '" + printable_line(name) + "'" + choices("parts", name, names));
}

}  // namespace symscan
