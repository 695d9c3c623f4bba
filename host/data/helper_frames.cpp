// How symscan talks with its Python script: starting it, its frames, and what is said when it fails.
#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <vector>

#include "host/base/error.hpp"
#include "host/base/trouble.hpp"
#include "host/data/helper_table.hpp"

extern "C" const char symscan_python_script[];
extern "C" const char symscan_python_script_end[];

namespace symscan {
namespace {

constexpr std::uint64_t kLongestHead = std::uint64_t{64} << 20;
constexpr std::size_t kHeadBlock = std::size_t{1} << 16;

std::string not_done(const HelperFormat& format, const std::string& path) {
  return path + (path.empty() ? "" : " ") + (format.writes ? "was not written: " : "was not read: ");
}

std::string needs_python(const HelperFormat& format, const std::string& path) {
  return (path.empty() ? "" : path + ": ") + format.does + " with python3 and its package " + format.package;
}

/// "/usr/bin/python3 -m ", where it needs no quotes on a command line.
std::string run_by(const std::string& python) {
  const bool plain = std::all_of(python.begin(), python.end(), [](unsigned char c) {
    return c < 0x80 && (std::isalnum(c) != 0 || std::strchr("/._-+", c) != nullptr);
  });
  return plain && !python.empty() ? python + " -m " : "";
}

[[noreturn]] void throw_ended(PythonHelper& helper, const HelperFormat& format, const std::string& path) {
  const std::string how = helper.ending();
  const std::string what = not_done(format, path) + "python3, which runs " + format.package + ", " + how;
  if (helper.was_killed())
    throw DataError(what + "; is memory short? free some and repeat", ExitCode::interrupted);
  throw DataError(what);
}

}  // namespace

void throw_helper_nonsense(const HelperFormat& format, const std::string& path, const std::string& what) {
  throw DataError(not_done(format, path) + "what python3 says with " + format.package + " is damaged (" +
                  what + ")");
}

std::string helper_script() {
  return {symscan_python_script, symscan_python_script_end};
}

const HelperFormat& helper_format(const std::string& name) {
  static const std::vector<HelperFormat> formats = {
      {.name = "root",
       .does = "ROOT files are read",
       .package = "uproot",
       .install = "pip install uproot awkward",
       .otherwise = "convert the file where it is installed, for example "
                    "uproot.open(file)[tree].arrays(columns, library='pd').to_csv('events.csv', index=False)",
       .text_is_noted = true},
      {.name = "parquet",
       .does = "Parquet files are read",
       .package = "pyarrow",
       .install = "pip install pyarrow numpy",
       .otherwise = "convert the file where it is installed, for example "
                    "pandas.read_parquet(file).to_csv('data.csv', index=False)"},
      {.name = "feather",
       .does = "Feather and Arrow files are read",
       .package = "pyarrow",
       .install = "pip install pyarrow numpy",
       .otherwise = "convert the file where it is installed, for example "
                    "pandas.read_feather(file).to_csv('data.csv', index=False)"},
      {.name = "parquet writer",
       .does = "Parquet files are written",
       .package = "pyarrow",
       .install = "pip install pyarrow numpy",
       .otherwise = "write another format, for example .npy",
       .writes = true}};
  return *std::find_if(formats.begin(), formats.end() - 1,
                       [&](const HelperFormat& f) { return f.name == name; });
}

void throw_helper_trouble(const HelperFormat& format, const std::string& path, const std::string& cause,
                          const std::string& text) {
  const std::string said = one_line(text, 4000);
  if (cause == "choice") throw DataError(path + " " + said);
  if (cause == "memory") {
    throw DataError(path + " does not fit into the memory that is free; free some and repeat" +
                        (format.writes ? "" : ", or set dataset.max_rows or dataset.columns"),
                    ExitCode::interrupted);
  }
  if (cause == "file") {
    throw DataError(path + " cannot be " + (format.writes ? "written" : "read") + ": " + format.package +
                    " says: " + one_line(text));
  }
  throw DataError(
      needs_python(format, path) + ", and " +
      (cause == "package" ? one_line(find_python()) + " lacks a package (" + one_line(text) + ")" : said) +
      "; install it with: " + (cause == "package" ? run_by(find_python()) : "") + format.install +
      " (the environment variable SYMSCAN_PYTHON may name the python3 of a virtual environment), or " +
      format.otherwise);
}

namespace {

/// What SYMSCAN_PYTHON or PATH names; throws when it is nothing.
std::string python_for(const HelperFormat& format, const std::string& path) {
  std::string python = find_python();
  if (!python.empty()) return python;
  const char* chosen = ::secure_getenv("SYMSCAN_PYTHON");
  if (chosen == nullptr || *chosen == '\0')
    throw_helper_trouble(format, path, "none", "there is no python3 in PATH");
  throw DataError(needs_python(format, path) + " (" + format.install + "), and SYMSCAN_PYTHON=" +
                  one_line(chosen) + " is no program; correct it or unset it, or " + format.otherwise);
}

}  // namespace

std::unique_ptr<PythonHelper> start_helper(const HelperFormat& format, const std::string& path,
                                           const Json& request) {
  const std::string python = python_for(format, path);
  // Without links: /dev/stdin is another file for the helper. A file that is to be written is not there yet.
  std::error_code missing;
  std::filesystem::path whole = std::filesystem::canonical(path, missing);
  if (missing) whole = path.empty() ? std::filesystem::path() : std::filesystem::absolute(path);
  return std::make_unique<PythonHelper>(
      python, helper_script(),
      std::vector<std::string>{request.dump(-1, ' ', true, Json::error_handler_t::replace), whole.string()});
}

HelperFrame next_frame(PythonHelper& helper, const HelperFormat& format, const std::string& path) {
  std::array<char, 12> start{};
  if (!read_fully(helper, start.data(), start.size())) throw_ended(helper, format, path);
  HelperFrame frame{std::string(start.data(), 4), 0};
  std::memcpy(&frame.size, start.data() + 4, sizeof frame.size);
  if (frame.kind != "FAIL") return frame;
  const Json failure = frame_json(helper, frame, format, path);
  const auto word = [&](const char* key) {
    const auto found = failure.find(key);
    return found != failure.end() && found->is_string() ? found->get<std::string>() : std::string();
  };
  const std::string cause = word("cause");
  if (cause == "disk") {
    const auto number = failure.find("errno");
    throw_write_trouble(path,
                        number != failure.end() && number->is_number_integer() ? number->get<int>() : 0);
  }
  throw_helper_trouble(format, path, cause, word("text"));
}

Json frame_json(PythonHelper& helper, const HelperFrame& frame, const HelperFormat& format,
                const std::string& path) {
  if (frame.size > kLongestHead)
    throw_helper_nonsense(format, path, "a head of " + std::to_string(frame.size) + " bytes");
  std::string text;
  while (text.size() < frame.size) {  // grows with what is really there
    const std::size_t before = text.size();
    const std::size_t now = std::min<std::size_t>(kHeadBlock, static_cast<std::size_t>(frame.size) - before);
    text.resize(before + now);
    if (!read_fully(helper, text.data() + before, now)) throw_ended(helper, format, path);
  }
  const Json json = Json::parse(text, nullptr, false);
  if (!json.is_object()) throw_helper_nonsense(format, path, "a head that is no JSON object");
  return json;
}

}  // namespace symscan
