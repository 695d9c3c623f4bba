#include "host/data/builtin/facts.hpp"
#include "host/data/dataset.hpp"
#include "host/data/parameters.hpp"

namespace symscan {
namespace {

HarmonicOscillator read_parameters(const Json& settings) {
  return {settings.at("dimensions").get<int>(), settings.at("mass").get<double>(),
          settings.at("omega").get<double>(), settings.at("energy").get<double>(),
          settings.at("energy_spread").get<double>()};
}

DatasetFacts oscillator_facts(const Json& settings) {
  const HarmonicOscillator oscillator = read_parameters(settings);
  const int axes = oscillator.columns();
  DatasetFacts facts;
  std::vector<std::string> positions;
  for (int axis = 1; axis <= oscillator.dimensions; ++axis) positions.push_back("q" + std::to_string(axis));
  std::vector<std::string> momenta;
  for (int axis = 1; axis <= oscillator.dimensions; ++axis) momenta.push_back("p" + std::to_string(axis));
  facts.columns = positions;
  facts.columns.insert(facts.columns.end(), momenta.begin(), momenta.end());
  facts.embedding_dimension = axes;
  facts.density_symmetry = rotations(axes);
  if (oscillator.energy_spread > 0.0) {
    facts.intrinsic_dimension = axes;
    facts.shape = "a thick energy shell";
    facts.symmetry = "none";
  } else {
    facts.intrinsic_dimension = axes - 1;
    facts.shape = axes == 2 ? "a closed curve" : "a sphere (after scaling positions and momenta)";
    facts.symmetry = rotations(axes);
    const double spring = oscillator.mass * oscillator.omega * oscillator.omega;
    facts.constraints = {scaled(0.5 / oscillator.mass, "(" + sum_of_squares(momenta) + ")") + " + " +
                         scaled(0.5 * spring, "(" + sum_of_squares(positions) + ")") + " = " +
                         short_number(oscillator.energy)};
  }
  return facts;
}

const RegisterDataset harmonic_oscillator{{
    .kind = "harmonic_oscillator",
    .description =
        "Isotropic harmonic oscillator, positions q and momenta p on the energy shell p^2/(2m) + m w^2 q^2/2 "
        "= E with the microcanonical density; any consistent units",
    .parameters = {integer_parameter("dimensions", 1, "Dimensions d of space; the data have 2d features", 1,
                                     8),
                   positive_parameter("mass", 1.0, "Mass m"),
                   positive_parameter("omega", 1.0, "Angular frequency w"),
                   positive_parameter("energy", 1.0, "Energy E"),
                   number_parameter("energy_spread", 0.0,
                                    "Relative Gaussian spread of the energy (standard deviation; negative "
                                    "energies are drawn again)",
                                    0, 1)},
    .facts = oscillator_facts,
    .row_sampler = read_parameters,
}};

}  // namespace
}  // namespace symscan
