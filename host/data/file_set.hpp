#pragma once
#include <string>
#include <vector>

#include "host/data/file_dataset.hpp"
#include "host/data/table.hpp"

namespace symscan {

/// Whether `path` is a pattern (* ? [abc]) and no file is called so.
bool is_pattern(const std::string& path);

/// Whether it is a pattern that some file fits.
bool fits_files(const std::string& path);

/// The files that patterns stand for, in the order of the patterns, those of one pattern by name. Throws
/// DataError where a pattern fits no file and where a file comes twice. Files need not exist.
std::vector<std::string> expand_files(const std::vector<std::string>& patterns);

/// The files of a dataset: `path`, then `more_files`.
std::vector<std::string> files_of(const FileOptions& options);

/// "a.csv" or "a.csv and 2 further files", safe to print; `quote`: around the name.
std::string names_of_files(const std::vector<std::string>& files, const std::string& quote = "");

/// Appends the rows of a further file. Throws DataError unless it has the same columns in the same order.
void append_rows(Table& table, Table&& further, const std::string& first_name, const std::string& name,
                 const FileOptions& options);

/// One table of tables of equally many rows, which were read without dataset.columns, weights, group, target
/// and select: these are taken from the columns of all. A name that occurs in several tables, or a number,
/// gets the file's name in front: "b.x". Throws DataError.
Table join_columns(std::vector<Table>&& tables, const std::vector<std::string>& names,
                   const FileOptions& options);

}  // namespace symscan
