#pragma once
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "host/data/contents.hpp"
#include "host/data/file_dataset.hpp"
#include "host/data/python_helper.hpp"
#include "host/data/table.hpp"

namespace symscan {

/// A format whose reader is a Python package.
struct HelperFormat {
  std::string name;       ///< of the format, as the script knows it
  std::string does;       ///< "ROOT files are read"
  std::string package;    ///< "uproot"
  std::string install;    ///< "pip install uproot awkward"
  std::string otherwise;  ///< what to do where that is not possible
  bool writes = false;
  bool text_is_noted = false;  ///< with dataset.on_text=refuse columns of text are left out with a note
};

/// "root", "parquet" and "feather" are read this way, "parquet writer" writes.
const HelperFormat& helper_format(const std::string& name);

/// The script that is embedded in the program: the files of host/data/python, one after the other.
std::string helper_script();

/// Throws DataError for a cause that the script names (FAIL in python/helper.py), with what it says.
[[noreturn]] void throw_helper_trouble(const HelperFormat& format, const std::string& path,
                                       const std::string& cause, const std::string& text);

/// Throws DataError: the script does not speak as agreed.
[[noreturn]] void throw_helper_nonsense(const HelperFormat& format, const std::string& path,
                                        const std::string& what);

/// Starts the script for a file. Throws DataError if there is no Python.
std::unique_ptr<PythonHelper> start_helper(const HelperFormat& format, const std::string& path,
                                           const Json& request);

/// A message of the helper: four letters and bytes of this length, which are still to be read.
struct HelperFrame {
  std::string kind;
  std::uint64_t size = 0;
};
/// Throws DataError if the helper ended, or speaks otherwise than agreed; FAIL is thrown as what it says.
HelperFrame next_frame(PythonHelper& helper, const HelperFormat& format, const std::string& path);
/// The JSON of a frame. Throws DataError.
Json frame_json(PythonHelper& helper, const HelperFrame& frame, const HelperFormat& format,
                const std::string& path);

/// An empty table with names, precisions and notes, and what is still to be filled in.
struct PlannedTable {
  Table table;
  std::vector<std::size_t> asked;  ///< columns of the head: those of the table, then the weights
  std::size_t rows = 0;            ///< at most
};
/// Plans a table from a head as the script sends it (python/helper.py). Throws DataError.
PlannedTable plan_from_head(const HelperFormat& format, const FileOptions& options, const Json& head);

Table read_with_helper(const HelperFormat& format, const FileOptions& options);
std::vector<ContentItem> contents_with_helper(const HelperFormat& format, const FileOptions& options);

/// The readers of formats.cpp.
Table read_root(const FileOptions& options);
Table read_parquet(const FileOptions& options);
Table read_feather(const FileOptions& options);
std::vector<ContentItem> root_contents(const FileOptions& options);
std::vector<ContentItem> parquet_contents(const FileOptions& options);
std::vector<ContentItem> feather_contents(const FileOptions& options);

}  // namespace symscan
