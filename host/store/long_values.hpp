#pragma once
#include <cstdint>
#include <string_view>

#include "host/store/sqlite.hpp"

namespace symscan {

/// Values of any length in a ledger: the first piece (LedgerLimits::piece) is a column of their own row, the
/// others are rows of table piece(kind, replica, number from 1, bytes). `kind`: "parameters" or "checkpoint".
struct LongValue {
  const char* kind;
  int replica;
};

/// row_checksum(kind, replica, bytes) in a database.
std::int64_t checksum_of(const Database& database, const LongValue& value, std::string_view bytes);

std::string_view first_piece(std::string_view bytes);
/// Replaces the further pieces.
void write_further_pieces(Database& database, const LongValue& value, std::string_view bytes);

/// Throws Error ("damaged") unless the first piece, which has `first` bytes, and the further ones have
/// `bytes` together.
void check_length(Database& database, const LongValue& value, std::size_t first, std::int64_t bytes);
/// Copies the further pieces to `target`, which has room for `room` bytes. Throws Error ("damaged") unless
/// they fill it.
void read_further_pieces(Database& database, const LongValue& value, char* target, std::size_t room);

/// "the weights of replica 7"
std::string name_of(const LongValue& value);

}  // namespace symscan
