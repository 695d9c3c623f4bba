#pragma once
#include <cstdint>
#include <string_view>

#include "host/base/error.hpp"
#include "host/data/file_dataset.hpp"
#include "host/data/file_readers.hpp"

namespace symscan::test {

enum class Format : std::uint8_t { csv, npy, npz, lhe, hepmc };
inline constexpr int kFormats = 5;

/// Reads `bytes` as a file of `format`. What must hold for any bytes: a consistent table or a symscan::Error;
/// any other exception escapes. True if it was a table.
inline bool parse_bytes(Format format, std::string_view bytes) {
  FileOptions options;
  options.particles = {13, -13};
  options.features = {"E", "px", "pt", "eta", "m"};
  options.drop_nonfinite = true;
  try {
    const auto source = open_bytes(bytes);
    Table table = format == Format::csv   ? read_csv(*source, "input", options)
                  : format == Format::npy ? read_npy(*source, "input", options)
                  : format == Format::npz ? read_npz(bytes, "input", options)
                  : format == Format::lhe ? read_lhe(*source, "input", options)
                                          : read_hepmc(*source, "input", options);
    finish_rows(table, "input", options);
    finish_weights(table, "input");
    const bool consistent = table.rows > 0 && table.values.size() == table.rows * table.features() &&
                            (table.weights.empty() || table.weights.size() == table.rows);
    if (!consistent) throw std::logic_error("a reader returned an inconsistent table");
    return true;
  } catch (const Error&) {
    return false;
  }
}

}  // namespace symscan::test
