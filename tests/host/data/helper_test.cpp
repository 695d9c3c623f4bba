// Formats that Python packages read. A shell script stands in for Python, so that it may say anything.
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <random>
#include <thread>

#include "host/data/formats.hpp"
#include "host/data/helper_table.hpp"
#include "host/data/python_helper.hpp"
#include "host/data/write_table.hpp"
#include "tests/host/data/data_files.hpp"

namespace symscan::test {
namespace {

using std::chrono::milliseconds;

/// Sets SYMSCAN_PYTHON for the time of a test.
class ChosenPython {
 public:
  explicit ChosenPython(const std::string& path) {
    if (const char* before = std::getenv("SYMSCAN_PYTHON")) before_ = before;
    ::setenv("SYMSCAN_PYTHON", path.c_str(), 1);
  }
  ChosenPython(const ChosenPython&) = delete;
  ChosenPython& operator=(const ChosenPython&) = delete;
  ~ChosenPython() {
    if (before_.empty())
      ::unsetenv("SYMSCAN_PYTHON");
    else
      ::setenv("SYMSCAN_PYTHON", before_.c_str(), 1);
  }

 private:
  std::string before_;
};

/// A program in the place of Python.
std::string fake_python(const DataFolder& folder, const std::string& commands) {
  const std::string path = folder.write("python", "#!/bin/sh\n" + commands + "\n");
  std::filesystem::permissions(path, std::filesystem::perms::owner_all);
  return path;
}

std::string number_bytes(std::uint64_t number) {
  std::string bytes(sizeof number, '\0');
  std::memcpy(bytes.data(), &number, sizeof number);
  return bytes;
}

std::string value_bytes(const std::vector<double>& values) {
  return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(double)};
}

std::string frame_of(const std::string& kind, const std::string& payload) {
  return kind + number_bytes(payload.size()) + payload;
}

Json two_columns(std::uint64_t rows) {
  Json columns = Json::array();
  for (const char* name : {"x", "y"})
    columns.push_back({{"name", name}, {"type", "f8"}, {"of", name}, {"real", false}});
  return {{"rows", rows},
          {"columns", columns},
          {"left_out", Json::array()},
          {"notes", Json::array()},
          {"items", Json::array()}};
}

std::string rows_frame(std::uint64_t rows, const std::vector<double>& columns) {
  return frame_of("ROWS", number_bytes(rows) + value_bytes(columns));
}

std::string good_answer() {
  return frame_of("HEAD", two_columns(3).dump()) + rows_frame(2, {1, 2, 10, 20}) + rows_frame(1, {3, 30}) +
         frame_of("DONE", R"({"rows": 3, "notes": ["said last"]})");
}

/// Reads a file for which the program says `answer`.
class Answer {
 public:
  explicit Answer(const std::string& answer)
      : python_(fake_python(folder_, "exec cat '" + folder_.write("answer", answer) + "'")),
        file_(folder_.write("events.root", "root")) {}
  Table read(const Json& settings = Json::object()) const { return load_file(file_, settings); }
  std::string error(const Json& settings = Json::object()) const {
    return error_of([&] { read(settings); });
  }

 private:
  DataFolder folder_;
  ChosenPython python_;
  std::string file_;
};

TEST(Helper, RowsComeInBlocks) {
  const Table table = Answer(good_answer()).read();
  EXPECT_EQ(table.columns, (std::vector<std::string>{"x", "y"}));
  EXPECT_EQ(table.values, (std::vector<double>{1, 10, 2, 20, 3, 30}));
  EXPECT_NE(joined_notes(table).find("said last"), std::string::npos);
}

TEST(Helper, EveryCutAnswerIsRefused) {
  const std::string whole = good_answer();
  const DataFolder folder;
  const std::string file = folder.write("events.root", "root"), part = folder.path("part");
  const ChosenPython python(fake_python(folder, "exec cat '" + part + "'"));
  for (std::size_t size = 0; size < whole.size(); size += size < 40 ? 1 : 7) {
    folder.write("part", whole.substr(0, size));
    EXPECT_NE(error_of([&] { load_file(file); }).find("was not read"), std::string::npos) << size;
  }
}

TEST(Helper, DamagedAnswersNeverCrash) {
  const DataFolder folder;
  const std::string file = folder.write("events.root", "root"), part = folder.path("part");
  const ChosenPython python(fake_python(folder, "exec cat '" + part + "'"));
  std::mt19937 random(7);
  for (int repeat = 0; repeat < 60; ++repeat) {
    std::string bytes = good_answer();
    for (int change = 0; change < 3; ++change) bytes[random() % bytes.size()] = static_cast<char>(random());
    folder.write("part", bytes);
    try {
      load_file(file);
    } catch (const Error&) {
    }
  }
}

TEST(Helper, CountsThatCannotBeAreRefused) {
  const std::string head = frame_of("HEAD", two_columns(3).dump());
  EXPECT_NE(Answer(head + rows_frame(4, std::vector<double>(8, 1))).error().find("more rows"),
            std::string::npos);
  EXPECT_NE(Answer(head + "ROWS" + number_bytes(~0ull) + number_bytes(1)).error().find("too many rows"),
            std::string::npos);
  EXPECT_NE(Answer(head + frame_of("ROWS", number_bytes(3) + value_bytes({1}))).error().find("another size"),
            std::string::npos);
  EXPECT_NE(Answer(head + rows_frame(1, {1, 2}) + frame_of("DONE", R"({"rows": 2})"))
                .error()
                .find("rows are missing"),
            std::string::npos);
  EXPECT_NE(Answer("HEAD" + number_bytes(std::uint64_t{1} << 60)).error().find("a head of"),
            std::string::npos);
  EXPECT_NE(Answer(frame_of("HEAD", "[1]")).error().find("no JSON object"), std::string::npos);
  EXPECT_NE(Answer(frame_of("HEAD", R"({"rows": -1})")).error().find("rows"), std::string::npos);
  EXPECT_NE(Answer(head + frame_of("WHAT", "")).error().find("unknown part"), std::string::npos);
}

TEST(Helper, PromisedSizesAreCheckedBeforeMemoryIsTaken) {
  const std::string error = Answer(frame_of("HEAD", two_columns(1000000000000).dump())).error();
  EXPECT_NE(error.find("1000000000000 rows"), std::string::npos) << error;
  EXPECT_NE(error.find("dataset.max_rows"), std::string::npos) << error;
}

TEST(Helper, ColumnsThatAreNotAskedForAreNotRead) {
  Json head = two_columns(2);
  const Table table =
      Answer(frame_of("HEAD", head.dump()) + rows_frame(2, {5, 6}) + frame_of("DONE", R"({"rows": 2})"))
          .read({{"columns", {"y"}}});
  EXPECT_EQ(table.values, (std::vector<double>{5, 6}));
}

TEST(Helper, WhatIsLeftOutIsNamedOrRefused) {
  Json head = two_columns(2);
  head["left_out"] = {{{"name", "Muon_pt"}, {"kind", "list"}, {"why", "a list in each row"}},
                      {{"name", "tag"}, {"kind", "text"}, {"why", "text"}},
                      {{"name", "hit\x01s"}, {"kind", "other"}, {"why", "lists of lists"}}};
  const std::string answer =
      frame_of("HEAD", head.dump()) + rows_frame(2, {1, 2, 3, 4}) + frame_of("DONE", R"({"rows": 2})");
  const std::string notes = joined_notes(Answer(answer).read());
  EXPECT_NE(notes.find("Muon_pt"), std::string::npos) << notes;
  EXPECT_NE(notes.find("dataset.flatten=1"), std::string::npos) << notes;
  EXPECT_NE(notes.find("tag of"), std::string::npos) << notes;
  EXPECT_NE(notes.find("hit?s of"), std::string::npos) << notes;
  EXPECT_NE(Answer(answer).error({{"columns", {"Muon_pt"}}}).find("dataset.flatten=1"), std::string::npos);
  EXPECT_NE(Answer(answer).error({{"columns", {"tag"}}}).find("holds text"), std::string::npos);
  EXPECT_NE(Answer(answer).error({{"weights", "tag"}}).find("holds text"), std::string::npos);
}

TEST(Helper, ANameThatIsNowhereIsAnsweredWithAllNames) {
  Json head = two_columns(2);
  for (const char* name : {"s.a", "s.b"})
    head["columns"].push_back({{"name", name}, {"type", "f8"}, {"of", name}, {"real", false}});
  head["left_out"] = {{{"name", "Jet.pt"}, {"kind", "list"}, {"why", "a list in each row"}}};
  head["not_asked"] = {{{"name", "Muon_pt"}, {"kind", "list"}}, {{"name", "v"}, {"kind", "fixed"}}};
  const Answer answer(frame_of("HEAD", head.dump()));
  const auto says = [&](const char* name, const std::string& words) {
    const std::string error = answer.error({{"columns", {name}}});
    EXPECT_NE(error.find(words), std::string::npos) << error;
  };
  says("q", "has no column 'q' (dataset.columns); it has x, y, s.a, s.b, v, and in each row lists");
  says("q", ": Muon_pt, Jet.pt");
  says("s", R"(dataset.columns=["s.a","s.b"])");
  says("Jet", R"(dataset.columns=["Jet.pt"] and dataset.flatten=1)");
  says("muon_PT", "'Muon_pt', a list in each row, is written with other capital letters");
  EXPECT_NE(answer.error({{"group", "q"}}).find("has no column 'q' (dataset.group); it has x, y"),
            std::string::npos);
}

TEST(Helper, AListStandsForItsColumns) {
  Json head = two_columns(1);
  for (const char* name : {"pt[1]", "pt[2]"})
    head["columns"].push_back(
        {{"name", name}, {"type", "f4"}, {"of", "pt"}, {"real", false}, {"group", "pt"}});
  head["columns"].push_back(
      {{"name", "real[2]"}, {"type", "f8"}, {"of", "pt"}, {"real", true}, {"group", "pt"}});
  const Table table =
      Answer(frame_of("HEAD", head.dump()) + rows_frame(1, {1, 2, 0, 4}) + frame_of("DONE", R"({"rows": 1})"))
          .read({{"columns", {"pt", "x"}}, {"flatten", 2}, {"padding", "mask"}});
  EXPECT_EQ(table.columns, (std::vector<std::string>{"pt[1]", "pt[2]", "x", "real[2]"}));
  EXPECT_EQ(table.precision[0], kFloat32Precision);
  EXPECT_EQ(table.precision[2], kFloat64Precision);
}

TEST(Helper, CausesHaveTheirSentence) {
  const auto fail = [](const std::string& cause, const std::string& text) {
    return Answer(frame_of("FAIL", Json{{"cause", cause}, {"text", text}}.dump())).error();
  };
  const std::string package = fail("package", "No module named 'uproot'");
  EXPECT_NE(package.find("pip install uproot awkward"), std::string::npos) << package;
  EXPECT_NE(package.find(".to_csv("), std::string::npos) << package;
  EXPECT_NE(package.find("/python lacks a package (No module named 'uproot')"), std::string::npos) << package;
  EXPECT_NE(fail("file", "bad\nbytes \x1b[31m").find("uproot says: bad bytes ?[31m"), std::string::npos);
  EXPECT_NE(fail("choice", "has several trees").find("events.root has several trees"), std::string::npos);
}

TEST(Helper, WantOfMemoryMayPass) {
  const Answer answer(frame_of("FAIL", R"({"cause": "memory", "text": ""})"));
  try {
    answer.read();
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::interrupted);
  }
}

TEST(Helper, AnEndIsTold) {
  const DataFolder folder;
  const std::string file = folder.write("events.parquet", "PAR1");
  {
    const ChosenPython python(fake_python(folder, "echo first >&2; echo 'last words' >&2; exit 3"));
    const std::string error = error_of([&] { load_file(file); });
    EXPECT_NE(error.find("exit code 3 (last words)"), std::string::npos) << error;
  }
  const ChosenPython python(fake_python(folder, "kill -9 $$"));
  try {
    load_file(file);
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::interrupted);
    EXPECT_NE(std::string(error.what()).find("signal 9"), std::string::npos) << error.what();
  }
}

TEST(Helper, WithoutPythonTheSentenceSaysWhatToInstall) {
  const DataFolder folder;
  const ChosenPython python(folder.path("none"));
  for (const auto& [file, words] : {std::pair{"a.root", "pip install uproot awkward"},
                                    {"a.pq", "pip install pyarrow"},
                                    {"a.feather", "pip install pyarrow"},
                                    {"a.arrow", "pandas.read_feather"}}) {
    const std::string path = folder.write(file, "bytes");
    const std::string error = error_of([&] { load_file(path); });
    EXPECT_NE(error.find(words), std::string::npos) << error;
    EXPECT_NE(error.find("SYMSCAN_PYTHON=" + folder.path("none") + " is no program"), std::string::npos)
        << error;
  }
  EXPECT_NE(error_of([&] { check_table_writer(folder.path("new.parquet")); }).find("another format"),
            std::string::npos);
  check_table_writer(folder.path("new.npy"));
  EXPECT_NE(error_of([&] { check_table_writer(folder.path("new.xyz")); }).find("ending must be"),
            std::string::npos);
}

TEST(Helper, PythonIsNotTakenFromTheCurrentFolder) {
  const DataFolder folder;
  fake_python(folder, "exit 0");
  std::filesystem::rename(folder.path("python"), folder.path("python3"));
  const std::string before = std::getenv("PATH");
  const auto here = std::filesystem::current_path();
  std::filesystem::current_path(folder.path(""));
  ::setenv("PATH", ".::relative", 1);
  {
    const ChosenPython python("");
    EXPECT_EQ(find_python(), "");
    ::setenv("PATH", folder.path("").c_str(), 1);
    EXPECT_NE(find_python(), "");
  }
  ::setenv("PATH", before.c_str(), 1);
  std::filesystem::current_path(here);
}

TEST(Helper, SilenceIsNotWaitedForWithoutEnd) {
  const DataFolder folder;
  const std::string python = fake_python(folder, "exec sleep 1000");
  PythonHelper helper(python, "", {}, milliseconds(200));
  char byte;
  try {
    helper.read(&byte, 1);
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::interrupted);
  }
  const std::string many(std::size_t{4} << 20, 'x');  // more than any pipe holds
  EXPECT_THROW(helper.write(many), Error);
}

TEST(Helper, ItEndsWithItsObject) {
  const DataFolder folder;
  const std::string pid_file = folder.path("pid");
  const std::string python = fake_python(folder, "echo $$ > '" + pid_file + "'; echo; exec sleep 1000");
  pid_t process = 0;
  {
    PythonHelper helper(python, "", {});
    char byte;
    ASSERT_EQ(helper.read(&byte, 1), 1u);
    std::ifstream(pid_file) >> process;
    ASSERT_GT(process, 1);
    EXPECT_EQ(::kill(process, 0), 0);
  }
  EXPECT_NE(::kill(process, 0), 0);  // gone, and waited for
}

TEST(Helper, MuchOnStandardErrorDoesNotStopIt) {
  const DataFolder folder;
  const std::string python = fake_python(
      folder, "head -c 3000000 /dev/zero | tr '\\0' 'e' >&2; echo >&2; echo end >&2; echo x; exit 1");
  PythonHelper helper(python, "", {});
  char text[2];
  ASSERT_TRUE(read_fully(helper, text, 2));
  EXPECT_EQ(helper.ending(), "ended with exit code 1 (end)");
}

TEST(Helper, WritingToOneThatIsGoneSaysSo) {
  const DataFolder folder;
  const std::string python = fake_python(folder, "exit 0");
  PythonHelper helper(python, "", {});
  char byte;
  ASSERT_EQ(helper.read(&byte, 1), 0u);
  const std::string many(std::size_t{4} << 20, 'x');
  EXPECT_FALSE(helper.write(many));
}

TEST(Helper, TheScriptIsWholeAndFitsOnACommandLine) {
  const std::string script = helper_script();
  EXPECT_NE(script.find("class RootTable"), std::string::npos);
  EXPECT_NE(script.find("class ParquetTable"), std::string::npos);
  EXPECT_TRUE(script.ends_with("main()\n"));
  EXPECT_LT(script.size(), 128u << 10);  // the longest argument that Linux takes
}

TEST(Helper, ContentsNameTheSettings) {
  Json head = two_columns(3);
  head["items"] = {
      {{"name", "Events"}, {"description", "TTree,\n3 entries"}, {"settings", {"dataset.array=Events"}}}};
  const DataFolder folder;
  const std::string answer = folder.write("answer", frame_of("HEAD", head.dump()));
  const ChosenPython python(fake_python(folder, "exec cat '" + answer + "'"));
  FileOptions options;
  options.path = folder.write("a.root", "root");
  const auto items = format_called("root").contents(options);
  ASSERT_EQ(items.size(), 1u);
  EXPECT_EQ(items[0].description, "TTree, 3 entries");
  EXPECT_EQ(items[0].settings, std::vector<std::string>{"dataset.array=Events"});
}

}  // namespace
}  // namespace symscan::test
