// The settings of "kind": "file": their documentation, and how they get from JSON to FileOptions.
#include "host/data/file_fields.hpp"

#include "host/base/error.hpp"
#include "host/data/dataset.hpp"
#include "host/data/file_dataset.hpp"
#include "host/data/formats.hpp"
#include "host/data/text_values.hpp"

namespace symscan {
namespace {

std::vector<Field> make_fields() {
  std::vector<std::string> formats = format_names();
  formats.insert(formats.begin(), "auto");
  std::vector<Field> fields;
  fields.push_back(
      {.name = "path", .type = FieldType::text, .default_value = {}, .doc = "File to read", .choices = {}});
  fields.push_back({.name = "format",
                    .type = FieldType::text,
                    .default_value = "auto",
                    .doc = "Format of the file; auto: by its ending, one of " + read_endings(),
                    .choices = std::move(formats)});
  fields.push_back(
      {.name = "header",
       .type = FieldType::text,
       .default_value = "auto",
       .doc = "CSV: whether the first row holds the column names; auto: it does if it is not made of numbers",
       .choices = {"auto", "yes", "no"}});
  fields.push_back(
      {.name = "delimiter",
       .type = FieldType::text,
       .default_value = "auto",
       .doc = "CSV: the character between fields; auto: comma, semicolon, tab or blanks, by the first row",
       .choices = {}});
  fields.push_back(
      {.name = "columns",
       .type = FieldType::text_list,
       .default_value = {},
       .doc = "Columns to use as features, in this order (names, or 0, 1, ... where the file has no "
              "names); absent: all",
       .choices = {},
       .optional = true});
  fields.push_back(
      {.name = "array",
       .type = FieldType::text,
       .default_value = {},
       .doc = "NPZ: name of the array; HDF5: path of the dataset, or of the group whose 1-D datasets are "
              "the columns; absent: the only candidate",
       .choices = {},
       .optional = true});
  fields.push_back(
      {.name = "particles",
       .type = FieldType::integer_list,
       .default_value = {},
       .doc = "LHE: PDG ids of the outgoing particles to use, e.g. [13, -13]; events without all of them "
              "are left out and counted",
       .choices = {},
       .optional = true});
  fields.push_back({.name = "features",
                    .type = FieldType::text_list,
                    .default_value = Json::array({"E", "px", "py", "pz"}),
                    .doc =
                        "LHE: what is taken of each particle: E, px, py, pz, pt, m (GeV), eta, y, phi, theta "
                        "(radians)",
                    .choices = {}});
  fields.push_back(
      {.name = "weights",
       .type = FieldType::text,
       .default_value = "auto",
       .doc = "Event weights: auto (LHE: XWGTUP, other formats: none), none, or the name of a column (LHE: "
              "the id of a <wgt> or <weight>)",
       .choices = {}});
  fields.push_back(
      {.name = "on_nonfinite",
       .type = FieldType::text,
       .default_value = "refuse",
       .doc = "What to do with rows that hold NaN, infinities or empty fields: refuse the file, or drop "
              "the rows and say how many",
       .choices = {"refuse", "drop"}});
  fields.push_back({.name = "max_rows",
                    .type = FieldType::integer,
                    .default_value = {},
                    .doc = "Read at most this many rows or selected events; absent: all",
                    .minimum = 1,
                    .choices = {},
                    .optional = true});
  return fields;
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
