#include "host/models/python_export.hpp"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <span>
#include <vector>

#include "host/base/error.hpp"
#include "host/base/text.hpp"
#include "host/models/saved_model.hpp"
#include "host/train/replica_network.hpp"

static_assert(std::endian::native == std::endian::little, "weights are embedded as the machine stores them");

// host/models/python/exported.py, see embed_text() in host/CMakeLists.txt
extern "C" const char symscan_exported_python[];
extern "C" const char symscan_exported_python_end[];

namespace symscan {
namespace {

constexpr std::string_view marked_line = "# (card and weights)\n";
constexpr std::size_t base64_line = 96;

/// Python's triple-quoted raw string of a JSON value. In JSON a quote inside a string has a backslash before
/// it, so three quotes never follow each other without one; raw strings pair backslashes as JSON does.
std::string json_literal(const Json& value) {
  return "r\"\"\"\n" + value.dump(1, ' ', true, Json::error_handler_t::replace) + "\n\"\"\"";
}

/// "[1.0, None]": the number of each constant column, None for the others.
std::string constants_literal(const SavedModel& model) {
  std::vector<std::string> values;
  for (std::size_t d = 0; d < model.features(); ++d)
    values.push_back(model.constant[d] ? number_text(model.constant_value[d]) : "None");
  return "[\n    " + join_words(wrapped(join_words(values), 110), "\n    ") + "]";
}

std::string tensor_literal(const TensorShape& tensor, std::span<const float> values) {
  std::vector<std::string> sides;
  for (const std::size_t side : tensor.shape) sides.push_back(std::to_string(side));
  return "    \"" + tensor.name + "\": _tensor([" + join_words(sides) + "], \"\"\"\n" +
         base64_lines({reinterpret_cast<const char*>(values.data()), values.size_bytes()}) + "\"\"\"),\n";
}

std::string card_and_weights(const SavedModel& model) {
  std::string text = "CARD = json.loads(" + json_literal(model_card(model)) + ")\n" + "_ACTIVATION = \"" +
                     to_string(model.network.activation) + "\"\n" +
                     "_HIDDEN_LAYERS = " + std::to_string(model.network.hidden_layers) + "\n" +
                     "_RECONSTRUCTION_SCALE = " + number_text(model.reconstruction_scale) + "\n" +
                     "# What each column was in every row of the training; None where it varied.\n" +
                     "_CONSTANTS = " + constants_literal(model) + "\n" + "WEIGHTS = {\n";
  std::span<const float> left = model.parameters;
  for (const TensorShape& tensor : tensor_shapes(model.network)) {
    std::size_t count = 1;
    for (const std::size_t side : tensor.shape) count *= side;
    text += tensor_literal(tensor, left.first(count));
    left = left.subspan(count);
  }
  return text + "}\n";
}

}  // namespace

std::string base64_lines(std::string_view bytes) {
  constexpr char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string lines;
  lines.reserve(bytes.size() / 3 * 4 + bytes.size() / 72 + 8);
  std::size_t in_line = 0;
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    const std::size_t count = std::min<std::size_t>(3, bytes.size() - at);
    std::uint32_t word = 0;
    for (std::size_t k = 0; k < 3; ++k)
      word = word << 8 | (k < count ? static_cast<unsigned char>(bytes[at + k]) : 0u);
    for (std::size_t k = 0; k < 4; ++k) lines += k <= count ? digits[word >> (18 - 6 * k) & 63] : '=';
    in_line += 4;
    if (in_line == base64_line || at + 3 >= bytes.size()) {
      lines += '\n';
      in_line = 0;
    }
  }
  return lines;
}

std::string python_module(const SavedModel& model) {
  const std::string_view source(
      symscan_exported_python,
      static_cast<std::size_t>(symscan_exported_python_end - symscan_exported_python));
  const std::size_t mark = source.find(marked_line);
  if (mark == std::string_view::npos) throw Error("the template of Python modules has no marked line");
  std::string text(source.substr(0, mark));
  text += card_and_weights(model);
  text += source.substr(mark + marked_line.size());
  return text;
}

}  // namespace symscan
