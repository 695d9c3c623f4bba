#include "host/library/run_outputs.hpp"

#include <ctime>

#include "host/base/error.hpp"
#include "host/base/file.hpp"
#include "host/report/report.hpp"
#include "host/report/report_data.hpp"
#include "host/store/run_files.hpp"

namespace symscan {
namespace {

std::string utc_now() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  gmtime_r(&now, &parts);
  char text[40];
  std::strftime(text, sizeof text, "%Y-%m-%d %H:%M UTC", &parts);
  return text;
}

}  // namespace

void write_results(const std::filesystem::path& run, const RunResults& results, Ledger& ledger) {
  write_models(run / "models.safetensors", results, ledger);
  write_metrics(run / "metrics.jsonl", results);
  write_file_atomically(run / "summary.json", summary_json(results).dump(1) + "\n");
}

void write_report(const std::filesystem::path& run, const RunResults& results, Ledger& ledger) {
  Json analysis;
  std::error_code error;
  if (std::filesystem::exists(analysis_file(run), error)) {
    analysis = Json::parse(read_text_file(analysis_file(run)), nullptr, false);
    if (!analysis.is_object() || !analysis.contains("datasets"))
      throw Error("'" + analysis_file(run).string() + "' is damaged; symscan analyze writes it again");
  }
  write_file_atomically(run / "report.html",
                        render_report(report_data(results, ledger, utc_now(), analysis)));
}

std::filesystem::path analysis_file(const std::filesystem::path& run) {
  return run / "analysis.json";
}

void write_analysis(const std::filesystem::path& run, const Json& analysis) {
  write_file_atomically(analysis_file(run),
                        analysis.dump(1, ' ', false, Json::error_handler_t::replace) + "\n");
}

FindingsOptions quick_findings(int threads) {
  FindingsOptions quick;
  quick.natural_candidates = false;
  quick.test_points = 500;
  quick.most_seeds = 3;
  quick.threads = threads;
  return quick;
}

}  // namespace symscan
