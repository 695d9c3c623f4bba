#pragma once
#include <string>
#include <vector>

#include "tests/host/data/data_files.hpp"

namespace symscan::test {

/// The settings that a message proposes, as they would be typed: dataset.decimal="," and
/// dataset.columns=["x"]. Each element is one proposal; settings joined by "and" belong together.
std::vector<Json> proposals_of(const std::string& message);

/// Reads the text as a .csv file; its message names a cause that contains `cause` and proposes `count` ways
/// out, each of which is tried and must work. Returns the tables in the order of the proposals.
std::vector<Table> expect_ways_out(const std::string& text, const std::string& cause, std::size_t count,
                                   const Json& settings = Json::object());

}  // namespace symscan::test
