#pragma once
#include <string>
#include <string_view>

namespace symscan {

struct SavedModel;

/// A Python file (3.8 or newer) that is the model: host/models/python/exported.py with the card and the
/// weights in the place of its marked line. Texts of the user (columns, names, settings) are in it as ASCII
/// JSON inside one raw string, which they cannot end. Weights are float32, little-endian, in base64.
std::string python_module(const SavedModel& model);

/// RFC 4648, in lines of 96 characters, each ended by a line break.
std::string base64_lines(std::string_view bytes);

}  // namespace symscan
