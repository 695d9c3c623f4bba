// Datasets made and rankings sorted by a device, against the host's.
#include <cmath>
#include <limits>

#include "kernels/generate/prepared_row.hpp"
#include "tests/device/device_fixture.hpp"

namespace symscan::test {
namespace {

TEST_F(DeviceTest, BuiltInDatasetsAreMadeAsOnTheHost) {
  OpenDevice device(*api);
  const RowGenerator generator(EeMumu{10.0, 0.05, 0.105});
  const auto columns = static_cast<std::size_t>(generator.columns());
  constexpr std::size_t rows = 1003;
  std::vector<double> offset, scale;
  for (std::size_t d = 0; d < columns; ++d) {
    offset.push_back(0.25 * static_cast<double>(d));
    scale.push_back(1.0 + static_cast<double>(d));
  }
  int dataset = -1;
  device.expect(api->generate_dataset(device.get(), &generator, 7, rows, offset.data(), scale.data(),
                                      &dataset, device.why()));
  std::vector<float> have(rows * columns + 1, -777.25f), want(rows * columns);
  device.expect(api->read_dataset(device.get(), dataset, 0, rows, have.data(), device.why()));
  EXPECT_EQ(have.back(), -777.25f);
  for (std::size_t row = 0; row < rows; ++row) {
    RowRandom random(7, row);
    generator.fill_row(random, PreparedRow{offset.data(), scale.data(), want.data() + row * columns});
  }
  for (std::size_t i = 0; i < want.size(); ++i) {
    ASSERT_NEAR(have[i], want[i], 1e-6 * (1 + std::abs(want[i]))) << "value " << i;
  }
  EXPECT_NE(api->read_dataset(device.get(), dataset, 1000, 4, have.data(), device.why()), DeviceStatus::ok);
}

TEST_F(DeviceTest, RankingsAreTheHosts) {
  OpenDevice device(*api);
  for (const std::size_t replicas : {1u, 7u, 33u, 129u, 5000u}) {
    constexpr std::size_t latents = 7;
    std::mt19937 random(static_cast<unsigned>(replicas));
    std::vector<double> relevance(replicas * latents), loss(replicas);
    for (double& value : relevance) value = static_cast<double>(random() % 50) / 100;  // ties
    for (std::size_t i = 0; i < replicas; ++i) {
      loss[i] = static_cast<double>(random() % 20);
      if (i % 5 == 3) loss[i] = std::numeric_limits<double>::quiet_NaN();
      if (i % 4 == 1) relevance[i * latents + 6] = std::numeric_limits<double>::quiet_NaN();
    }
    SweepScores scores;
    scores.replicas = replicas;
    scores.latents = latents;
    scores.relevance = scores.kl = relevance.data();
    scores.loss = loss.data();
    scores.threshold = 0.2;
    const auto tables = [&] {
      return std::vector<std::vector<std::uint32_t>>{std::vector<std::uint32_t>(replicas * latents),
                                                     std::vector<std::uint32_t>(replicas),
                                                     std::vector<std::uint32_t>(replicas)};
    };
    auto have = tables(), want = tables();
    const Ranking device_ranking{have[0].data(), have[1].data(), have[2].data()};
    device.expect(api->rank(device.get(), &scores, &device_ranking, device.why()));
    rank_host(scores, {want[0].data(), want[1].data(), want[2].data()});
    EXPECT_EQ(have, want) << replicas;
  }
}

}  // namespace
}  // namespace symscan::test
