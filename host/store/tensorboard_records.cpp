#include "host/store/tensorboard_records.hpp"

#include <array>
#include <bit>

#include "host/base/protobuf_writer.hpp"

namespace symscan {
namespace {

constexpr std::array<std::uint32_t, 256> make_crc32c_table() {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t byte = 0; byte < 256; ++byte) {
    std::uint32_t value = byte;
    for (int bit = 0; bit < 8; ++bit) value = (value >> 1) ^ ((value & 1) != 0 ? 0x82F63B78u : 0u);
    table[byte] = value;
  }
  return table;
}
constexpr std::array<std::uint32_t, 256> crc32c_table = make_crc32c_table();

std::uint32_t masked(std::uint32_t crc) {
  return std::rotr(crc, 15) + 0xa282ead8u;
}

// Numbers of fields.
enum EventField { event_wall_time = 1, event_step = 2, event_file_version = 3, event_summary = 5 };
enum SummaryField { summary_value = 1 };
enum ValueField { value_tag = 1, value_simple = 2, value_tensor = 8, value_metadata = 9 };
enum MetadataField { metadata_plugin = 1, metadata_data_class = 4 };
enum PluginField { plugin_name = 1 };
enum TensorField { tensor_type = 1, tensor_shape = 2, tensor_strings = 8 };
constexpr std::int64_t type_string = 7, class_tensor = 2;

ProtobufMessage begun_event(double wall_time, std::int64_t step) {
  ProtobufMessage event;
  event.float64(event_wall_time, wall_time).integer(event_step, step);
  return event;
}

}  // namespace

std::uint32_t crc32c(std::string_view bytes) {
  std::uint32_t crc = ~0u;
  for (const char c : bytes) crc = (crc >> 8) ^ crc32c_table[(crc ^ static_cast<unsigned char>(c)) & 0xff];
  return ~crc;
}

std::string tensorboard_record(std::string_view data) {
  std::string record;
  append_little_endian(record, static_cast<std::uint64_t>(data.size()));
  append_little_endian(record, masked(crc32c(record)));
  record += data;
  append_little_endian(record, masked(crc32c(data)));
  return record;
}

std::string version_record(double wall_time) {
  return tensorboard_record(ProtobufMessage()
                                .float64(event_wall_time, wall_time)
                                .text(event_file_version, "brain.Event:2")
                                .bytes());
}

std::string scalars_record(double wall_time, std::int64_t step, const ScalarValues& values) {
  ProtobufMessage summary;
  for (const auto& [tag, value] : values) {
    summary.message(summary_value,
                    ProtobufMessage().text(value_tag, tag).real(value_simple, static_cast<float>(value)));
  }
  return tensorboard_record(begun_event(wall_time, step).message(event_summary, summary).bytes());
}

std::string text_record(double wall_time, std::int64_t step, const std::string& tag,
                        const std::string& text) {
  ProtobufMessage metadata, tensor, value, summary;
  metadata.message(metadata_plugin, ProtobufMessage().text(plugin_name, "text"))
      .integer(metadata_data_class, class_tensor);
  tensor.integer(tensor_type, type_string).message(tensor_shape, ProtobufMessage());  // a single text
  tensor.text(tensor_strings, text);
  value.text(value_tag, tag).message(value_tensor, tensor).message(value_metadata, metadata);
  summary.message(summary_value, value);
  return tensorboard_record(begun_event(wall_time, step).message(event_summary, summary).bytes());
}

}  // namespace symscan
