// Angles in tables: how they are recognised, and how models may see them.
#include "host/data/angle_values.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <numbers>

#include "host/base/error.hpp"
#include "host/config/dataset_config.hpp"
#include "host/data/dataset.hpp"
#include "tests/host/data/data_files.hpp"

namespace symscan {
namespace {

using Names = std::vector<std::string>;
constexpr double kPi = std::numbers::pi;

TEST(AngleValues, NamesOfAngles) {
  for (const char* name :
       {"phi", "phi1", "phi(mu-)", "Jet_phi", "mu-_phi", "azimuth", "wind_direction", "lon"})
    EXPECT_TRUE(is_angle_name(name)) << name;
  for (const char* name : {"x", "philosophy", "px", "q", "cos(phi)", "sin_phi", "pt", ""})
    EXPECT_FALSE(is_angle_name(name)) << name;
}

TEST(AngleValues, PeriodsNeedBothEnds) {
  EXPECT_EQ(full_period(-3.1, 3.13), 2 * kPi);
  EXPECT_EQ(full_period(0.01, 6.28), 2 * kPi);
  EXPECT_EQ(full_period(-179.5, 179.9), 360.0);
  EXPECT_EQ(full_period(0, 359), 360.0);
  EXPECT_FALSE(full_period(0, kPi));
  EXPECT_FALSE(full_period(-3.1, 2.5));
  EXPECT_FALSE(full_period(-3.3, 3.3));
  EXPECT_EQ(period_of(0, kPi), 2 * kPi);
  EXPECT_EQ(period_of(10, 80), 360.0);
  EXPECT_EQ(period_of(-1000, 1000), 2 * kPi);
}

Json file_settings(const std::string& more) {
  static const test::DataFolder folder;  // tests run beside each other
  const std::string path = folder.path("angles.csv");
  std::ofstream file(path);
  file << "x,phi,q\n";
  for (int i = 0; i <= 100; ++i) file << i * i << "," << -kPi + 2 * kPi * i / 100 << "," << 0.01 * i << "\n";
  file.close();
  Json settings = Json::parse("{" + more + "}");
  settings["kind"] = "file";
  settings["path"] = path;
  return check_datasets(settings);
}

TEST(AngleEncoding, RawIsTheDefault) {
  const Json settings = file_settings("");
  EXPECT_EQ(settings.at("angles"), Json::array());
  EXPECT_EQ(settings.at("angle_encoding"), "raw");
  EXPECT_EQ(load_dataset(settings).columns, (Names{"x", "phi", "q"}));
}

TEST(AngleEncoding, PairsAreCosineAndSine) {
  const Table table = load_dataset(file_settings(R"("angle_encoding": "pair", "angles": ["q"])"));
  ASSERT_EQ(table.columns, (Names{"x", "cos(phi)", "sin(phi)", "cos(q)", "sin(q)"}));
  ASSERT_EQ(table.values.size(), 101U * 5);
  EXPECT_EQ(table.precision.size(), 5U);
  const double* row = table.values.data() + 25 * 5;
  EXPECT_EQ(row[0], 625);
  EXPECT_NEAR(row[1], 0, 1e-5);  // the file has six digits
  EXPECT_NEAR(row[2], -1, 1e-5);
  EXPECT_DOUBLE_EQ(row[3], std::cos(0.25));
  EXPECT_DOUBLE_EQ(row[4], std::sin(0.25));
}

TEST(AngleEncoding, SaysWhatIsWrong) {
  const auto load = [](const std::string& more) { (void)load_dataset(file_settings(more)); };
  EXPECT_THROW(load(R"("angle_encoding": "pair", "angles": ["r"])"), DataError);
  EXPECT_THROW(file_settings(R"("angle_encoding": "both")"), ConfigError);
  EXPECT_THROW(file_settings(R"("angles": "q")"), ConfigError);
  EXPECT_THROW(check_angles({"r"}, {"x", "q"}), DataError);
  EXPECT_NO_THROW(check_angles({"r"}, {"cos(r)", "sin(r)"}));
}

TEST(AngleEncoding, BuiltinSetsHaveAngles) {
  EXPECT_EQ(check_datasets(Json{{"kind", "pendulum"}, {"angles", {"q"}}}).at("angles"), Json::array({"q"}));
}

}  // namespace
}  // namespace symscan
