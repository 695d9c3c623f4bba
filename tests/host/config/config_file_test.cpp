#include "host/config/config_file.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "host/base/error.hpp"
#include "host/base/file.hpp"
#include "host/config/config.hpp"

namespace symscan {
namespace {

namespace fs = std::filesystem;

class ConfigFile : public testing::Test {
 protected:
  ConfigFile() {
    const auto* test = testing::UnitTest::GetInstance()->current_test_info();
    folder_ =
        fs::temp_directory_path() / ("symscan_config_" + std::to_string(::getpid()) + "_" + test->name());
    fs::create_directories(folder_);
  }
  ~ConfigFile() override { fs::remove_all(folder_); }

  std::string write(const std::string& name, const std::string& text) {
    std::ofstream(folder_ / name, std::ios::binary) << text;
    return (folder_ / name).string();
  }

  std::string message_of(const std::string& text, const std::vector<std::string>& overrides = {}) {
    try {
      load_config(write("c.json", text), overrides);
    } catch (const ConfigError& error) {
      const std::string what = error.what(), prefix = folder_.string() + "/";
      EXPECT_EQ(what.rfind(prefix, 0), 0u) << "names the file: " << what;
      return what.substr(std::min(what.size(), prefix.size()));
    }
    return "no error";
  }

  fs::path folder_;
};

TEST_F(ConfigFile, MayHoldComments) {
  const auto sweep =
      load_config(write("c.json", "// a study\n{\"dataset\": /* which */ \"circle\" // end\n}\n"));
  EXPECT_EQ(sweep.replicas.size(), 1u);
}

TEST_F(ConfigFile, SyntaxErrorsNameLineAndColumn) {
  EXPECT_EQ(message_of("{\"dataset\": \"circle\",\n  \"loss\": }\n"),
            "c.json, line 2, column 11: not valid JSON: unexpected '}'; "
            "expected "
            "'[', '{', or a literal");
  EXPECT_EQ(message_of("{\"dataset\": \"circle\",\n}").rfind("c.json, line 2, column 1: not valid JSON: ", 0),
            0u);
  EXPECT_NE(message_of("{\"dataset\": \"circle\",\n}").find("; remove the comma before it"),
            std::string::npos);
  EXPECT_EQ(message_of("").rfind("c.json, line 1, column 1: not valid JSON: ", 0), 0u);
  EXPECT_EQ(message_of("{}{}").rfind("c.json, line 1, column 3: not valid JSON: ", 0), 0u);
  EXPECT_EQ(message_of("{'dataset': 1}").rfind("c.json, line 1, column 2: not valid JSON: ", 0), 0u);
  EXPECT_EQ(message_of("{\"dataset\": \"cir").rfind("c.json, line 1, column ", 0), 0u);
  EXPECT_EQ(message_of("{\"loss\": {\"beta\": NaN}}").rfind("c.json, line 1, column ", 0), 0u);
}

TEST_F(ConfigFile, NumbersBeyondADoubleAreRefused) {
  const std::string message = message_of("{\"dataset\": \"circle\",\n \"loss\": {\"beta\": 1e400}}");
  EXPECT_EQ(message.rfind("c.json, line 2, column ", 0), 0u) << message;
  EXPECT_NE(message.find("a number too large for double precision"), std::string::npos) << message;
}

TEST_F(ConfigFile, RepeatedKeysAreRefused) {
  EXPECT_EQ(message_of(R"({"dataset":"circle","dataset":"disk"})"),
            "c.json: the key 'dataset' appears twice; keep one of them");
  EXPECT_EQ(message_of(R"({"dataset":[{"kind":"circle"},{"kind":"circle","n":1,"n":2}]})"),
            "c.json: the key 'dataset.1.n' appears twice; keep one of them");
  EXPECT_EQ(message_of(R"({"dataset":"circle","train":{"epochs":1,"early_stopping":{},"epochs":1}})"),
            "c.json: the key 'train.epochs' appears twice; keep one of them");
}

TEST_F(ConfigFile, DepthAndSizeAreLimited) {
  EXPECT_EQ(message_of(std::string(1'000'000, '[')), "c.json: nested deeper than 32 levels");
  std::string keys = "{";
  for (int i = 0; i < 300; ++i) keys += "\"k" + std::to_string(i) + "\":1,";
  EXPECT_EQ(message_of(keys), "c.json: an object has more than 200 keys; this is not a config");
  std::string values = "[";
  for (int i = 0; i < 4'000'001; ++i) values += "1,";
  EXPECT_EQ(message_of(values), "c.json: more than 4000000 values; this is not a config");
  EXPECT_THROW(load_config(write("large.json", std::string((16u << 20) + 1, ' '))), ConfigError);
}

TEST_F(ConfigFile, ErrorsNameTheFile) {
  EXPECT_EQ(message_of(R"({"dataset":"circle","loss":{"beta":-1}})"),
            "c.json: loss.beta must be a number of at least 0, not -1");
  EXPECT_EQ(message_of(R"({"dataset":"circle"})", {"loss.beta=-1"}),
            "c.json with the settings of the command line: loss.beta must be a number of at least 0, not -1");
  EXPECT_THROW(load_config((folder_ / "absent.json").string()), ConfigError);
  EXPECT_THROW(load_config(folder_.string()), ConfigError);
}

std::string message_for(const std::string& path) {
  try {
    load_config(path);
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "no error";
}

TEST_F(ConfigFile, DataFilesAreToldFromConfigsByTheirEnding) {
  EXPECT_EQ(message_for("my.csv"),
            "'my.csv' is a data file, not a config; write: symscan train --data my.csv");
  EXPECT_EQ(
      message_for("d/my events.lhe.gz"),
      "'d/my events.lhe.gz' is a data file, not a config; write: symscan train --data 'd/my events.lhe.gz'");
  for (const char* name :
       {"a.CSV", "a.npy", "a.npz", "a.h5", "a.hdf5", "a.lhe", "a.csv.gz", "a.tsv", "a.root", "a.pq"}) {
    EXPECT_NE(message_for(name).find("is a data file, not a config"), std::string::npos) << name;
  }
  EXPECT_NE(message_for(write("b.csv", "1,2\n")).find("is a data file, not a config"), std::string::npos);
}

TEST_F(ConfigFile, BytesThatAreNoTextAreNotPrinted) {
  EXPECT_NE(message_of("{\"dataset\":\n\"\x93NUMPY\"}")
                .find("c.json, line 2: byte 14 of the file is not UTF-8 text"),
            std::string::npos);
  EXPECT_NE(message_of(std::string("a\0b", 3)).find("line 1: byte 2 of the file is not UTF-8 text"),
            std::string::npos);
  const std::string escape = message_of("{\"dataset\": \x1b[31m}");
  EXPECT_EQ(escape.find('\x1b'), std::string::npos) << escape;
  EXPECT_LT(message_of("{\"dataset\": \"" + std::string(100000, 'x')).size(), 400u);
  EXPECT_EQ(message_for("no\xff\nfile").find_first_of("\xff\n"), std::string::npos);
  EXPECT_NE(message_of("x y\n1 2\n")
                .find("; a config starts with '{', and a data file is given as: symscan train --data"),
            std::string::npos);
}

TEST_F(ConfigFile, AMisspeltDatasetIsNoMissingFile) {
  EXPECT_EQ(message_for("circel"), "there is no file 'circel'; did you mean the built-in dataset 'circle'?");
  EXPECT_EQ(message_for("nosuch"),
            "there is no file 'nosuch' and no built-in dataset of this name; symscan datasets lists them");
  EXPECT_EQ(message_for("no_such_thing.json").rfind("cannot open 'no_such_thing.json'", 0), 0u);
}

TEST_F(ConfigFile, NamesMayHoldAnyLineOfText) {
  for (const std::string& name : {std::string("Größe α/β: ../x \"y\" %s"), std::string(200, 'n')}) {
    const auto sweep = load_config(write("c.json", Json{{"dataset", "circle"}, {"name", name}}.dump()));
    EXPECT_EQ(sweep.name, name);
    EXPECT_EQ(parse_config(sweep.resolved).resolved.dump(), sweep.resolved.dump());
  }
}

TEST_F(ConfigFile, NoBytesCrashTheReader) {
  const std::string good = R"({"dataset":{"kind":"circle","n":10},"loss":{"beta":[0.1,1e-3]},"seeds":[1,2]})";
  for (std::size_t i = 0; i < good.size(); ++i) {
    for (const char byte : {'\0', '"', '{', ']', '\\', '\xff', '9'}) {
      std::string text = good;
      text[i] = byte;
      const std::string path = write("c.json", text);
      try {
        load_config(path);
      } catch (const ConfigError& error) {
        EXPECT_STRNE(error.what(), "");
      }
    }
    EXPECT_THROW(load_config(write("c.json", good.substr(0, i))), ConfigError);
  }
}

TEST_F(ConfigFile, DataPathsAreTakenFromItsFolderIfTheFileIsThere) {
  write("here.csv", "1,2\n");
  const auto path_of = [&](const std::string& path, const std::vector<std::string>& overrides = {}) {
    const Json document = {{"dataset", {{"kind", "file"}, {"path", path}}}};
    return load_config(write("c.json", document.dump()), overrides).replicas.at(0).dataset->at("path");
  };
  EXPECT_EQ(path_of("here.csv"), (folder_ / "here.csv").string());
  EXPECT_EQ(path_of("./sub/../here.csv"), (folder_ / "here.csv").string());
  EXPECT_EQ(path_of("elsewhere.csv"), "elsewhere.csv");
  EXPECT_EQ(path_of("/absolute.csv"), "/absolute.csv");
  EXPECT_EQ(path_of("x.csv", {"dataset.path=here.csv"}), "here.csv")
      << "the command line means the working directory";
}

TEST_F(ConfigFile, EachPathOfASweepIsTakenFromItsFolder) {
  write("here.csv", "1,2\n");
  const auto sweep = load_config(
      write("c.json", R"({"dataset":["circle",{"kind":"file","path":["here.csv","there.csv"]}]})"));
  ASSERT_EQ(sweep.replicas.size(), 3u);
  EXPECT_EQ(sweep.replicas[1].dataset->at("path"), (folder_ / "here.csv").string());
  EXPECT_EQ(sweep.replicas[2].dataset->at("path"), "there.csv");
}

}  // namespace
}  // namespace symscan
