// Datasets made by a device, against the host's.
#include <cmath>

#include "kernels/generate/prepared_row.hpp"
#include "tests/device/device_fixture.hpp"

namespace symscan::test {
namespace {

TEST_F(DeviceTest, BuiltInDatasetsAreMadeAsOnTheHost) {
  OpenDevice device(*api);
  const RowSampler sampler(EeMumu{10.0, 0.05, 0.105});
  const auto columns = static_cast<std::size_t>(sampler.columns());
  constexpr std::size_t rows = 1003;
  std::vector<double> offset, scale;
  for (std::size_t d = 0; d < columns; ++d) {
    offset.push_back(0.25 * static_cast<double>(d));
    scale.push_back(1.0 + static_cast<double>(d));
  }
  int dataset = -1;
  device.expect(api->generate_dataset(device.get(), &sampler, 7, rows, offset.data(), scale.data(), &dataset,
                                      device.why()));
  std::vector<float> have(rows * columns + 1, -777.25f), want(rows * columns);
  device.expect(api->read_dataset(device.get(), dataset, 0, rows, have.data(), device.why()));
  EXPECT_EQ(have.back(), -777.25f);
  for (std::size_t row = 0; row < rows; ++row) {
    RowRandom random(7, row);
    sampler.fill_row(random, PreparedRow{offset.data(), scale.data(), want.data() + row * columns});
  }
  for (std::size_t i = 0; i < want.size(); ++i) {
    ASSERT_NEAR(have[i], want[i], 1e-6 * (1 + std::abs(want[i]))) << "value " << i;
  }
  EXPECT_NE(api->read_dataset(device.get(), dataset, 1000, 4, have.data(), device.why()), DeviceStatus::ok);
}

}  // namespace
}  // namespace symscan::test
