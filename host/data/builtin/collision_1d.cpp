#include "host/data/builtin/facts.hpp"
#include "host/data/dataset.hpp"
#include "host/data/parameters.hpp"

namespace symscan {
namespace {

Collision1d read_parameters(const Json& settings) {
  return {settings.at("mass1").get<double>(), settings.at("mass2").get<double>(),
          settings.at("momentum_spread").get<double>()};
}

DatasetFacts collision_facts(const Json& settings) {
  const Collision1d collision = read_parameters(settings);
  // Momentum and energy are conserved; on a line the energy only says that the relative velocity turns over.
  const auto relative = [&](const std::string& prime) {
    return scaled(collision.mass2, "p1" + prime) + " - " + scaled(collision.mass1, "p2" + prime);
  };
  return {{"p1", "p2", "p1'", "p2'"},
          2,
          2,
          "a plane",
          "none",
          "so(2)",
          {"p1 + p2 - p1' - p2' = 0", relative("") + " + " + relative("'") + " = 0"}};
}

const RegisterDataset collision_1d{{
    .kind = "collision_1d",
    .description =
        "Elastic collision of two bodies on a line: momenta p1, p2 before (independent, normal) and p1', p2' "
        "after; any consistent units",
    .parameters = {positive_parameter("mass1", 1.0, "Mass of the first body"),
                   positive_parameter("mass2", 2.0, "Mass of the second body"),
                   positive_parameter("momentum_spread", 1.0,
                                      "Standard deviation of each incoming momentum; the mean is 0")},
    .facts = collision_facts,
    .row_sampler = read_parameters,
}};

}  // namespace
}  // namespace symscan
