#include "host/data/builtin/facts.hpp"
#include "host/data/dataset.hpp"
#include "host/data/parameters.hpp"

namespace symscan {
namespace {

Collision2d read_parameters(const Json& settings) {
  return {settings.at("mass1").get<double>(), settings.at("mass2").get<double>(),
          settings.at("energy").get<double>(), settings.at("energy_spread").get<double>(),
          settings.at("total_momentum_spread").get<double>()};
}

/// m2 p1 - m1 p2, squared: (M q)^2.
std::string relative_momentum_squared(const Collision2d& collision, const std::string& prime) {
  std::string text;
  for (const std::string axis : {"x", "y"}) {
    const std::string component = axis + prime;
    text += (text.empty() ? "(" : " + (") + scaled(collision.mass2, "p1" + component) + " - " +
            scaled(collision.mass1, "p2" + component) + ")^2";
  }
  return text;
}

std::vector<std::string> collision_constraints(const Collision2d& collision) {
  std::vector<std::string> all;
  const bool moving = collision.total_momentum_spread > 0.0;
  if (moving) {
    for (const std::string axis : {"x", "y"}) {
      all.push_back("p1" + axis + " + p2" + axis + " - p1" + axis + "' - p2" + axis + "' = 0");
    }
  } else {
    for (const std::string prime : {"", "'"}) {
      for (const std::string axis : {"x", "y"}) {
        all.push_back("p1" + (axis + prime) + " + p2" + (axis + prime) + " = 0");
      }
    }
  }
  if (collision.energy_spread > 0.0) {
    const std::string before = sum_of_squares({"p1x", "p1y"}), after = sum_of_squares({"p1x'", "p1y'"});
    all.push_back(moving ? relative_momentum_squared(collision, "") + " = " +
                               relative_momentum_squared(collision, "'")
                         : before + " = " + after);
    return all;
  }
  const double total = collision.mass1 + collision.mass2;
  const double q_squared = 2.0 * collision.mass1 * collision.mass2 / total * collision.energy;
  for (const std::string prime : {"", "'"}) {
    all.push_back(moving ? relative_momentum_squared(collision, prime) + " = " +
                               short_number(total * total * q_squared)
                         : sum_of_squares({"p1x" + prime, "p1y" + prime}) + " = " + short_number(q_squared));
  }
  return all;
}

DatasetFacts collision_facts(const Json& settings) {
  const Collision2d collision = read_parameters(settings);
  const bool moving = collision.total_momentum_spread > 0.0;
  DatasetFacts facts;
  for (const std::string prime : {"", "'"}) {
    for (const std::string body : {"p1", "p2"}) {
      for (const std::string axis : {"x", "y"}) facts.columns.push_back(body + (axis + prime));
    }
  }
  facts.intrinsic_dimension = 2 + (collision.energy_spread > 0.0 ? 1 : 0) + (moving ? 2 : 0);
  facts.embedding_dimension = 4 + (moving ? 2 : 0);
  facts.shape = collision.energy_spread > 0.0 ? "a thick torus" : "a torus";
  facts.shape += " (directions before and after";
  facts.shape += moving ? ") times the plane of the total momentum" : ")";
  facts.symmetry = plane_rotations(2);
  facts.density_symmetry = plane_rotations(moving ? 3 : 2);
  facts.constraints = collision_constraints(collision);
  return facts;
}

const RegisterDataset collision_2d{{
    .kind = "collision_2d",
    .description =
        "Elastic collision of two bodies in the plane, momenta before and after; the incoming direction and "
        "the scattering angle are uniform; any consistent units",
    .parameters =
        {positive_parameter("mass1", 1.0, "Mass of the first body"),
         positive_parameter("mass2", 2.0, "Mass of the second body"),
         positive_parameter("energy", 1.0, "Kinetic energy in the centre-of-mass frame"),
         number_parameter(
             "energy_spread", 0.0,
             "Relative Gaussian spread of the energy (standard deviation; negative energies are drawn again)",
             0, 1),
         number_parameter("total_momentum_spread", 0.0,
                          "Standard deviation of each component of the total momentum; 0 is the "
                          "centre-of-mass frame",
                          0)},
    .facts = collision_facts,
    .row_sampler = read_parameters,
}};

}  // namespace
}  // namespace symscan
