#pragma once
// Event files of TensorBoard: records that each hold one Event, a message of Protocol Buffers.
// Sources: tensorflow/core/lib/io/record_writer.h (records), RFC 3720 appendix B.4 (CRC32C),
// tensorflow/core/util/event.proto, framework/summary.proto and tensor.proto (numbers of the fields),
// https://protobuf.dev/programming-guides/encoding (wire format).
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace symscan {

/// CRC-32C (Castagnoli): reflected polynomial 0x82F63B78, begun with and finished by all ones.
std::uint32_t crc32c(std::string_view bytes);

/// A record: length (uint64), masked CRC32C of the length (uint32), data, masked CRC32C of the data (uint32);
/// numbers are little-endian. Masked: rotated right by 15 bits, plus 0xa282ead8.
std::string tensorboard_record(std::string_view data);

/// One point of several curves: (tag, value). The format has float32.
using ScalarValues = std::vector<std::pair<std::string, double>>;

/// The record that an event file begins with. `wall_time`: seconds since 1970.
std::string version_record(double wall_time);
/// The values of all curves at one step.
std::string scalars_record(double wall_time, std::int64_t step, const ScalarValues& values);
/// A text for the plugin "text", which takes it for Markdown.
std::string text_record(double wall_time, std::int64_t step, const std::string& tag, const std::string& text);

}  // namespace symscan
