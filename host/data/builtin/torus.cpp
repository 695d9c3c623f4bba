#include "host/data/builtin/facts.hpp"
#include "host/data/dataset.hpp"
#include "host/data/parameters.hpp"

namespace symscan {
namespace {

DatasetFacts torus_facts(const Json& settings) {
  const int dimension = settings.at("dimension").get<int>();
  // T^k alone fits into R^(k+1) (T^2: the doughnut in space), but the data are the flat form: k circles, two
  // axes each, all 2k of equal variance, and that is what training finds.
  DatasetFacts facts{{},
                     dimension,
                     2 * dimension,
                     dimension == 1 ? "a closed curve" : "a torus",
                     plane_rotations(dimension),
                     plane_rotations(dimension),
                     {}};
  for (int circle = 0; circle < dimension; ++circle) {
    const std::string x = "x" + std::to_string(circle), y = "y" + std::to_string(circle);
    facts.columns.insert(facts.columns.end(), {x, y});
    facts.constraints.push_back(circle_equation(x, y, 1.0));
  }
  return facts;
}

const RegisterDataset torus{{
    .kind = "torus",
    .description = "The flat torus T^k in R^(2k): k pairs (cos phi_i, sin phi_i), every phi_i uniform",
    .parameters = {integer_parameter("dimension", 2, "Number k of circles; the data have 2k features", 1,
                                     2048)},
    .facts = torus_facts,
    .row_sampler = [](const Json& settings) { return Torus{settings.at("dimension").get<int>()}; },
}};

}  // namespace
}  // namespace symscan
