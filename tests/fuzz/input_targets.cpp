#include "host/config/config.hpp"
#include "host/config/json_text.hpp"
#include "host/config/overrides.hpp"
#include "tests/fuzz/parse_bytes.hpp"
#include "tests/fuzz/targets.hpp"

namespace symscan::test {
namespace {

bool take_csv(std::string_view bytes) {
  return parse_bytes(Format::csv, bytes);
}

bool take_npy(std::string_view bytes) {
  return parse_bytes(Format::npy, bytes);
}

bool take_npz(std::string_view bytes) {
  return parse_bytes(Format::npz, bytes);
}

bool take_lhe(std::string_view bytes) {
  return parse_bytes(Format::lhe, bytes);
}

bool take_hepmc(std::string_view bytes) {
  return parse_bytes(Format::hepmc, bytes);
}

bool take_hdf5(std::string_view bytes) {
  const std::string path = scratch_file(bytes, ".h5");
  try {
    FileOptions options;
    if (holds_lheh5(path)) options.particles = {13, -13};
    Table table = read_hdf5_or_events(path, options);
    finish_rows(table, path, options);
    finish_weights(table, path);
    return true;
  } catch (const Error&) {
    return false;
  }
}

/// Compressed text: gzip is undone, then the lines are read as a table.
bool take_gzip(std::string_view bytes) {
  const std::string path = scratch_file(bytes, ".csv.gz");
  try {
    FileOptions options;
    options.max_rows = 1000;
    const auto source = open_file(path);
    Table table = read_csv(*source, path, options);
    finish_rows(table, path, options);
    finish_weights(table, path);
    return true;
  } catch (const Error&) {
    return false;
  }
}

bool take_config(std::string_view bytes) {
  try {
    return !parse_config(parse_json_text(std::string(bytes), "config", true)).replicas.empty();
  } catch (const Error&) {
    return false;
  }
}

/// Lines "path=value", as settings of the command line.
bool take_settings(std::string_view bytes) {
  try {
    std::vector<std::string> lines;
    for (std::size_t begin = 0; begin < bytes.size();) {
      const std::size_t end = std::min(bytes.find('\n', begin), bytes.size());
      lines.emplace_back(bytes.substr(begin, end - begin));
      begin = end + 1;
    }
    const Json circle = {{"dataset", {{"kind", "circle"}}}};
    return !parse_config(circle, lines).replicas.empty();
  } catch (const Error&) {
    return false;
  }
}

}  // namespace

const std::vector<FuzzTarget>& input_targets() {
  static const std::vector<FuzzTarget> targets = {
      {"csv", take_csv},   {"npy", take_npy},       {"npz", take_npz},
      {"lhe", take_lhe},   {"hepmc", take_hepmc},   {"hdf5", take_hdf5},
      {"gzip", take_gzip}, {"config", take_config}, {"settings", take_settings}};
  return targets;
}

}  // namespace symscan::test
