#include <stdlib.h>

#include <cstdlib>
#include <optional>

#include "host/config/config.hpp"
#include "host/config/json_text.hpp"
#include "host/config/overrides.hpp"
#include "host/data/file_fields.hpp"
#include "host/data/survey.hpp"
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

/// Here no Python is found, so that the fuzzer sees what is read without.
class WithoutPython {
 public:
  WithoutPython() {
    const char* found = std::getenv(name);
    if (found != nullptr) before_ = found;
    ::setenv(name, "/nowhere/python3", 1);
  }
  ~WithoutPython() { before_ ? ::setenv(name, before_->c_str(), 1) : ::unsetenv(name); }
  WithoutPython(const WithoutPython&) = delete;
  WithoutPython& operator=(const WithoutPython&) = delete;

 private:
  static constexpr const char* name = "SYMSCAN_PYTHON";
  std::optional<std::string> before_;
};

/// Reads a file as training does.
bool load(FileOptions options) {
  const WithoutPython no_python;
  options.max_rows = 1000;
  try {
    return load_file_dataset(options).rows > 0;
  } catch (const Error&) {
    return false;
  }
}

bool take_hdf5(std::string_view bytes) {
  FileOptions options;
  options.path = scratch_file(bytes, ".h5");
  try {
    if (holds_lheh5(options.path)) options.particles = {13, -13};
  } catch (const Error&) {
    return false;
  }
  return load(options);
}

bool take_root(std::string_view bytes) {
  FileOptions options;
  options.path = scratch_file(bytes, ".root");
  return load(options);
}

/// Compressed text in any of the ways: the first bytes tell which. The lines are read as a table.
bool take_compressed(std::string_view bytes) {
  FileOptions options;
  options.path = scratch_file(bytes, ".csv.gz");
  return load(options);
}

/// The first line names a format, the rest is a file that `symscan inspect` looks at.
bool take_inspect(std::string_view bytes) {
  const std::size_t end = std::min(bytes.find('\n'), bytes.size());
  const std::string_view rest = bytes.substr(std::min(end + 1, bytes.size()));
  const Json file = {{"kind", "file"}, {"path", scratch_file(rest, ".inspected")}};
  const std::vector<std::string> words = {"dataset.format=" + std::string(bytes.substr(0, end))};
  const auto options_of = [&](const std::vector<std::string>& settings) {
    return parse_file_options(parse_config({{"dataset", file}}, settings).replicas.at(0).dataset);
  };
  const WithoutPython no_python;
  try {
    return survey_file(options_of, words, 100).refusal.empty();
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
  static const std::vector<FuzzTarget> targets = {{"csv", take_csv},          {"npy", take_npy},
                                                  {"npz", take_npz},          {"lhe", take_lhe},
                                                  {"hepmc", take_hepmc},      {"hdf5", take_hdf5},
                                                  {"root", take_root},        {"compressed", take_compressed},
                                                  {"inspect", take_inspect},  {"config", take_config},
                                                  {"settings", take_settings}};
  return targets;
}

}  // namespace symscan::test
