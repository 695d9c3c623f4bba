#pragma once
#include "host/findings/answer_records.hpp"
#include "host/findings/model_records.hpp"
#include "host/report/report_model.hpp"

/// How the members of report data are called in JSON. See report_model.hpp for what they mean.
namespace symscan {

template <>
struct JsonRecord<EpochCurve> {
  static constexpr const char* doc =
      "mean and range over the replicas of a group, per epoch; no range of one";
  static constexpr auto members =
      std::make_tuple(json_member("mean", &EpochCurve::mean), json_member("min", &EpochCurve::min),
                      json_member("max", &EpochCurve::max));
};

template <>
struct JsonRecord<TrainingCurves> {
  static constexpr const char* doc = "losses while training";
  static constexpr auto members = std::make_tuple(
      json_member("epoch", &TrainingCurves::epoch), json_member("loss", &TrainingCurves::loss),
      json_member("validation_loss", &TrainingCurves::validation_loss),
      json_member("reconstruction", &TrainingCurves::reconstruction),
      json_member("kl", &TrainingCurves::kl, "nats"));
};

template <>
struct JsonRecord<EncodedPlane> {
  static constexpr const char* doc = "mean activations over the plane of two columns, on and off the data";
  static constexpr auto members = std::make_tuple(
      json_member("columns", &EncodedPlane::columns, "two positions in the study's columns"),
      json_member("x", &EncodedPlane::x, "raw units of the first"),
      json_member("y", &EncodedPlane::y, "raw units of the second"),
      json_member("mean", &EncodedPlane::mean, "[latents, at most 4][y][x], most relevant latent first"));
};

template <>
struct JsonRecord<Representative> {
  static constexpr const char* doc = "the done replica of lowest loss";
  static constexpr auto members = std::make_tuple(
      json_member("replica", &Representative::replica), json_member("seed", &Representative::seed),
      json_member("order", &Representative::order, "latents by decreasing relevance"),
      json_member("activations", &Representative::activations,
                  "[sample rows][latents, at most 16], in that order"),
      json_member("phi_k", &Representative::phi_k, "[latents][columns], the first of each; null: constant"),
      json_member("plane", &Representative::plane, "null: not two varying columns"));
};

template <>
struct JsonRecord<RankedRelevance> {
  static constexpr const char* doc = "the measure by which latents are ordered, per latent";
  static constexpr auto members =
      std::make_tuple(json_member("mean", &RankedRelevance::mean), json_member("std", &RankedRelevance::std),
                      json_member("measure", &RankedRelevance::measure));
};

template <>
struct JsonRecord<SeedCounts> {
  static constexpr const char* doc = "counts, one per seed";
  static constexpr auto members =
      std::make_tuple(json_member("mean", &SeedCounts::mean), json_member("std", &SeedCounts::std),
                      json_member("values", &SeedCounts::values));
};

template <>
struct JsonRecord<StudyGroup> {
  static constexpr const char* doc = "replicas that differ only in the seed";
  static constexpr auto members = std::make_tuple(
      json_member("id", &StudyGroup::id), json_member("label", &StudyGroup::label),
      json_member("latent_dim", &StudyGroup::latent_dim), json_member("beta", &StudyGroup::beta),
      json_member("tau", &StudyGroup::tau), json_member("hidden", &StudyGroup::hidden),
      json_member("activation", &StudyGroup::activation),
      json_member("settings", &StudyGroup::settings, "what varies over the sweep"),
      json_member("trainings", &StudyGroup::trainings, "number of replicas"),
      json_member("done", &StudyGroup::done, "replicas that finished"),
      json_member("near_lowest", &StudyGroup::near_lowest, "replicas within 2 % of the lowest loss"),
      json_member("replicas", &StudyGroup::replicas, "ids, the first 100 in a large run"),
      json_member("best", &StudyGroup::best, "ids of those within 2 % of the lowest loss, the first 100"),
      json_member("failed", &StudyGroup::failed, "number of replicas"),
      json_member("relevance", &StudyGroup::relevance),
      json_member("measures", &StudyGroup::measures, "all measures and ablation, in the same order"),
      json_member("share", &StudyGroup::share, "of the total relevance, per latent"),
      json_member("theory_kl", &StudyGroup::theory_kl, "nats, per latent"),
      json_member("active_latents", &StudyGroup::active_latents), json_member("loss", &StudyGroup::loss),
      json_member("reconstruction", &StudyGroup::reconstruction),
      json_member("kl", &StudyGroup::kl, "total, nats"), json_member("curves", &StudyGroup::curves),
      json_member("representative", &StudyGroup::representative));
};

template <>
struct JsonRecord<StudyOptimum> {
  static constexpr const char* doc = "trainings of one dataset, loss and beta that ended in the same place";
  static constexpr auto members = std::make_tuple(
      json_member("loss_kind", &StudyOptimum::loss_kind), json_member("beta", &StudyOptimum::beta),
      json_member("tau", &StudyOptimum::tau), json_member("loss", &StudyOptimum::loss, "the lowest"),
      json_member("relevances", &StudyOptimum::relevances, "nats, of the training with that loss"),
      json_member("relevant", &StudyOptimum::relevant, "latents with a tenth of the largest relevance"),
      json_member("effective", &StudyOptimum::effective, "number of latents, participation ratio"),
      json_member("trainings", &StudyOptimum::trainings, "that ended there"),
      json_member("of_trainings", &StudyOptimum::of_trainings),
      json_member("latent_dims", &StudyOptimum::latent_dims),
      json_member("group", &StudyOptimum::group, "id of the group of the lowest loss"));
};

template <>
struct JsonRecord<StudyAggregate> {
  static constexpr const char* doc =
      "groups with one value, or neighbouring ones, of a setting; means are over the groups' means";
  static constexpr auto members = std::make_tuple(
      json_member("setting", &StudyAggregate::setting, "its path"),
      json_member("value", &StudyAggregate::value), json_member("groups", &StudyAggregate::groups),
      json_member("trainings", &StudyAggregate::trainings),
      json_member("failed", &StudyAggregate::failed, "number of replicas"),
      json_member("lowest_loss", &StudyAggregate::lowest_loss),
      json_member("active_latents", &StudyAggregate::active_latents),
      json_member("loss", &StudyAggregate::loss),
      json_member("reconstruction", &StudyAggregate::reconstruction),
      json_member("kl", &StudyAggregate::kl, "nats"));
};

template <>
struct JsonRecord<StudyTotals> {
  static constexpr const char* doc = "how many there are, where only some groups are shown";
  static constexpr auto members = std::make_tuple(json_member("groups", &StudyTotals::groups),
                                                  json_member("trainings", &StudyTotals::trainings),
                                                  json_member("failed", &StudyTotals::failed));
};

template <>
struct JsonRecord<Study> {
  static constexpr const char* doc = "one dataset";
  static constexpr auto members = std::make_tuple(
      json_member("dataset", &Study::dataset, "its label"),
      json_member("first_group", &Study::first_group, "id of the group that is shown first"),
      json_member("description", &Study::description), json_member("shape", &Study::shape),
      json_member("replicas", &Study::replicas, "without those that seeds auto skipped"),
      json_member("done", &Study::done), json_member("failed", &Study::failed),
      json_member("rows", &Study::rows), json_member("columns", &Study::columns),
      json_member("constant_columns", &Study::constant_columns), json_member("notes", &Study::notes),
      json_member("preprocess", &Study::preprocess),
      json_member("eigenvalues", &Study::eigenvalues, "of the covariance of the prepared data"),
      json_member("kept_rows", &Study::kept_rows, "rows kept with the run; measures are of these"),
      json_member("sample", &Study::sample, "[rows][columns] raw units"),
      json_member("summary", &Study::summary, "sentences, the few that answer"),
      json_member("details", &Study::details, "sentences that can be folded"),
      json_member("optima", &Study::optima, "of each loss and beta, by ascending loss"),
      json_member("totals", &Study::totals, "null: all groups are shown"),
      json_member("aggregates", &Study::aggregates, "of a large run, by setting and value"),
      json_member("groups", &Study::groups),
      json_member("analysis", &Study::analysis, "as in analysis.json; null: not analysed"),
      json_member("answer", &Study::answer, "the analysis in short; null: not analysed"),
      json_member("known", &Study::known, "of a built-in dataset, beside what was found"));
};

template <>
struct JsonRecord<Failure> {
  static constexpr const char* doc = "a replica that failed";
  static constexpr auto members =
      std::make_tuple(json_member("replica", &Failure::replica), json_member("message", &Failure::message));
};

template <>
struct JsonRecord<MeasureDescription> {
  static constexpr const char* doc = "a measure of latents";
  static constexpr auto members =
      std::make_tuple(json_member("measure", &MeasureDescription::measure, "as in configs, or ablation"),
                      json_member("name", &MeasureDescription::name),
                      json_member("title", &MeasureDescription::title, "its formula"),
                      json_member("unit", &MeasureDescription::unit));
};

template <>
struct JsonRecord<Report> {
  static constexpr const char* doc = "the data of report.html";
  static constexpr auto members = std::make_tuple(
      json_member("name", &Report::name), json_member("symscan_version", &Report::symscan_version),
      json_member("created", &Report::created), json_member("backend", &Report::backend),
      json_member("measures", &Report::measures),
      json_member("measure", &Report::measure, "by which latents are ordered"),
      json_member("threshold", &Report::threshold, "nats of KL above which a latent is active"),
      json_member("settings", &Report::settings, "the resolved config"),
      json_member("defaults", &Report::defaults, "paths of settings that are as by default"),
      json_member("datasets", &Report::datasets, "of the run"),
      json_member("replicas", &Report::replicas, "of the run"),
      json_member("failed", &Report::failed, "number of replicas"),
      json_member("done", &Report::done, "number of replicas"),
      json_member("skipped", &Report::skipped, "replicas that seeds auto did not need"),
      json_member("studies", &Report::studies, "of a large run the first 100 datasets"),
      json_member("breaking_curves", &Report::breaking_curves), json_member("failures", &Report::failures));
};

}  // namespace symscan
