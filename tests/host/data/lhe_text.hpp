#pragma once
#include <string>
#include <utility>
#include <vector>

#include "tests/host/data/data_files.hpp"

#define EXPECT_SAYS(sentence, part) EXPECT_NE((sentence).find(part), std::string::npos) << (sentence)

/// Les Houches events as text, and what is read of them.
namespace symscan::test {

using Values = std::vector<double>;

/// A muon pair along z; the momentum tells events apart.
inline std::string pair_of(int pz, const std::string& status = "1") {
  const std::string p = std::to_string(pz);
  return " 2 1 1.0 91 0.0078 0.12\n 13 " + status + " 0 0 0 0 0 0 " + p + " 5e2 0.1 0 9\n -13 " + status +
         " 0 0 0 0 0 0 -" + p + " 5e2 0.1 0 9\n";
}

inline std::string event(int pz, const std::string& after = "") {
  return "<event>\n" + pair_of(pz) + after + "</event>\n";
}

inline Table lhe(const std::string& text, Json settings = Json::object()) {
  const DataFolder folder;
  if (!settings.contains("particles")) settings["particles"] = {13};
  if (!settings.contains("features")) settings["features"] = {"pz"};
  return load_file(folder.write("t.lhe", text), std::move(settings));
}

inline std::string lhe_error(const std::string& text, const Json& settings = Json::object()) {
  return error_of([&] { lhe(text, settings); });
}

}  // namespace symscan::test
