#pragma once
#include <string>

#include "host/store/ledger_records.hpp"
#include "tests/host/store/ledger_fixture.hpp"

/// Ledgers as version 0.2.0 made them: schema 1.
namespace symscan::test {

inline std::string old_tables() {
  return R"(
CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE dataset(id INTEGER PRIMARY KEY, label TEXT, settings TEXT, preprocess TEXT, fingerprint TEXT,
  rows INTEGER, details TEXT, sample BLOB);
CREATE TABLE replica(id INTEGER PRIMARY KEY, "group" INTEGER, dataset TEXT, latent_dim INTEGER, beta REAL, tau REAL,
  seed INTEGER, config TEXT, status TEXT NOT NULL DEFAULT 'pending', message TEXT, loss REAL, reconstruction REAL,
  kl REAL, active_latents INTEGER, relevances TEXT, history TEXT, parameters BLOB);
CREATE TABLE checkpoint(replica INTEGER PRIMARY KEY, state BLOB NOT NULL);
INSERT INTO meta VALUES('schema', '1'), ('symscan', '0.2.0'), ('backend', 'cpu'), ('name', 'old');)";
}

inline std::string quoted(const std::string& text) {
  return "'" + text + "'";
}

inline std::string hexadecimal(std::string_view bytes) {
  std::string text = "x'";
  for (const char byte : bytes) {
    char digits[3];
    std::snprintf(digits, sizeof digits, "%02x", static_cast<unsigned char>(byte));
    text += digits;
  }
  return text + "'";
}

/// Replica 0 is done, 2 has failed, 3 has the checkpoint "state".
inline void make_old_ledger(const std::string& file) {
  Stranger writer(file);
  writer.run("PRAGMA journal_mode=WAL;" + old_tables());
  writer.run("INSERT INTO meta VALUES('config', " + quoted(stored_sweep().resolved.dump()) + ")");
  const DatasetRecord record = stored_dataset();
  writer.run("INSERT INTO dataset VALUES(0, 'circle', " + quoted(record.settings.dump()) +
             ", 'standardize', '0123', 100, " + quoted(details_json(record).dump()) + ", " +
             hexadecimal(bytes_of(record.sample)) + ")");
  for (const ReplicaConfig& config : stored_sweep().replicas)
    writer.run("INSERT INTO replica(id, \"group\", dataset, latent_dim, beta, seed, config) VALUES(" +
               std::to_string(config.id) + ", " + std::to_string(config.group) + ", 'circle', " +
               std::to_string(config.model.latent_dim) + ", 0.1, " + std::to_string(config.seed) + ", '{}')");
  const ReplicaResult result = stored_result(stored_sweep().replicas[0]);
  writer.run(
      "UPDATE replica SET status = 'done', message = '', loss = 1.25, reconstruction = 1.0, kl = 0.25, "
      "active_latents = 1, relevances = " +
      quoted(relevances_json(result).dump()) + ", history = " + quoted(history_json(result.history).dump()) +
      ", parameters = " + hexadecimal(bytes_of(result.parameters)) + " WHERE id = 0");
  writer.run("UPDATE replica SET status = 'failed', message = 'no', history = '[]' WHERE id = 2");
  writer.run("INSERT INTO checkpoint VALUES(3, x'7374617465')");
}

}  // namespace symscan::test
