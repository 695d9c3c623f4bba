// Tables that a Python package reads: the columns are planned here, the script sends those that are needed.
#include "host/data/helper_table.hpp"

#include <algorithm>
#include <cstring>
#include <limits>
#include <map>
#include <set>

#include "host/base/error.hpp"
#include "host/base/text.hpp"
#include "host/data/column_plan.hpp"
#include "host/data/table_limits.hpp"
#include "host/data/text_values.hpp"

namespace symscan {
namespace {

constexpr std::size_t kHelperBlock = std::size_t{1} << 16;        ///< values that are read at one time
constexpr std::uint64_t kLargestBlock = std::uint64_t{64} << 20;  ///< bytes of rows in one frame
constexpr std::size_t kMostHelperNotes = 100;
constexpr std::size_t kMostMembers = 12;  ///< of a record that a message proposes

Json helper_request(const HelperFormat& format, const FileOptions& options, const char* mode) {
  constexpr auto most = static_cast<std::size_t>(std::numeric_limits<std::int64_t>::max());
  const char* on_text = options.on_text == OnText::one_hot ? "one_hot"
                        : options.on_text == OnText::drop  ? "drop"
                                                           : "refuse";
  const bool weights = options.weights != "auto" && options.weights != "none";
  return {{"mode", mode},
          {"format", format.name},
          {"array", options.array},
          {"flatten", options.flatten},
          {"order_by_pt", options.order_by_pt},
          {"mask", options.mask_padding},
          {"on_text", on_text},
          {"columns", options.columns},
          {"weights", weights ? options.weights : ""},
          {"group", options.group},
          {"target", options.target},
          {"select", options.select},
          {"max_rows", std::min(options.max_rows, most)}};
}

/// What the helper says of a file, checked like any foreign bytes.
class HelperHead {
 public:
  struct Column {
    std::string name, of, group;
    double precision = kFloat64Precision;
    bool real = false;
  };
  struct LeftOut {
    std::string name, kind, why;
  };

  HelperHead(const Json& head, std::string path) : path_(std::move(path)) {
    rows = number(head, "rows");
    for (const Json& item : list(head, "columns")) {
      const bool single = text(item, "type") == "f4";
      const auto real = item.find("real");
      columns.push_back({text(item, "name"), text(item, "of"), text(item, "group"),
                         single ? kFloat32Precision : kFloat64Precision,
                         real != item.end() && real->is_boolean() && real->get<bool>()});
    }
    for (const Json& item : list(head, "left_out"))
      left_out.push_back({text(item, "name"), text(item, "kind"), text(item, "why")});
    for (const Json& item : list(head, "not_asked"))
      not_asked.push_back({text(item, "name"), text(item, "kind"), ""});
    for (const Json& item : list(head, "items")) {
      items.push_back({text(item, "name"), one_line(text(item, "description")), {}});
      for (const Json& setting : list(item, "settings"))
        if (setting.is_string()) items.back().settings.push_back(setting.get<std::string>());
    }
    notes = notes_of(head);
  }

  static std::size_t number(const Json& object, const char* key) {
    const auto found = object.is_object() ? object.find(key) : object.end();
    if (found == object.end() || !found->is_number_integer() || *found < 0)
      throw DataError(std::string("the number ") + key + " is missing in what python3 says");
    return found->get<std::size_t>();
  }

  static std::vector<std::string> notes_of(const Json& object) {
    std::vector<std::string> notes;
    for (const Json& note : list(object, "notes"))
      if (note.is_string() && notes.size() < kMostHelperNotes)
        notes.push_back(one_line(note.get<std::string>(), 1000));
    return notes;
  }

  std::size_t rows = 0;
  std::vector<Column> columns;
  std::vector<LeftOut> left_out;
  std::vector<LeftOut> not_asked;  ///< what would become columns if its name were asked for
  std::vector<ContentItem> items;
  std::vector<std::string> notes;

 private:
  static const Json& list(const Json& object, const char* key) {
    static const Json none = Json::array();
    const auto found = object.is_object() ? object.find(key) : object.end();
    return found != object.end() && found->is_array() ? *found : none;
  }
  static std::string text(const Json& object, const char* key) {
    const auto found = object.is_object() ? object.find(key) : object.end();
    return found != object.end() && found->is_string() ? found->get<std::string>() : "";
  }
  std::string path_;
};

class HelperReader {
 public:
  HelperReader(const HelperFormat& format, const FileOptions& options)
      : format_(format), options_(options), path_(options.path) {}

  Table read() {
    const auto helper = start_helper(format_, path_, helper_request(format_, options_, "rows"));
    const HelperHead head = read_head(*helper);
    plan(head);
    helper->write(Json(asked_).dump() + "\n");  // if it is gone, the next frame says so
    read_rows(*helper, std::min(head.rows, options_.max_rows));
    return std::move(table_);
  }

  PlannedTable planned(const Json& head) {
    const HelperHead read(head, path_);
    plan(read);
    return {std::move(table_), std::move(asked_), std::min(read.rows, options_.max_rows)};
  }

  std::vector<ContentItem> contents() {
    const auto helper = start_helper(format_, path_, helper_request(format_, options_, "contents"));
    return read_head(*helper).items;
  }

 private:
  [[noreturn]] void refuse(const std::string& what) const { throw_helper_nonsense(format_, path_, what); }

  HelperHead read_head(PythonHelper& helper) const {
    const HelperFrame frame = next_frame(helper, format_, path_);
    if (frame.kind != "HEAD") refuse("no head");
    return {frame_json(helper, frame, format_, path_), path_};
  }

  /// The columns that a list or an array became; with those of the other lists of its group that
  /// dataset.columns names, particle after particle.
  std::vector<std::string> parts_of(const HelperHead& head, const std::string& wanted,
                                    std::set<std::string>& groups) const {
    std::map<std::string, std::vector<std::string>> parts;  // of each list
    std::string group;
    for (const HelperHead::Column& column : head.columns) {
      if (column.real) continue;
      parts[column.of].push_back(column.name);
      if (column.of == wanted) group = column.group;
    }
    if (!parts.contains(wanted)) return {};
    if (group.empty()) return parts[wanted];
    groups.insert(group);
    std::vector<std::string> together, names;
    for (const std::string& other : options_.columns) {
      const auto found = std::find_if(head.columns.begin(), head.columns.end(), [&](const auto& column) {
        return column.of == other && column.group == group && !column.real;
      });
      if (found != head.columns.end()) together.push_back(other);
    }
    for (std::size_t k = 0; k < parts[wanted].size(); ++k)
      for (const std::string& list : together)
        if (k < parts[list].size()) names.push_back(parts[list][k]);
    return names;
  }

  /// A list or an array that dataset.columns names stands for all columns that it became, with those that say
  /// which particles are there.
  std::vector<std::string> expanded(const HelperHead& head) const {
    std::vector<std::string> names;
    std::set<std::string> all, groups, taken;
    for (const HelperHead::Column& column : head.columns) all.insert(column.name);
    const auto add = [&](const std::string& name) {
      if (taken.insert(name).second) names.push_back(name);
    };
    for (const std::string& wanted : options_.columns) {
      const std::vector<std::string> parts =
          all.contains(wanted) ? std::vector<std::string>{} : parts_of(head, wanted, groups);
      for (const std::string& part : parts) add(part);
      if (parts.empty()) names.push_back(wanted);  // twice is refused by the plan
    }
    for (const HelperHead::Column& column : head.columns)
      if (column.real && groups.contains(column.group)) add(column.name);
    return names;
  }

  void refuse_left_out(const HelperHead& head) const {
    std::vector<std::string> wanted = options_.columns;
    wanted.insert(wanted.end(), {options_.weights, options_.group, options_.target});
    for (const HelperHead::LeftOut& item : head.left_out) {
      if (std::find(wanted.begin(), wanted.end(), item.name) == wanted.end()) continue;
      const std::string what = path_ + ": " + printable(item.name) + " holds " + item.why;
      if (item.kind == "list")
        throw DataError(what + "; dataset.flatten=1 takes the first of each, 2 the first two, and so on");
      throw DataError(what + ", and only numbers are read; choose others with dataset.columns");
    }
  }

  /// A name that is nowhere: the sentence names lists and members of records too.
  void refuse_unknown(const HelperHead& head, const std::string& wanted, const std::string& setting) const {
    std::vector<std::string> names, lists;
    for (const HelperHead::Column& column : head.columns) {
      if (column.name == wanted || column.name == "c" + wanted) return;
      if (column.of == wanted && setting == "columns") return;
      names.push_back(column.name);
    }
    for (const HelperHead::LeftOut& item : head.not_asked)
      (item.kind == "list" ? lists : names).push_back(item.name);
    for (const HelperHead::LeftOut& item : head.left_out)
      if (item.kind == "list") lists.push_back(item.name);
    const std::string what = path_ + " has no column " + printable(wanted) + " (dataset." + setting + ")";
    for (const auto* some : {&names, &lists}) {
      std::vector<std::string> members;
      for (const std::string& name : *some)
        if (name.starts_with(wanted + ".") && members.size() < kMostMembers) members.push_back(name);
      if (!members.empty() && setting == "columns")
        throw DataError(what + "; take members of it with " + columns_setting(members) +
                        (some == &lists && options_.flatten == 0 ? " and dataset.flatten=1" : ""));
      for (const std::string& name : *some)
        if (lower_case(name) == lower_case(wanted))
          throw DataError(what + "; " + printable(name) + (some == &lists ? ", a list in each row," : "") +
                          " is written with other capital letters");
    }
    throw DataError(what + "; it has " + (names.empty() ? "no columns of numbers" : join_names(names)) +
                    (lists.empty()
                         ? ""
                         : ", and in each row lists, of which dataset.flatten=1 takes the first value: " +
                               join_names(lists)));
  }

  void refuse_unknown(const HelperHead& head) const {
    for (const std::string& name : options_.columns) refuse_unknown(head, name, "columns");
    if (options_.weights != "auto" && options_.weights != "none")
      refuse_unknown(head, options_.weights, "weights");
    if (!options_.group.empty()) refuse_unknown(head, options_.group, "group");
    if (!options_.target.empty()) refuse_unknown(head, options_.target, "target");
  }

  std::vector<std::string> names_of_kind(const HelperHead& head, const char* kind) const {
    std::vector<std::string> names;
    for (const HelperHead::LeftOut& item : head.left_out)
      if (item.kind == kind) names.push_back(item.name);
    return names;
  }

  /// Nobody named them: text is refused where the format's tables are expected to be numbers, the rest is
  /// noted.
  void note_left_out(const HelperHead& head) {
    const std::vector<std::string> lists = names_of_kind(head, "list"), texts = names_of_kind(head, "text");
    if (!texts.empty() && options_.on_text == OnText::refuse && !format_.text_is_noted) {
      std::vector<std::string> numbers;
      for (const HelperHead::Column& column : head.columns) numbers.push_back(column.name);
      throw DataError(path_ + " has text or dates in " + join_names(texts) +
                      "; leave them out with dataset.on_text=drop" +
                      (numbers.empty() ? "" : ", or choose with " + columns_setting(numbers)));
    }
    const auto note = [&](const std::vector<std::string>& names, const std::string& why) {
      if (!names.empty())
        table_.notes.push_back(join_names(names) + " of " + path_ + (names.size() == 1 ? " was" : " were") +
                               " left out: " + why);
    };
    note(lists, "lists in each row; dataset.flatten=1 takes the first of each, 2 the first two, and so on");
    note(texts, "text or dates");
    for (const HelperHead::LeftOut& item : head.left_out) {
      if (item.kind != "other" || table_.notes.size() >= kMostHelperNotes) continue;
      note({item.name}, one_line(item.why));
    }
    if (head.columns.empty() && !lists.empty())
      throw DataError(path_ + " has only lists in each row (" + join_names(lists) +
                      "); dataset.flatten=1 takes the first of each, 2 the first two, and so on");
  }

  /// Sets what is asked of the helper: columns in the order of the table, then the weights.
  void plan(const HelperHead& head) {
    table_.notes = head.notes;
    refuse_left_out(head);
    refuse_unknown(head);
    if (options_.columns.empty()) note_left_out(head);
    std::vector<std::string> names;
    names.reserve(head.columns.size());
    for (const HelperHead::Column& column : head.columns) names.push_back(column.name);
    FileOptions options = options_;
    options.columns = expanded(head);
    const ColumnPlan plan = plan_columns(names, path_, options);
    begin_table(table_, plan);
    for (const std::size_t place : plan.features) table_.precision.push_back(head.columns[place].precision);
    asked_ = plan.features;
    if (plan.weight) asked_.push_back(*plan.weight);
    if (head.rows == 0) throw DataError(path_ + " holds no rows of data");
    const std::size_t rows = std::min(head.rows, options_.max_rows);
    check_table_size(path_, rows, asked_.size());
  }

  void read_rows(PythonHelper& helper, std::size_t most) {
    for (;;) {
      const HelperFrame frame = next_frame(helper, format_, path_);
      if (frame.kind == "DONE") {
        const Json done = frame_json(helper, frame, format_, path_);
        if (HelperHead::number(done, "rows") != table_.rows) refuse("rows are missing");
        for (const std::string& note : HelperHead::notes_of(done))
          table_.notes.push_back(note + " (" + path_ + ")");
        return;
      }
      if (frame.kind != "ROWS") refuse("an unknown part");
      read_block(helper, frame, most);
    }
  }

  void read_block(PythonHelper& helper, const HelperFrame& frame, std::size_t most) {
    std::uint64_t rows = 0;
    if (frame.size < sizeof rows || !read_fully(helper, reinterpret_cast<char*>(&rows), sizeof rows))
      refuse("rows without a number");
    if (frame.size > kLargestBlock) refuse("too many rows at one time");
    if (rows > most - table_.rows) refuse("more rows than the file has");
    if (frame.size != sizeof rows + rows * asked_.size() * sizeof(double)) refuse("rows of another size");
    const std::size_t features = table_.features(), first = table_.rows;
    if (first >= most / 16) table_.values.reserve(most * features);  // in proportion to what is there
    const auto count = static_cast<std::size_t>(rows);
    std::vector<double> block(std::min(kHelperBlock, count));
    table_.values.resize((first + count) * features);
    if (asked_.size() > features) table_.weights.resize(first + count);
    for (std::size_t i = 0; i < asked_.size(); ++i) {
      double* to = i < features ? table_.values.data() + first * features + i : table_.weights.data() + first;
      const std::size_t step = i < features ? features : 1;
      for (std::size_t done = 0; done < count; done += block.size()) {
        const std::size_t now = std::min(block.size(), count - done);
        if (!read_fully(helper, reinterpret_cast<char*>(block.data()), now * sizeof(double)))
          refuse("rows are cut off");
        for (std::size_t row = 0; row < now; ++row) to[(done + row) * step] = block[row];
      }
    }
    table_.rows = first + count;
  }

  const HelperFormat& format_;
  const FileOptions& options_;
  std::string path_;
  Table table_;
  std::vector<std::size_t> asked_;
};

}  // namespace

Table read_with_helper(const HelperFormat& format, const FileOptions& options) {
  return HelperReader(format, options).read();
}

std::vector<ContentItem> contents_with_helper(const HelperFormat& format, const FileOptions& options) {
  return HelperReader(format, options).contents();
}

PlannedTable plan_from_head(const HelperFormat& format, const FileOptions& options, const Json& head) {
  return HelperReader(format, options).planned(head);
}

Table read_parquet(const FileOptions& options) {
  return read_with_helper(helper_format("parquet"), options);
}
Table read_feather(const FileOptions& options) {
  return read_with_helper(helper_format("feather"), options);
}
std::vector<ContentItem> parquet_contents(const FileOptions& options) {
  return contents_with_helper(helper_format("parquet"), options);
}
std::vector<ContentItem> feather_contents(const FileOptions& options) {
  return contents_with_helper(helper_format("feather"), options);
}

}  // namespace symscan
