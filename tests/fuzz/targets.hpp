#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace symscan::test {

/// What reads bytes that a stranger may have written. `take` returns true if the bytes were accepted and
/// false if they were refused with symscan::Error; whatever else it throws, a crash, a hang or memory out of
/// proportion is a bug.
struct FuzzTarget {
  const char* name;  ///< also the folder of its corpus, tests/fuzz/corpus/NAME
  bool (*take)(std::string_view bytes);
};

/// Readers of tables, configs and settings of the command line.
const std::vector<FuzzTarget>& input_targets();
/// Readers of what is in a run directory, and of vector fields.
const std::vector<FuzzTarget>& run_targets();

/// Writes `bytes` to a file of this process, for readers that want a path, and returns its name. One file
/// for each `ending`: the next call replaces it. It is removed at exit.
std::string scratch_file(std::string_view bytes, const std::string& ending);
/// The folder of these files.
std::string scratch_folder();

/// The files of a target's corpus, by name.
std::vector<std::string> corpus_files(const std::string& target);
std::string bytes_of_file(const std::string& path);

}  // namespace symscan::test
