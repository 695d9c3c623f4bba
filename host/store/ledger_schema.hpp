#pragma once
#include <filesystem>
#include <string>

#include "host/config/config.hpp"
#include "host/config/shard.hpp"
#include "host/store/sqlite.hpp"

namespace symscan {

/// What is in the place of a ledger.
enum class LedgerState {
  missing,
  empty,   ///< no byte or no table: what a kill during the creation of an older version leaves
  ledger,  ///< also one of an older version, or one that is damaged inside
  foreign  ///< another program's, no database, or no regular file
};

/// Reads only, and makes no file beside it.
LedgerState state_of_ledger(const std::filesystem::path& file);

/// Tables of the newest schema and the rows of meta and replica, in one transaction. `shard`: whose replicas
/// alone get a row; null: all do.
void create_ledger(Database& database, const SweepConfig& sweep, const std::string& backend,
                   const ShardReplicas* shard);

/// Reads the number of the run, so that row checksums of this connection hold it.
void take_run(Database& database);

/// Throws Error unless the tables are those of a ledger and nothing else acts in it: no views, triggers or
/// virtual tables, and in its own tables no indices, computed columns or conditions. From then on the
/// database knows the number of its run. False: of schema 1, which has no checksums and no pieces.
bool check_ledger(Database& database);

/// Makes a ledger of schema 1 one of schema 2, whose checksums hold no number of the run.
void upgrade_ledger(Database& database);

/// Columns of table replica that its checksum covers, up to `config` and all.
#define SYMSCAN_REPLICA_SETTINGS "id, \"group\", dataset, latent_dim, beta, tau, seed, config"
#define SYMSCAN_REPLICA_RESULTS                                                                       \
  "status, message, loss, reconstruction, kl, active_latents, relevances, history, parameter_bytes, " \
  "parameter_checksum"
#define SYMSCAN_REPLICA_CHECKSUM "row_checksum(" SYMSCAN_REPLICA_SETTINGS ", " SYMSCAN_REPLICA_RESULTS ")"

}  // namespace symscan
