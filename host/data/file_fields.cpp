// The settings of "kind": "file": their documentation, and how they get from JSON to FileOptions.
#include "host/data/file_fields.hpp"

#include <cmath>
#include <limits>

#include "host/base/error.hpp"
#include "host/base/text.hpp"
#include "host/data/dataset.hpp"
#include "host/data/file_dataset.hpp"
#include "host/data/formats.hpp"
#include "host/data/text_values.hpp"

namespace symscan {
namespace {

/// Without a default value the setting is required.
Field setting(const std::string& name, FieldType type, const Json& value, const std::string& doc,
              std::vector<std::string> choices = {}) {
  return {.name = name, .type = type, .default_value = value, .doc = doc, .choices = std::move(choices)};
}

Field optional_setting(const std::string& name, FieldType type, const std::string& doc) {
  return {.name = name, .type = type, .doc = doc, .optional = true};
}

std::vector<Field> make_fields() {
  using enum FieldType;
  std::vector<std::string> formats = format_names();
  formats.insert(formats.begin(), "auto");
  Field max_rows =
      optional_setting("max_rows", integer, "Read at most this many rows or selected events; absent: all");
  max_rows.minimum = 1;
  Field skip_rows =
      setting("skip_rows", integer, 0, "CSV: lines to leave out before the header or the first row");
  skip_rows.minimum = 0;
  Field flatten = setting("flatten", integer, 0,
                          "Of arrays (events, particles, features) and lists per event (ROOT, Parquet): how "
                          "many particles of each event "
                          "become columns such as pt[1], pt[2]; 0: such arrays are refused");
  flatten.minimum = 0;
  flatten.maximum = 10000;
  return {
      setting("path", text, {},
              "File to read, or a pattern such as run*.lhe.gz: its files are joined, by name"),
      setting("more_files", text_list, Json::array(),
              "Further files or patterns, joined as dataset.join says"),
      setting("join", text, "rows",
              "How several files are joined: the rows of all, or their columns beside each other",
              {"rows", "columns"}),
      setting("format", text, "auto", "Format of the file; auto: by its ending, one of " + read_endings(),
              formats),
      setting("header", text, "auto",
              "CSV: whether the first row holds the column names; auto: it does if it is not made of numbers",
              {"auto", "yes", "no"}),
      setting("delimiter", text, "auto",
              "CSV: the character between fields; auto: comma, semicolon, tab or blanks, by the first row"),
      skip_rows,
      setting("decimal", text, ".", "CSV: the decimal mark of numbers", {".", ","}),
      setting("on_text", text, "refuse",
              "What to do with columns of text or dates: refuse the file, drop the columns and name them, or "
              "make a "
              "column of 0 and 1 for each of up to 32 words (one_hot)",
              {"refuse", "drop", "one_hot"}),
      optional_setting("columns", text_list,
                       "Columns to use as features, in this order (names, or 0, 1, ... where the file has no "
                       "names); absent: all"),
      optional_setting(
          "array", text,
          "NPZ: name of the array; HDF5: path of the dataset, or of the group whose 1-D datasets are "
          "the columns; ROOT: name of the tree; absent: the only candidate"),
      flatten,
      setting("flatten_order", text, "file",
              "Of flatten: the particles of an event as they come in the file, or by pt, the largest first",
              {"file", "pt"}),
      setting("padding", text, "drop",
              "Of flatten: events with fewer particles, which are padded with zeros, are left out and "
              "counted (drop), or "
              "stay, with a column real[k] of 0 and 1 for each particle that some event lacks (mask)",
              {"drop", "mask"}),
      optional_setting("particles", integer_list,
                       "Event files (LHE, HepMC): PDG ids of the outgoing particles to use, e.g. [13, -13]; "
                       "events without all of "
                       "them are left out and counted"),
      setting("statuses", integer_list, Json::array({1}),
              "Event files: status codes of the particles to look at; 1: outgoing, 2: decayed, such as a "
              "resonance"),
      setting("features", text_list, Json::array({"E", "px", "py", "pz"}),
              "Event files: what is taken of each particle: E, px, py, pz, pt, m (GeV), eta, y, phi, theta "
              "(radians)"),
      setting("weights", text, "auto",
              "Event weights: auto (LHE: XWGTUP, HepMC: the first, other formats: none), none, or the name "
              "of a column "
              "or of a second array (event files: the id or name of a weight)"),
      setting("group", text, "",
              "Column that says which trajectory a row belongs to; it is no feature: analyze looks for what "
              "stays constant along the trajectories"),
      setting("target", text, "",
              "Column with the values of a function of the features; it is no feature: analyze looks for "
              "the motions that leave the function unchanged"),
      setting("select", text, "",
              "Condition on columns, of features or not, that the rows to keep fulfil, such as \"pt > 20 && "
              "abs(eta) < "
              "2.4\"; empty: all rows"),
      setting("on_nonfinite", text, "refuse",
              "What to do with rows that hold NaN, infinities or empty fields: refuse the file, or drop "
              "the rows and say how many",
              {"refuse", "drop"}),
      max_rows,
      acceptance_field(),
      angles_field(),
      setting("angle_encoding", text, "raw",
              "How models see angles, those of dataset.angles and those that are recognised: raw, as the "
              "columns are, or pair, by cosine and sine",
              {"raw", "pair"})};
}

template <class T>
void take(const Json& settings, const char* key, T& value) {
  const auto found = settings.find(key);
  if (found == settings.end() || found->is_null()) return;
  try {
    value = found->template get<T>();
  } catch (const nlohmann::json::exception&) {
    throw DataError(std::string("dataset.") + key + " has the wrong type: " + found->dump());
  }
}

/// Integers that must not wrap: 4294967309 is not 13.
void take_codes(const Json& settings, const char* key, const char* what, std::vector<int>& codes) {
  constexpr double largest = std::numeric_limits<int>::max();
  std::vector<double> numbers(codes.begin(), codes.end());
  take(settings, key, numbers);
  codes.clear();
  for (const double number : numbers) {
    if (!(std::abs(number) <= largest) || number != std::trunc(number)) {
      throw DataError(std::string("dataset.") + key + " holds " + decimal_text(number) + ", which is not " +
                      what + " (an integer of at most 2147483647)");
    }
    codes.push_back(static_cast<int>(number));
  }
}

/// Whether a text setting has this value.
bool setting_is(const Json& settings, const char* key, const char* value) {
  std::string text;
  take(settings, key, text);
  return text == value;
}

void check_delimiter(const std::string& delimiter) {
  if (delimiter == "auto" || delimiter == "\\t") return;
  if (delimiter.size() != 1 || std::string_view("\"#.+-\r\n").find(delimiter[0]) != std::string_view::npos ||
      std::isalnum(static_cast<unsigned char>(delimiter[0]))) {
    throw DataError("dataset.delimiter is " + printable(delimiter) +
                    "; it must be auto or one character that numbers "
                    "do not use, for example \",\" or \"\\t\"");
  }
}

}  // namespace

const Field& acceptance_field() {
  static const Field field = setting(
      "acceptance", FieldType::text, "",
      "Where events were seen, for tests of the distribution: conditions such as \"abs(eta) < 2.4 and "
      "pt(mu-) > 20\" on columns or on pt and eta of particles with px, py, pz; empty: everywhere");
  return field;
}

const Field& angles_field() {
  static const Field field =
      setting("angles", FieldType::text_list, Json::array(),
              "Columns that are angles, in radians or degrees; others are recognised if they are called like "
              "angles and cover a full turn");
  return field;
}

const std::vector<Field>& file_dataset_fields() {
  static const std::vector<Field> fields = make_fields();
  return fields;
}

FileOptions parse_file_options(const Json& settings) {
  FileOptions options;
  take(settings, "path", options.path);
  if (options.path.empty()) throw DataError("dataset.path is missing; it names the file to read");
  take(settings, "format", options.format);
  take(settings, "header", options.header);
  take(settings, "delimiter", options.delimiter);
  check_delimiter(options.delimiter);
  take(settings, "more_files", options.more_files);
  take(settings, "skip_rows", options.skip_rows);
  options.decimal_comma = setting_is(settings, "decimal", ",");
  options.join_columns = setting_is(settings, "join", "columns");
  if (setting_is(settings, "on_text", "drop")) options.on_text = OnText::drop;
  if (setting_is(settings, "on_text", "one_hot")) options.on_text = OnText::one_hot;
  take(settings, "columns", options.columns);
  take(settings, "array", options.array);
  take(settings, "flatten", options.flatten);
  options.order_by_pt = setting_is(settings, "flatten_order", "pt");
  options.mask_padding = setting_is(settings, "padding", "mask");
  take_codes(settings, "particles", "a PDG id", options.particles);
  take_codes(settings, "statuses", "a status code", options.statuses);
  take(settings, "features", options.features);
  take(settings, "weights", options.weights);
  take(settings, "group", options.group);
  take(settings, "target", options.target);
  take(settings, "select", options.select);
  take(settings, "angles", options.angles);
  options.angle_pairs = setting_is(settings, "angle_encoding", "pair");
  options.drop_nonfinite = setting_is(settings, "on_nonfinite", "drop");
  std::int64_t max_rows = std::numeric_limits<std::int64_t>::max();
  take(settings, "max_rows", max_rows);
  if (max_rows < 1)
    throw DataError("dataset.max_rows is " + std::to_string(max_rows) + "; it must be at least 1");
  options.max_rows = static_cast<std::size_t>(max_rows);
  return options;
}

}  // namespace symscan
