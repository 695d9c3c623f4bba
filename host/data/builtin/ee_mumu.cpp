#include "host/base/error.hpp"
#include "host/data/builtin/facts.hpp"
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

std::vector<std::string> fixed_energies(const EeMumu& process) {
  const std::string beam = short_number(0.5 * process.sqrt_s) + " GeV";
  return {"E(mu-) = " + beam, "E(mu+) = " + beam};
}

DatasetFacts ee_mumu_facts(const Json& settings) {
  const EeMumu process = read_parameters(settings);
  DatasetFacts facts;
  facts.columns = muon_pair_columns();
  for (const char* feature : {"px", "py", "pz"}) facts.constraints.push_back(muons_balance(feature));
  facts.symmetry = "so(3)";
  facts.density_symmetry = "so(2)";
  if (process.beam_energy_spread > 0.0) {
    facts.intrinsic_dimension = facts.embedding_dimension = 3;
    facts.shape = "a spherical shell (direction and energy of the muon)";
    facts.constraints.push_back("E(mu-) - E(mu+) = 0");
    facts.constraints.push_back(muon_mass_shells(process.muon_mass)[0]);
  } else if (process.sqrt_s == 2.0 * process.muon_mass) {
    facts.intrinsic_dimension = facts.embedding_dimension = 0;
    facts.shape = "a point (muons at rest)";
    facts.symmetry = facts.density_symmetry = "none";
    facts.constraints = fixed_energies(process);
    for (const std::string& column : muon_pair_columns()) {
      if (column[0] == 'p') facts.constraints.push_back(column + " = 0");
    }
  } else {
    facts.intrinsic_dimension = 2;
    facts.embedding_dimension = 3;
    facts.shape = "a sphere (directions of the muon)";
    const std::vector<std::string> energies = fixed_energies(process);
    facts.constraints.insert(facts.constraints.begin(), energies.begin(), energies.end());
    const double momentum_squared =
        0.25 * process.sqrt_s * process.sqrt_s - process.muon_mass * process.muon_mass;
    facts.constraints.push_back(sum_of_squares({"px(mu-)", "py(mu-)", "pz(mu-)"}) + " = " +
                                short_number(momentum_squared) + " GeV^2");
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
    .row_sampler = read_parameters,
}};

}  // namespace
}  // namespace symscan
