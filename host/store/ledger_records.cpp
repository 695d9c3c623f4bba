#include "host/store/ledger_records.hpp"

#include <limits>

#include "host/base/text.hpp"
#include "host/store/measures_json.hpp"

namespace symscan {
namespace {

/// JSON has no NaN: null stands for it.
double number_or_nan(const Json& value) {
  return value.is_number() ? value.get<double>() : std::numeric_limits<double>::quiet_NaN();
}

/// Of a run that was made before convergence was looked at: not known, so not converged.
Convergence convergence_from(const Json& entry) {
  Convergence convergence;
  if (!entry.is_object()) return convergence;
  convergence.converged = entry.at("converged").get<bool>();
  convergence.ending = parse_ending(entry.at("ending").get<std::string>());
  convergence.relevance_change = number_or_nan(entry.at("relevance_change"));
  convergence.loss_change = number_or_nan(entry.at("loss_change"));
  return convergence;
}

Json tracked_json(const std::vector<TrackedRelevance>& tracked) {
  Json rows = Json::array();
  for (const TrackedRelevance& at : tracked) {
    Json row = {{"epoch", at.epoch}};
    row.update(measures_json(at.measures));
    rows.push_back(std::move(row));
  }
  return rows;
}

std::vector<TrackedRelevance> tracked_from(const Json& rows) {
  std::vector<TrackedRelevance> tracked;
  for (const Json& row : rows) {
    tracked.push_back({row.at("epoch").get<std::size_t>(), measures_from(row, false)});
  }
  return tracked;
}

}  // namespace

Json details_json(const DatasetRecord& record) {
  return {{"columns", record.columns},
          {"notes", record.notes},
          {"effective_rows", record.effective_rows},
          {"offset", record.offset},
          {"scale", record.scale},
          {"constant", record.constant},
          {"eigenvalues", record.eigenvalues},
          {"folder", record.folder}};
}

void details_from(const Json& details, DatasetRecord& record) {
  record.effective_rows = details.at("effective_rows").get<double>();
  record.folder = details.value("folder", "");
  record.columns = details.at("columns").get<std::vector<std::string>>();
  record.notes = details.at("notes").get<std::vector<std::string>>();
  for (std::string& note : record.notes) note = printable_line(note);
  record.offset = details.at("offset").get<std::vector<double>>();
  record.scale = details.at("scale").get<std::vector<double>>();
  record.constant = details.at("constant").get<std::vector<bool>>();
  record.eigenvalues = details.at("eigenvalues").get<std::vector<double>>();
}

Json history_json(const std::vector<EpochMetrics>& history) {
  Json rows = Json::array();
  for (const EpochMetrics& epoch : history) {
    rows.push_back({epoch.loss, epoch.reconstruction, epoch.kl, epoch.validation_loss});
  }
  return rows;
}

std::vector<EpochMetrics> history_from(const Json& rows) {
  std::vector<EpochMetrics> history;
  for (const Json& row : rows) {
    history.push_back({number_or_nan(row.at(0)), number_or_nan(row.at(1)), number_or_nan(row.at(2)),
                       number_or_nan(row.at(3))});
  }
  return history;
}

Json relevances_json(const ReplicaResult& result) {
  Json relevances = measures_json(result.measures);
  relevances["during_training"] = tracked_json(result.tracked);
  relevances["convergence"] = convergence_json(result.convergence);
  return relevances;
}

void relevances_from(const Json& relevances, ReplicaResult& result) {
  result.measures = measures_from(relevances, true);
  result.tracked = tracked_from(relevances.value("during_training", Json::array()));
  result.convergence = convergence_from(relevances.value("convergence", Json()));
}

}  // namespace symscan
