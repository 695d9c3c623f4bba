// Configs that come as files, and what is said when a file is something else.
#include "host/config/config_file.hpp"

#include <algorithm>

#include "host/base/error.hpp"
#include "host/base/file.hpp"
#include "host/base/text.hpp"
#include "host/config/check.hpp"
#include "host/config/config.hpp"
#include "host/config/dataset_config.hpp"
#include "host/config/json_text.hpp"
#include "host/config/overrides.hpp"
#include "host/data/dataset.hpp"
#include "host/data/formats.hpp"

namespace symscan {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t largest_file = 16u << 20;

std::string data_command(const std::string& path) {
  return "symscan train --data " + shell_word(printable_line(path));
}

// By the ending alone: the file need not exist, and its bytes would only make a message about JSON.
void refuse_data_file(const std::string& path) {
  const std::string ending = ending_of(path).ending;
  if (ending == ".txt") return;  // a config may be called so
  const std::string sentence = "'" + printable_line(path) + "' is a data file, not a config; ";
  if (!is_read_ending(ending)) return;
  throw ConfigError(sentence + "write: " + data_command(path));
}

void refuse_missing_file(const std::string& path) {
  std::error_code error;
  if (fs::exists(path, error)) return;
  std::vector<std::string> kinds;
  for (const BuiltinDataset& dataset : builtin_datasets()) kinds.push_back(dataset.kind);
  const std::string near = nearest_word(path, kinds);
  if (near.empty() && path.find_first_of("./") != std::string::npos) return;  // a name of a file
  throw ConfigError("there is no file " + in_quotes(path) +
                    (near.empty() ? " and no built-in dataset of this name; symscan datasets lists them"
                                  : "; did you mean the built-in dataset '" + near + "'?"));
}

void refuse_bytes(const std::string& text, const std::string& path) {
  const std::size_t at = std::min(find_non_utf8(text), text.find('\0'));
  if (at == std::string::npos) return;
  const auto line = 1 + std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(at), '\n');
  throw ConfigError(
      printable_line(path) + ", line " + std::to_string(line) + ": byte " + std::to_string(at + 1) +
      " of the file is not UTF-8 text; save the config as UTF-8, or, if the file holds data, write: " +
      data_command(path));
}

Json read_document(const std::string& path) {
  std::string text;
  try {
    text = read_text_file(path, largest_file);
  } catch (const Error& error) {
    throw ConfigError(printable_line(error.what()), error.code());
  }
  refuse_bytes(text, path);
  const std::string where = printable_line(path);
  try {
    return parse_json_text(text, where, true);
  } catch (const JsonSyntaxError& error) {
    const std::size_t first = text.find_first_not_of(" \t\r\n");
    if (first == std::string::npos || text[first] == '{' || text[first] == '/') throw;
    throw ConfigError(std::string(error.what()) +
                      "; a config starts with '{', and a data file is given as: " + data_command(path));
  }
}

}  // namespace

Json read_config_document(const std::string& path) {
  refuse_data_file(path);
  refuse_missing_file(path);
  Json document = read_document(path);
  resolve_data_paths(document, fs::path(path).parent_path());
  return document;
}

SweepConfig load_config(const std::string& path, const std::vector<std::string>& overrides) {
  Json document = read_config_document(path);
  for (const std::string& text : overrides) apply_override(document, text);
  try {
    return parse_config(document);
  } catch (const ConfigError& error) {
    throw ConfigError(printable_line(path) +
                      (overrides.empty() ? "" : " with the settings of the command line") + ": " +
                      error.what());
  }
}

}  // namespace symscan
