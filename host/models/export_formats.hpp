#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "host/models/onnx_export.hpp"

namespace symscan {

struct SavedModel;

/// What is written of a model, and how.
struct ExportChoice {
  std::optional<ModelPart> part;  ///< none: all of it
  bool float32 = false;           ///< inputs and outputs of the graph
};

/// A format that trained models are written in.
struct ExportFormat {
  std::string name;     ///< as in --format
  std::string ending;   ///< of files, with its dot
  std::string content;  ///< what a file holds
  bool chooses;         ///< has parts, and a type of its inputs
  /// The bytes of `choice` to a file that appears whole or not at all. Throws Error (disk) or UsageError.
  void (*write)(const SavedModel& model, const ExportChoice& choice, const std::filesystem::path& path);
};

const std::vector<ExportFormat>& export_formats();

/// ".onnx, .safetensors or .py"
std::string export_endings();

/// The format called `name` or, if that is empty, the one that the ending of `out` names. Throws UsageError:
/// no such format, no such ending, an ending of another format, or a `choice` that the format does not have.
const ExportFormat& export_format(const std::string& name, const std::filesystem::path& out,
                                  const ExportChoice& choice);

/// model, encoder or decoder; none for an empty name. Throws UsageError.
std::optional<ModelPart> part_called(const std::string& name);

}  // namespace symscan
