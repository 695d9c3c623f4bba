// `symscan inspect FILE`: what a file holds, and the command that trains on it.
#include <algorithm>
#include <cstdio>
#include <filesystem>

#include "host/analysis/equation_text.hpp"
#include "host/base/text.hpp"
#include "host/cli/commands.hpp"
#include "host/config/config.hpp"
#include "host/data/dataset.hpp"
#include "host/data/file_fields.hpp"
#include "host/data/file_set.hpp"
#include "host/data/formats.hpp"
#include "host/data/survey.hpp"
#include "host/library/bytes_text.hpp"

namespace symscan {
namespace {

constexpr std::size_t most_columns_shown = 60, most_items_shown = 40;

/// Settings are written as for train: dataset.array=data. The word "dataset." may be left out, since there is
/// nothing else to set.
ReadWords reader_of(const std::vector<std::string>& files) {
  return [files](const std::vector<std::string>& words) {
    Json dataset = {{"kind", "file"}, {"path", files.at(0)}};
    dataset["more_files"] = std::vector<std::string>(files.begin() + 1, files.end());
    std::vector<std::string> overrides;
    for (const std::string& word : words)
      overrides.push_back(word.starts_with("dataset.") ? word : "dataset." + word);
    const SweepConfig sweep = parse_config(Json{{"dataset", dataset}}, overrides);
    if (sweep.replicas.size() != 1) throw UsageError("inspect reads one dataset: give one value per setting");
    return parse_file_options(sweep.replicas[0].dataset);
  };
}

/// The particles whose four-momenta are among the columns.
std::vector<std::string> four_momenta(const TableSurvey& table) {
  std::vector<std::string> names, lines;
  for (const ColumnSurvey& column : table.columns) names.push_back(column.name);
  for (const FourMomentum& particle : find_four_momenta(names)) {
    const auto name = [&](int column) { return names[static_cast<std::size_t>(column)]; };
    lines.push_back(name(particle.e) + ", " + name(particle.px) + ", " + name(particle.py) + ", " +
                    name(particle.pz) + " are a four-momentum" +
                    (particle.particle.empty() ? "" : ", of " + particle.particle));
  }
  return lines;
}

std::string joined_remarks(const ColumnSurvey& column) {
  return join_words(column.remarks, "; ");
}

void print_contents(const FileSurvey& survey) {
  if (survey.contents.empty()) return;
  std::printf("\nIt holds\n");
  for (std::size_t i = 0; i < std::min(survey.contents.size(), most_items_shown); ++i) {
    const ContentItem& item = survey.contents[i];
    std::string words;
    for (const std::string& word : item.settings) words += " " + shell_word(word);
    std::printf("  %-24s %s%s%s\n", printable_line(item.name).c_str(),
                printable_line(item.description).c_str(), words.empty() ? "" : "  ->",
                printable_line(words).c_str());
  }
  if (survey.contents.size() > most_items_shown)
    std::printf("  ... and %s\n", plural(survey.contents.size() - most_items_shown, "more thing").c_str());
}

void print_table(const TableSurvey& table, bool one_file) {
  std::printf("\n%s of %s%s\n", plural(table.rows, "row").c_str(),
              plural(table.columns.size(), "column").c_str(),
              table.all_rows ? ""
              : one_file     ? ", the first ones"
                             : ", of the first file");
  if (table.duplicates > 0)
    std::printf("%s equal to earlier ones\n",
                (plural(table.duplicates, "row") + (table.duplicates == 1 ? " is" : " are")).c_str());
  if (table.incomplete > 0)
    std::printf("%s a missing or infinite value\n",
                (plural(table.incomplete, "row") + (table.incomplete == 1 ? " has" : " have")).c_str());
  std::printf("\n  %-24s %-8s %12s %12s %12s %12s %8s  remarks\n", "column", "type", "least", "largest",
              "mean", "deviation", "missing");
  for (std::size_t i = 0; i < std::min(table.columns.size(), most_columns_shown); ++i) {
    const ColumnSurvey& c = table.columns[i];
    std::printf("  %-24s %-8s %12s %12s %12s %12s %8zu  %s\n", printable_line(c.name).c_str(), c.type.c_str(),
                rounded(c.low, 6).c_str(), rounded(c.high, 6).c_str(), rounded(c.mean, 4).c_str(),
                rounded(c.deviation, 4).c_str(), c.missing, joined_remarks(c).c_str());
  }
  if (table.columns.size() > most_columns_shown)
    std::printf("  ... and %s: --json shows all\n",
                plural(table.columns.size() - most_columns_shown, "more column").c_str());
  for (const std::string& line : four_momenta(table)) std::printf("  %s\n", line.c_str());
}

std::string command_of(const FileSurvey& survey, const std::vector<std::string>& files) {
  std::string command = "symscan train";
  for (const std::string& file : files) command += " --data " + shell_word(file);
  for (const std::string& word : survey.settings) {
    command += " " + shell_word(word.starts_with("dataset.") ? word : "dataset." + word);
  }
  return command;
}

Json json_of(const ColumnSurvey& column) {
  return {{"name", column.name},       {"type", column.type},      {"least", column.low},
          {"largest", column.high},    {"mean", column.mean},      {"deviation", column.deviation},
          {"missing", column.missing}, {"remarks", column.remarks}};
}

Json json_of(const FileSurvey& survey, const std::string& command) {
  Json contents = Json::array(), columns = Json::array();
  for (const ContentItem& item : survey.contents)
    contents.push_back({{"name", item.name}, {"description", item.description}, {"settings", item.settings}});
  for (const ColumnSurvey& column : survey.table.columns) columns.push_back(json_of(column));
  return {{"files", survey.files},
          {"format", survey.format},
          {"bytes", survey.bytes},
          {"contents", contents},
          {"rows", survey.table.rows},
          {"all_rows", survey.table.all_rows},
          {"duplicate_rows", survey.table.duplicates},
          {"incomplete_rows", survey.table.incomplete},
          {"columns", columns},
          {"four_momenta", four_momenta(survey.table)},
          {"notes", survey.table.notes},
          {"refusal", survey.refusal},
          {"command", survey.refusal.empty() ? Json(command) : Json()}};
}

}  // namespace

ExitCode inspect_command(const InspectOptions& options) {
  std::vector<std::string> files, words;
  for (const std::string& argument : options.arguments) {
    std::error_code error;
    const bool setting = argument.find('=') != std::string::npos && !std::filesystem::exists(argument, error);
    (setting ? words : files).push_back(argument);
  }
  if (files.empty()) throw UsageError("inspect what? name a data file");
  const FileSurvey survey = survey_file(reader_of(files), words, static_cast<std::size_t>(options.rows));
  const std::string command = command_of(survey, files);
  if (options.json) {
    std::printf("%s\n",
                json_of(survey, command).dump(-1, ' ', false, Json::error_handler_t::replace).c_str());
    return ExitCode::done;
  }
  std::printf("%s: %s (%s), %s\n", names_of_files(survey.files).c_str(), survey.format.c_str(),
              format_called(survey.format).description.c_str(), bytes_text(survey.bytes).c_str());
  print_contents(survey);
  if (!survey.table.columns.empty()) print_table(survey.table, survey.files.size() == 1);
  for (const std::string& note : survey.table.notes)
    std::printf("  note: %s\n", printable_line(note).c_str());
  if (survey.refusal.empty()) {
    std::printf("\nTrain on it with\n  %s\n", printable_line(command).c_str());
  } else {
    std::printf("\nIt cannot be trained on as it is: %s\n", printable_line(survey.refusal).c_str());
  }
  return ExitCode::done;
}

}  // namespace symscan
