#include "host/store/measures_json.hpp"

#include "host/config/names.hpp"

namespace symscan {

Json measures_json(const LatentMeasures& measures) {
  Json object = Json::object();
  for (const auto& [measure, name] : names_of<RelevanceMeasure>())
    if (!measures[measure].empty()) object[name] = measures[measure];
  return object;
}

Json convergence_json(const Convergence& convergence) {
  return {{"converged", convergence.converged},
          {"ending", to_string(convergence.ending)},
          {"relevance_change", convergence.relevance_change},
          {"loss_change", convergence.loss_change}};
}

LatentMeasures measures_from(const Json& object, bool of_decoder) {
  LatentMeasures measures;
  for (const MeasureTraits& traits : relevance_measures) {
    if (traits.of_encoder || of_decoder)
      measures[traits.measure] = object.at(to_string(traits.measure)).get<std::vector<double>>();
  }
  return measures;
}

}  // namespace symscan
