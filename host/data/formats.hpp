#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "host/data/contents.hpp"
#include "host/data/file_dataset.hpp"
#include "host/data/table.hpp"

namespace symscan {

/// One format of data files. All sentences, choices and checks about formats are made from these.
struct FileFormat {
  std::string name;                    ///< config: dataset.format
  std::string description;             ///< one line
  std::vector<std::string> endings;    ///< read and written, e.g. ".h5"
  std::vector<std::string> read_only;  ///< endings that are read and not written
  bool compressed;                     ///< each ending also with .gz, .bz2, .xz or .zst; written with .gz
  Table (*read)(const FileOptions& options);
  /// `path` is a temporary name. Null: the format is not written.
  void (*write)(const Table& table, const std::filesystem::path& path, bool compressed);
  /// What the file holds, for `symscan inspect`. Null: one table. Throws as `read` does.
  std::vector<ContentItem> (*contents)(const FileOptions& options) = nullptr;
  /// Throws DataError if `write` cannot work here: to be asked before long work. Null: it always can.
  void (*check_writer)() = nullptr;
};

/// All formats, in the order of their use.
const std::vector<FileFormat>& file_formats();

/// The format called `name` (dataset.format). Throws DataError.
const FileFormat& format_called(const std::string& name);

/// The format that the ending of `path` names, in capitals or not. Throws DataError with what to do: set
/// dataset.format, convert the file, or unpack it.
const FileFormat& format_of_file(const std::string& path);

/// The same, after a look at the first bytes of a file: throws DataError, with the setting that helps, where
/// these are another format's.
const FileFormat& format_of_content(const std::string& path);

/// The ending of a file in lower case, without that of a compression.
struct FileEnding {
  std::string ending;
  std::string compression = {};  ///< .gz, .bz2, .xz, .zst or empty
};
FileEnding ending_of(const std::filesystem::path& path);

/// Whether `ending` (lower case, with its point) is that of a format.
bool is_read_ending(const std::string& ending);

/// csv, npy, ...
std::vector<std::string> format_names();
/// ".csv .tsv ... .lhe (.csv, ... also with .gz, .bz2, .xz or .zst)"
std::string read_endings();
/// ".csv .csv.gz .npy ..."
std::string written_endings();

}  // namespace symscan
