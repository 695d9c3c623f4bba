// What a file holds and how to train on it: survey_file().
#include <algorithm>
#include <filesystem>

#include "host/base/error.hpp"
#include "host/base/text.hpp"
#include "host/data/byte_source.hpp"
#include "host/data/file_set.hpp"
#include "host/data/formats.hpp"
#include "host/data/preprocess.hpp"
#include "host/data/selection.hpp"
#include "host/data/special_columns.hpp"
#include "host/data/survey.hpp"
#include "host/data/text_values.hpp"

namespace symscan {
namespace {

using Words = std::vector<std::string>;

/// Whether a word sets the key, as dataset.array=x or array=x does.
bool sets_key(const Words& words, const std::string& key) {
  return std::any_of(words.begin(), words.end(), [&](const std::string& word) {
    return word.starts_with("dataset." + key + "=") || word.starts_with(key + "=");
  });
}

std::string key_of(const std::string& word) {
  const std::size_t end = word.find('=');
  return word.starts_with("dataset.") ? word.substr(8, end - 8) : word.substr(0, end);
}

/// The rows as the reader gives them: missing values stay.
Table read_for_survey(const FileFormat& format, FileOptions options, const std::string& file,
                      std::size_t most_rows) {
  options.path = file;
  options.more_files.clear();
  options.drop_nonfinite = true;
  if (options.on_text == OnText::refuse) options.on_text = OnText::drop;
  options.max_rows = std::min(options.max_rows, most_rows);
  Table table = format.read(options);
  keep_selected(table, file, options.select);
  take_special_columns(table, options);
  return table;
}

bool is_weight_name(const std::string& column) {
  static const Words names = {"weight",      "weights",  "wgt",      "event_weight",
                              "eventweight", "mcweight", "genweight"};
  return std::find(names.begin(), names.end(), lower_case(column)) != names.end();
}

/// What a training would need to be told, beside `words`.
void suggest(FileSurvey& survey, const FileOptions& options) {
  const TableSurvey& table = survey.table;
  if (table.incomplete > 0 && !options.drop_nonfinite)
    survey.settings.emplace_back("dataset.on_nonfinite=drop");
  std::string weight, group;
  Words features;
  for (const ColumnSurvey& column : table.columns) {
    if (options.weights == "auto" && weight.empty() && is_weight_name(column.name) && column.low >= 0 &&
        column.high > 0 && column.missing == 0) {
      weight = column.name;
    } else if (options.group.empty() && group.empty() && lower_case(column.name) == "trajectory") {
      group = column.name;
    } else if (!column.useless) {
      features.push_back(column.name);
    }
  }
  if (!weight.empty()) survey.settings.push_back("dataset.weights=" + weight);
  if (!group.empty()) survey.settings.push_back("dataset.group=" + group);
  const std::size_t special = (weight.empty() ? 0u : 1u) + (group.empty() ? 0u : 1u);
  const bool all = features.size() + special == table.columns.size();
  if (!all && !features.empty() && !sets_key(survey.settings, "columns"))
    survey.settings.push_back(columns_setting(features));
}

/// Reads as a training does, for what is noted or refused then.
void try_settings(FileSurvey& survey, const FileOptions& options, std::size_t most_rows) {
  FileOptions some = options;
  some.max_rows = std::min(options.max_rows, most_rows);
  try {
    const Table table = load_file_dataset(some);
    prepare(table, Preprocess::standardize);  // refuses too few rows, and weights that cancel
    survey.table.notes = table.notes;
    survey.refusal.clear();
  } catch (const DataError& error) {
    if (error.code() == ExitCode::interrupted) throw;
    survey.refusal = error.what();
  }
}

/// Adds a setting if the rows are refused without it and taken with it.
void try_further(FileSurvey& survey, const ReadWords& options_of, const std::string& word,
                 std::size_t most_rows) {
  if (survey.refusal.empty()) return;
  const std::string refusal = survey.refusal;
  survey.settings.push_back(word);
  try_settings(survey, options_of(survey.settings), most_rows);
  if (survey.refusal.empty()) return;
  survey.settings.pop_back();
  survey.refusal = refusal;
}

/// Reads the table, if need be with the settings of the first thing in the file that has some.
std::string read_table(FileSurvey& survey, const FileFormat& format, const ReadWords& options_of,
                       std::size_t most_rows, Table& table) {
  std::string refusal;
  const auto read = [&](const Words& words) {
    try {
      table = read_for_survey(format, options_of(words), survey.files[0], most_rows);
      refusal.clear();
      survey.settings = words;
    } catch (const DataError& error) {
      if (error.code() == ExitCode::interrupted) throw;
      if (refusal.empty()) refusal = error.what();
      return false;
    }
    return true;
  };
  if (read(survey.settings)) return "";
  for (const ContentItem& item : survey.contents) {
    const bool given = std::any_of(item.settings.begin(), item.settings.end(), [&](const std::string& word) {
      return sets_key(survey.settings, key_of(word));
    });
    if (item.settings.empty() || given) continue;
    Words words = survey.settings;
    words.insert(words.end(), item.settings.begin(), item.settings.end());
    if (read(words)) return "";
  }
  return refusal;
}

}  // namespace

FileSurvey survey_file(const ReadWords& options_of, const std::vector<std::string>& words,
                       std::size_t most_rows) {
  FileSurvey survey;
  survey.settings = words;
  FileOptions options = options_of(words);
  survey.files = files_of(options);
  for (const std::string& file : survey.files) {
    check_readable(file);
    std::error_code error;
    const auto bytes = std::filesystem::file_size(file, error);
    if (!error) survey.bytes += static_cast<double>(bytes);
  }
  options.path = survey.files[0];
  const FileFormat& format =
      options.format == "auto" ? format_of_content(options.path) : format_called(options.format);
  survey.format = format.name;
  if (format.contents != nullptr) survey.contents = format.contents(options);
  Table table;
  survey.refusal = read_table(survey, format, options_of, most_rows, table);
  if (!survey.refusal.empty()) return survey;
  survey.table = survey_table(table);
  survey.table.all_rows = table.rows < most_rows && survey.files.size() == 1;
  options = options_of(survey.settings);
  suggest(survey, options);
  try_settings(survey, options_of(survey.settings), most_rows);
  if (options.on_text == OnText::refuse) try_further(survey, options_of, "dataset.on_text=drop", most_rows);
  if (options.weights == "auto" && sets_key(survey.settings, "weights")) {
    if (survey.refusal.empty()) return survey;
    std::erase_if(survey.settings,
                  [](const std::string& word) { return word.starts_with("dataset.weights="); });
    try_settings(survey, options_of(survey.settings), most_rows);
  } else if (options.weights == "auto") {
    try_further(survey, options_of, "dataset.weights=none", most_rows);
  }
  return survey;
}

}  // namespace symscan
