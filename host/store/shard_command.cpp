#include <algorithm>

#include "host/base/text.hpp"
#include "host/store/shard_set.hpp"

namespace symscan {
namespace {

using Words = std::vector<std::string>;

/// Where the value of an option stands ("--out DIR" or "--out=DIR"); the end if it is not given.
Words::iterator value_of_option(Words& words, const std::string& option, std::string& before) {
  for (auto word = words.begin(); word != words.end(); ++word) {
    if (*word == option && word + 1 != words.end()) {
      before.clear();
      return word + 1;
    }
    if (word->starts_with(option + "=")) {
      before = option + "=";
      return word;
    }
  }
  return words.end();
}

void set_option(Words& words, const std::string& option, const std::string& value) {
  std::string before;
  const auto place = value_of_option(words, option, before);
  if (place != words.end()) *place = before + value;
}

/// The folder of a shard beside that of another one.
std::string folder_beside(const std::string& out, const std::string& known, const Shard& shard) {
  const std::size_t at = out.rfind(known);
  if (at != std::string::npos) return std::string(out).replace(at, known.size(), folder_of(shard));
  return (std::filesystem::path(out).parent_path() / folder_of(shard)).string();
}

}  // namespace

std::string finishing_command(const RunProgress& known, const Shard& shard,
                              const std::filesystem::path& directory, const std::filesystem::path& here) {
  Words words = known.command;
  if (words.empty()) return "";
  if (directory.empty()) {
    std::string before;
    const auto out = value_of_option(words, "--out", before);
    if (out != words.end())
      *out = before + folder_beside(out->substr(before.size()), folder_of(parse_shard(known.shard)), shard);
    set_option(words, "--shard", to_string(shard));
  }
  std::erase(words, "--overwrite");
  std::erase(words, "--dry-run");
  if (std::find(words.begin(), words.end(), "--resume") == words.end()) words.emplace_back("--resume");
  std::string line;
  for (const std::string& word : words) line += (line.empty() ? "" : " ") + shell_word(word);
  return known.folder.empty() || known.folder == here.string()
             ? line
             : "cd " + shell_word(known.folder) + " && " + line;
}

}  // namespace symscan
