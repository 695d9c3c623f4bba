#include "host/store/replica_table.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <string>

#include "host/base/file.hpp"
#include "host/config/fields.hpp"

namespace symscan {
namespace {

/// One line after the other, in pieces.
class CsvLines {
 public:
  explicit CsvLines(const std::filesystem::path& temporary) : file_(temporary) {}

  void add(const std::string& value) {
    if (!first_) text_ += ',';
    first_ = false;
    if (value.find_first_of(",\"\r\n") == std::string::npos) {
      text_ += value;
      return;
    }
    text_ += '"';
    for (const char c : value) text_ += c == '"' ? std::string(2, c) : std::string(1, c);
    text_ += '"';
  }
  void add(double value) {
    char digits[32];
    add(std::isnan(value) ? ""
                          : std::string(digits, std::to_chars(digits, digits + sizeof digits, value).ptr));
  }
  void add_none(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) add(std::string());
  }
  void end_line() {
    constexpr std::size_t piece = std::size_t{1} << 20;
    text_ += "\r\n";
    first_ = true;
    if (text_.size() > piece) give();
  }
  void close() {
    give();
    file_.close();
  }

 private:
  void give() {
    file_.write(text_);
    text_.clear();
  }

  FileWriter file_;
  std::string text_;
  bool first_ = true;
};

/// What the lines of a table have in common.
struct TableShape {
  std::vector<std::string> settings;  ///< paths of those that vary, but latent_dim and beta
  std::size_t latents = 0;            ///< columns of relevances
};

TableShape shape_of(const RunResults& results) {
  TableShape shape;
  for (const std::string& path : results.varying)
    if (path != "model.latent_dim" && path != "loss.beta") shape.settings.push_back(path);
  for (const ReplicaConfig& config : results.sweep.replicas)
    shape.latents = std::max(shape.latents, static_cast<std::size_t>(config.model.latent_dim));
  return shape;
}

void add_heading(CsvLines& lines, const TableShape& shape) {
  for (const char* name : {"id", "group", "dataset", "latent_dim", "beta"}) lines.add(std::string(name));
  for (const std::string& path : shape.settings) lines.add(path);
  for (const char* name :
       {"seed", "status", "epochs", "converged", "loss", "reconstruction", "kl", "active_latents"})
    lines.add(std::string(name));
  for (std::size_t j = 1; j <= shape.latents; ++j) lines.add("relevance_" + std::to_string(j));
  lines.add(std::string("message"));
  lines.end_line();
}

/// Texts of the varying settings; lists and objects as JSON, null is empty.
std::vector<std::string> setting_texts(const ReplicaConfig& config, const std::vector<std::string>& paths) {
  std::vector<std::string> texts;
  if (paths.empty()) return texts;
  const Json resolved = config.points->config(config.point);
  for (const std::string& path : paths) {
    const Json value = value_at(resolved, path);
    texts.push_back(value.is_null() ? "" : value.is_string() ? value.get<std::string>() : value.dump());
  }
  return texts;
}

void add_results(CsvLines& lines, const ReplicaConfig& config, const ReplicaRecord& record,
                 std::size_t latents) {
  if (record.status != ReplicaRecord::Status::done) {
    constexpr std::size_t columns_of_results = 6;
    return lines.add_none(columns_of_results + latents);
  }
  const ReplicaResult& result = record.result;
  const RelevanceMeasure measure = config.relevance.measure;
  lines.add(std::to_string(record.epochs));
  lines.add(std::string(result.convergence.converged ? "true" : "false"));
  for (const double value : {result.loss, result.reconstruction, result.kl}) lines.add(value);
  lines.add(std::to_string(active_latents(result.latent_kl(), config.relevance.threshold)));
  const auto relevances = reordered(result.measures[measure], relevance_order(result, measure));
  for (const double value : relevances) lines.add(value);
  lines.add_none(latents - relevances.size());
}

}  // namespace

void write_replica_table(const std::filesystem::path& path, const RunResults& results) {
  const TableShape shape = shape_of(results);
  write_file_atomically(path, [&](const std::filesystem::path& temporary) {
    CsvLines lines(temporary);
    add_heading(lines, shape);
    std::vector<std::string> settings;
    int group = -1;
    for (const ReplicaConfig& config : results.sweep.replicas) {
      if (config.group != group) settings = setting_texts(config, shape.settings);
      group = config.group;
      const ReplicaRecord& record = results.replicas[static_cast<std::size_t>(config.id)];
      lines.add(std::to_string(config.id));
      lines.add(std::to_string(config.group));
      lines.add(results.label_of(config));
      lines.add(std::to_string(config.model.latent_dim));
      lines.add(config.loss.beta);
      for (const std::string& text : settings) lines.add(text);
      lines.add(std::to_string(config.seed));
      lines.add(std::string(name_of_status(record.status)));
      add_results(lines, config, record, shape.latents);
      lines.add(record.result.message);
      lines.end_line();
    }
    lines.close();
  });
}

}  // namespace symscan
