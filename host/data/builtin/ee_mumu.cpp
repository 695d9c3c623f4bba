#include "host/base/error.hpp"
#include "host/data/dataset.hpp"
#include "host/data/parameters.hpp"

namespace symscan {
namespace {

EeMumu read_parameters(const Json& settings) {
  const EeMumu process{settings.at("sqrt_s").get<double>(), settings.at("beam_energy_spread").get<double>(),
                       settings.at("muon_mass").get<double>()};
  if (!(process.sqrt_s >= 2.0 * process.muon_mass)) {
    throw DataError("dataset.sqrt_s is " + std::to_string(process.sqrt_s) +
                    " GeV, but a muon pair needs at least 2 * muon_mass = " +
                    std::to_string(2.0 * process.muon_mass) + " GeV");
  }
  return process;
}

DatasetFacts ee_mumu_facts(const Json& settings) {
  const EeMumu process = read_parameters(settings);
  DatasetFacts facts;
  for (const char* particle : {"mu-", "mu+"}) {
    for (const char* feature : {"E", "px", "py", "pz"}) {
      facts.columns.push_back(std::string(feature) + "(" + particle + ")");
    }
  }
  if (process.beam_energy_spread > 0.0) {
    facts.intrinsic_dimension = facts.embedding_dimension = 3;
    facts.shape = "a spherical shell (direction and energy of the muon)";
  } else if (process.sqrt_s == 2.0 * process.muon_mass) {
    facts.intrinsic_dimension = facts.embedding_dimension = 0;
    facts.shape = "a point (muons at rest)";
  } else {
    facts.intrinsic_dimension = 2;
    facts.embedding_dimension = 3;
    facts.shape = "a sphere (directions of the muon)";
  }
  return facts;
}

const RegisterDataset ee_mumu{{
    .kind = "ee_mumu",
    .description =
        "e+ e- -> mu+ mu- in QED at tree level, centre-of-mass frame: four-momenta in GeV of mu-, then "
        "mu+; 1 + cos^2 theta + (4 m^2/s) sin^2 theta",
    .parameters =
        {positive_parameter("sqrt_s", 10.0, "Centre-of-mass energy in GeV (at least twice the muon mass)"),
         number_parameter(
             "beam_energy_spread", 0.0,
             "Relative Gaussian spread of sqrt_s (standard deviation; the change of the total cross "
             "section over the spread is neglected)",
             0, 1),
         number_parameter("muon_mass", 0.1056583755, "Muon mass in GeV (default: Particle Data Group 2022)",
                          0)},
    .facts = ee_mumu_facts,
    .row_generator = read_parameters,
}};

}  // namespace
}  // namespace symscan
