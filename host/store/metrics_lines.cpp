#include "host/store/metrics_lines.hpp"

#include "host/store/measures_json.hpp"

namespace symscan {

std::string metrics_lines(int replica, const EpochRecords& records) {
  std::string lines;
  for_each_epoch(records, [&](std::size_t epoch, const EpochMetrics& m, const TrackedRelevance* tracked) {
    Json line = {{"replica", replica}, {"epoch", epoch},
                 {"loss", m.loss},     {"reconstruction", m.reconstruction},
                 {"kl", m.kl},         {"validation_loss", m.validation_loss}};
    if (tracked != nullptr) line["relevance"] = measures_json(tracked->measures);
    lines += line.dump() + "\n";
  });
  return lines;
}

}  // namespace symscan
