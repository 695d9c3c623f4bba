#pragma once
#include "host/base/json_record.hpp"
#include "host/report/comparison.hpp"

/// How the members of a comparison are called in JSON. See comparison.hpp for what they mean.
namespace symscan {

/// Version of the line that symscan compare --json prints, its member "schema".
inline constexpr int comparison_schema_version = 1;

template <>
struct JsonNames<Agreement> {
  static constexpr std::pair<Agreement, const char*> names[] = {{Agreement::different, "different"},
                                                                {Agreement::not_comparable, "not comparable"},
                                                                {Agreement::same, "same"}};
};

template <>
struct JsonRecord<ComparedFact> {
  static constexpr const char* doc = "one line of the comparison";
  static constexpr auto members = std::make_tuple(
      json_member("name", &ComparedFact::name), json_member("a", &ComparedFact::a, "in words"),
      json_member("b", &ComparedFact::b, "in words"), json_member("agreement", &ComparedFact::agreement),
      json_member("note", &ComparedFact::note, "what it rests on, or why it is open; may be empty"));
};

template <>
struct JsonRecord<SharedTexts> {
  static constexpr const char* doc = "what both runs say, and what one of them says alone";
  static constexpr auto members = std::make_tuple(json_member("common", &SharedTexts::common, "as in A"),
                                                  json_member("only_a", &SharedTexts::only_a),
                                                  json_member("only_b", &SharedTexts::only_b));
};

template <>
struct JsonRecord<ComparedOptimum> {
  static constexpr const char* doc = "the class of lowest loss of one loss and beta";
  static constexpr auto members = std::make_tuple(
      json_member("tau", &ComparedOptimum::tau), json_member("loss", &ComparedOptimum::loss),
      json_member("relevances", &ComparedOptimum::relevances, "nats, descending"),
      json_member("relevant_latents", &ComparedOptimum::relevant, "with a tenth of the largest relevance"),
      json_member("effective_latents", &ComparedOptimum::effective, "participation ratio"),
      json_member("latent_dims", &ComparedOptimum::latent_dims),
      json_member("met", &ComparedOptimum::met, "trainings that ended there"),
      json_member("trainings", &ComparedOptimum::trainings, "of this loss and beta"),
      json_member("converged", &ComparedOptimum::converged, "the training with the lowest loss"),
      json_member("limited", &ComparedOptimum::limited, "no model had more latents than it uses"));
};

template <>
struct JsonRecord<ComparedProblem> {
  static constexpr const char* doc = "trainings of both runs with the same loss and beta";
  static constexpr auto members = std::make_tuple(
      json_member("loss_kind", &ComparedProblem::loss_kind), json_member("beta", &ComparedProblem::beta),
      json_member("a", &ComparedProblem::a), json_member("b", &ComparedProblem::b),
      json_member("largest_difference", &ComparedProblem::largest_difference,
                  "nats, between sorted relevances"),
      json_member("facts", &ComparedProblem::facts));
};

template <>
struct JsonRecord<DatasetPair> {
  static constexpr const char* doc = "a dataset of one run beside one of the other";
  static constexpr auto members =
      std::make_tuple(json_member("a", &DatasetPair::a, "label"), json_member("b", &DatasetPair::b, "label"),
                      json_member("same_data", &DatasetPair::same_data, "by their fingerprints"),
                      json_member("columns", &DatasetPair::columns),
                      json_member("exact_constraints", &DatasetPair::exact_constraints),
                      json_member("approximate_constraints", &DatasetPair::approximate_constraints),
                      json_member("laws", &DatasetPair::laws),
                      json_member("approximate_laws", &DatasetPair::approximate_laws),
                      json_member("facts", &DatasetPair::facts, "of the data"),
                      json_member("problems", &DatasetPair::problems),
                      json_member("problems_only_a", &DatasetPair::problems_only_a),
                      json_member("problems_only_b", &DatasetPair::problems_only_b),
                      json_member("headline", &DatasetPair::headline, "one or two sentences"),
                      json_member("sentences", &DatasetPair::sentences, "differences first"),
                      json_member("a_says", &DatasetPair::a_says, "sentences of the analysis"),
                      json_member("b_says", &DatasetPair::b_says, "sentences of the analysis"));
};

template <>
struct JsonRecord<Comparison> {
  static constexpr const char* doc = "two runs side by side";
  static constexpr auto members = std::make_tuple(
      json_member("a", &Comparison::a, "the first run"), json_member("b", &Comparison::b, "the second run"),
      json_member("same_run", &Comparison::same_run, "the same config, data and results"),
      json_member("headline", &Comparison::headline, "one or two sentences"),
      json_member("notes", &Comparison::notes, "on runs that are not finished"),
      json_member("pairs", &Comparison::pairs),
      json_member("only_a", &Comparison::only_a, "datasets without a partner"),
      json_member("only_b", &Comparison::only_b, "datasets without a partner"));
};

}  // namespace symscan
