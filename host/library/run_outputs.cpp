#include "host/library/run_outputs.hpp"

#include <charconv>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <ctime>

#include "host/base/file.hpp"
#include "host/report/report.hpp"
#include "host/report/report_data.hpp"
#include "host/store/replica_table.hpp"
#include "host/store/run_files.hpp"
#include "host/store/summary.hpp"

namespace symscan {
namespace {

/// SOURCE_DATE_EPOCH (https://reproducible-builds.org/specs/source-date-epoch/) in seconds since 1970, for
/// reports that are to be the same byte for byte; else the clock.
std::time_t report_time() {
  const char* given = std::getenv("SOURCE_DATE_EPOCH");
  if (given == nullptr) return std::time(nullptr);
  std::int64_t seconds = 0;
  const char* const end = given + std::strlen(given);
  constexpr std::int64_t year_9999 = 253402300799;
  const auto [after, error] = std::from_chars(given, end, seconds);
  const bool valid = error == std::errc() && after == end && seconds >= 0 && seconds <= year_9999;
  return valid ? static_cast<std::time_t>(seconds) : std::time(nullptr);
}

std::string report_date() {
  const std::time_t now = report_time();
  std::tm parts{};
  gmtime_r(&now, &parts);
  char text[40];
  std::strftime(text, sizeof text, "%Y-%m-%d %H:%M UTC", &parts);
  return text;
}

}  // namespace

void write_results(const std::filesystem::path& run, const RunResults& results,
                   const SampleMeasures& measures, Ledger& ledger) {
  write_models(run / "models.safetensors", results, ledger);
  write_metrics(run / "metrics.jsonl", results, ledger);
  if (is_large(results)) write_replica_table(run / replica_table_name, results);
  write_summary(run / "summary.json", results, measures);
}

Json report_of(const RunResults& results, const SampleMeasures& measures, Ledger& ledger,
               const Findings* findings) {
  return report_json(report_data(results, measures, ledger, report_date(), findings));
}

std::string report_page(const RunResults& results, const SampleMeasures& measures, Ledger& ledger,
                        const Findings* findings) {
  return render_report(report_of(results, measures, ledger, findings));
}

void write_report(const std::filesystem::path& run, const RunResults& results, const SampleMeasures& measures,
                  Ledger& ledger, const Findings* findings, const std::function<void()>& before_writing) {
  const std::string page = report_page(results, measures, ledger, findings);
  before_writing();
  write_file_atomically(run / "report.html", page);
}

FindingsOptions quick_findings(int threads) {
  FindingsOptions quick;
  quick.natural_candidates = quick.discrete = false;
  quick.test_points = 500;
  quick.most_seeds = 3;
  quick.threads = threads;
  quick.budget = 40;
  return quick;
}

}  // namespace symscan
