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

/// A name in which a number stands that is the index of its shard, and no other number: with that of another
/// shard. "" if it is not such a name.
std::string with_index(const std::string& name, int known, int index) {
  constexpr const char* digits = "0123456789";
  const std::size_t begin = name.find_first_of(digits);
  if (begin == std::string::npos) return "";
  const std::size_t end = std::min(name.find_first_not_of(digits, begin), name.size());
  if (name.substr(begin, end - begin) != std::to_string(known) ||
      name.find_first_of(digits, end) != std::string::npos)
    return "";
  return name.substr(0, begin) + std::to_string(index) + name.substr(end);
}

/// The folder of a shard beside that of another one.
std::string folder_beside(const std::string& out, const Shard& known, const Shard& shard) {
  const std::size_t at = out.rfind(folder_of(known));
  if (at != std::string::npos) return std::string(out).replace(at, folder_of(known).size(), folder_of(shard));
  const std::filesystem::path path(out);
  const std::string name = with_index(path.filename().string(), known.index, shard.index);
  return (path.parent_path() / (name.empty() ? folder_of(shard) : name)).string();
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
      *out = before + folder_beside(out->substr(before.size()), parse_shard(known.shard), shard);
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
