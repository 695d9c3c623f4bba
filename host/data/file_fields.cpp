// The settings of "kind": "file": their documentation, and how they get from JSON to FileOptions.
#include "host/data/file_fields.hpp"

#include "host/base/error.hpp"
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
  return {
      setting("path", text, {}, "File to read"),
      setting("format", text, "auto", "Format of the file; auto: by its ending, one of " + read_endings(),
              formats),
      setting("header", text, "auto",
              "CSV: whether the first row holds the column names; auto: it does if it is not made of numbers",
              {"auto", "yes", "no"}),
      setting("delimiter", text, "auto",
              "CSV: the character between fields; auto: comma, semicolon, tab or blanks, by the first row"),
      optional_setting("columns", text_list,
                       "Columns to use as features, in this order (names, or 0, 1, ... where the file has no "
                       "names); absent: all"),
      optional_setting(
          "array", text,
          "NPZ: name of the array; HDF5: path of the dataset, or of the group whose 1-D datasets are "
          "the columns; absent: the only candidate"),
      optional_setting(
          "particles", integer_list,
          "LHE: PDG ids of the outgoing particles to use, e.g. [13, -13]; events without all of them "
          "are left out and counted"),
      setting("features", text_list, Json::array({"E", "px", "py", "pz"}),
              "LHE: what is taken of each particle: E, px, py, pz, pt, m (GeV), eta, y, phi, theta "
              "(radians)"),
      setting("weights", text, "auto",
              "Event weights: auto (LHE: XWGTUP, other formats: none), none, or the name of a column (LHE: "
              "the id of a <wgt> or <weight>)"),
      setting("group", text, "",
              "Column that says which trajectory a row belongs to; it is no feature: analyze looks for what "
              "stays constant along the trajectories"),
      setting("target", text, "",
              "Column with the values of a function of the features; it is no feature: analyze looks for "
              "the motions that leave the function unchanged"),
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
  take(settings, "columns", options.columns);
  take(settings, "array", options.array);
  take(settings, "particles", options.particles);
  take(settings, "features", options.features);
  take(settings, "weights", options.weights);
  take(settings, "group", options.group);
  take(settings, "target", options.target);
  take(settings, "angles", options.angles);
  std::string encoding = "raw";
  take(settings, "angle_encoding", encoding);
  options.angle_pairs = encoding == "pair";
  std::string on_nonfinite = "refuse";
  take(settings, "on_nonfinite", on_nonfinite);
  options.drop_nonfinite = on_nonfinite == "drop";
  std::int64_t max_rows = std::numeric_limits<std::int64_t>::max();
  take(settings, "max_rows", max_rows);
  if (max_rows < 1)
    throw DataError("dataset.max_rows is " + std::to_string(max_rows) + "; it must be at least 1");
  options.max_rows = static_cast<std::size_t>(max_rows);
  return options;
}

}  // namespace symscan
