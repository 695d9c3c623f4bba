#include "host/base/error.hpp"
#include "host/data/builtin/facts.hpp"
#include "host/data/dataset.hpp"
#include "host/data/parameters.hpp"

namespace symscan {
namespace {

[[noreturn]] void refuse(const char* setting, double value, const std::string& reason) {
  throw DataError(std::string("dataset.") + setting + " is " + short_number(value) + " GeV, but " + reason);
}

PpLl read_parameters(const Json& settings) {
  const PpLl process{settings.at("sqrt_s").get<double>(), settings.at("mass_min").get<double>(),
                     settings.at("mass_max").get<double>(), settings.at("muon_mass").get<double>(),
                     settings.at("recoil").get<double>()};
  if (!(process.mass_min < process.mass_max)) {
    refuse("mass_min", process.mass_min,
           "it must be below mass_max = " + short_number(process.mass_max) + " GeV");
  }
  if (!(process.mass_max <= process.sqrt_s)) {
    refuse("mass_max", process.mass_max,
           "the protons have only sqrt_s = " + short_number(process.sqrt_s) + " GeV");
  }
  if (!(4.0 * process.mass_min <= process.sqrt_s)) {
    refuse("mass_min", process.mass_min,
           "it can be at most a quarter of sqrt_s = " + short_number(process.sqrt_s) +
               " GeV, above which next to nothing is produced");
  }
  if (!(2.0 * process.muon_mass < process.mass_min)) {
    refuse("mass_min", process.mass_min,
           "it must be above 2 * muon_mass = " + short_number(2.0 * process.muon_mass) + " GeV");
  }
  return process;
}

DatasetFacts pp_ll_facts(const Json& settings) {
  const PpLl process = read_parameters(settings);
  const bool recoils = process.recoil > 0.0;
  DatasetFacts facts;
  facts.columns = muon_pair_columns();
  // Without recoil px, py and both pz are free (the window in mass is a region of them), with recoil all six.
  facts.intrinsic_dimension = facts.embedding_dimension = recoils ? 6 : 4;
  facts.shape =
      recoils ? "the phase space of two muons" : "the phase space of two muons back to back across the beam";
  facts.density_symmetry = "so(2)";
  if (!recoils) facts.constraints = {muons_balance("px"), muons_balance("py")};
  for (const std::string& shell : muon_mass_shells(process.muon_mass)) facts.constraints.push_back(shell);
  return facts;
}

const RegisterDataset pp_ll{{
    .kind = "pp_ll",
    .description =
        "p p -> gamma*/Z -> mu+ mu- at leading order, four-momenta in GeV of mu-, then mu+; parton densities "
        "of hep-ph/0204316 at 2 GeV^2, not evolved: shapes of distributions, not precise predictions",
    .parameters =
        {positive_parameter("sqrt_s", 13000.0, "Centre-of-mass energy of the protons in GeV"),
         positive_parameter("mass_min", 60.0,
                            "Smallest mass of the muon pair in GeV, at most a quarter of sqrt_s"),
         positive_parameter("mass_max", 120.0, "Largest mass of the muon pair in GeV"),
         number_parameter(
             "muon_mass", 0.1056583755,
             "Muon mass in GeV (default: Particle Data Group 2022); neglected in the matrix element", 0),
         number_parameter("recoil", 0.0,
                          "Transverse recoil in GeV: standard deviation of px and of py of the pair, which "
                          "get independent normal values by a boost",
                          0)},
    .facts = pp_ll_facts,
    .row_sampler = read_parameters,
}};

}  // namespace
}  // namespace symscan
