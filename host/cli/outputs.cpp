#include "host/cli/outputs.hpp"

#include <algorithm>
#include <cstdio>
#include <filesystem>

#include "host/base/error.hpp"
#include "host/base/text.hpp"
#include "host/config/config.hpp"
#include "host/config/labels.hpp"
#include "host/findings/answers.hpp"
#include "host/report/sentences.hpp"
#include "host/store/replica_table.hpp"
#include "host/store/run_directory.hpp"

namespace symscan {
namespace {

constexpr std::size_t most_lines = 24, most_values = 8, most_failures = 5, most_datasets = 12,
                      label_width = 24;

void print_group(const RunResults& results, const Group& group, const std::string& label) {
  const ReplicaConfig& config = *group.config;
  if (group.done.empty()) {
    std::printf("  %-24s %6d %8.3g   no replica finished\n", label.c_str(), config.model.latent_dim,
                config.loss.beta);
    return;
  }
  std::string values;
  const auto sorted = sorted_measure(results, group, config.relevance.measure);
  for (std::size_t i = 0; i < std::min(sorted.size(), most_values); ++i) {
    char text[32];
    std::snprintf(text, sizeof text, " %6.3f", sorted[i].mean);
    values += text;
  }
  if (sorted.size() > most_values) values += " ...";
  // latent_dim and beta have columns of their own
  const std::string others = settings_text(config, {results.varying.begin() + 2, results.varying.end()});
  if (!others.empty()) values += "  (" + others + ")";
  std::printf("  %-24s %6d %8.3g %7.3g %6.2g %9.4g %s\n", label.c_str(), config.model.latent_dim,
              config.loss.beta, group.tau, group.active_latents.mean, group.reconstruction.mean,
              values.c_str());
}

/// " (kl, nats)"; empty if groups have several measures, which their lines then name.
std::string measure_of(const std::vector<Group>& groups) {
  const RelevanceMeasure measure = groups.front().config->relevance.measure;
  const auto differs = [&](const Group& group) { return group.config->relevance.measure != measure; };
  if (std::any_of(groups.begin(), groups.end(), differs)) return "";
  return " (" + to_string(measure) + (measure == RelevanceMeasure::kl ? ", nats" : "") + ")";
}

}  // namespace

void refuse_existing(const std::string& file, bool overwrite) {
  refuse_file_of_a_run(file);
  std::error_code error;  // a link counts, wherever it leads
  if (!overwrite && std::filesystem::exists(std::filesystem::symlink_status(file, error)))
    throw UsageError("'" + file + "' exists; add --overwrite to replace it");
}

void print_findings(const Findings& findings) {
  const std::size_t count = findings.datasets.size();
  for (std::size_t d = 0; d < std::min(count, most_datasets); ++d) {
    std::printf("\n%s\n", findings.datasets[d].dataset.c_str());
    for (const std::string& sentence : findings.datasets[d].sentences)
      std::printf("  %s\n", sentence.c_str());
  }
  if (count > most_datasets)
    std::printf("... and %s: see analysis.json\n", plural(count - most_datasets, "more dataset").c_str());
}

void print_in_short(const Findings& findings) {
  constexpr std::size_t most_answers = 6;
  const std::size_t count = findings.datasets.size();
  const std::size_t shown = count == most_answers + 1 ? count : std::min(count, most_answers);
  if (shown > 0) std::printf("\nIn short\n");
  for (std::size_t d = 0; d < shown; ++d) {
    std::printf("%s\n", findings.datasets[d].dataset.c_str());
    for (const std::string& sentence : answer_of(findings.datasets[d]).sentences)
      std::printf("  %s\n", sentence.c_str());
  }
  if (count > shown) std::printf("and %zu more: see the report\n", count - shown);
}

void print_results(const RunResults& results) {
  const auto groups = make_groups(results);
  std::printf("\n  %-24s %6s %8s %7s %6s %9s  relevance%s, most relevant first, mean over the best seeds\n",
              "dataset", "latent", "beta", "tau", "active", "reconstr.", measure_of(groups).c_str());
  const std::vector<std::string> labels = distinctly_shortened(results.index.labels, label_width);
  for (std::size_t g = 0; g < std::min(groups.size(), most_lines); ++g)
    print_group(results, groups[g], labels[static_cast<std::size_t>(groups[g].dataset)]);
  if (groups.size() > most_lines) {
    std::printf("  ... and %s: see summary.json or report.html\n",
                plural(groups.size() - most_lines, "more group").c_str());
  }
  std::printf("\n");
  const std::size_t datasets = results.datasets.size();
  const std::size_t shown = is_large(results) ? std::min(datasets, most_datasets) : datasets;
  for (std::size_t d = 0; d < shown; ++d) {
    auto sentences = summary_sentences(results, groups, static_cast<int>(d));
    sentences.push_back(constant_features_sentence(results.datasets[d]));
    std::printf("%s\n", results.index.labels[d].c_str());
    for (const std::string& sentence : sentences) {
      if (!sentence.empty()) std::printf("  %s\n", sentence.c_str());
    }
  }
  if (datasets > shown)
    std::printf("... and %s: see summary.json\n", plural(datasets - shown, "more dataset").c_str());
}

void print_failures(const RunResults& results, std::FILE* where) {
  std::size_t failed = 0;
  for (const ReplicaRecord& record : results.replicas) {
    if (record.status == ReplicaRecord::Status::failed && ++failed <= most_failures)
      std::fprintf(where, "failed: %s\n", record.result.message.c_str());
  }
  if (failed > most_failures)
    std::fprintf(where, "... and %zu more failed: see %s\n", failed - most_failures,
                 is_large(results) ? replica_table_name : "summary.json");
}

}  // namespace symscan
