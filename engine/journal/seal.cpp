#include "engine/journal/seal.hpp"

namespace saga::journal {
namespace {

constexpr std::uint64_t kVersion = 1;

void put_number(std::string& out, std::uint64_t number, int bytes) {
  for (int at = 0; at < bytes; ++at) out += static_cast<char>(number >> (8 * at) & 0xFF);
}

void put_text(std::string& out, std::string_view text) {
  put_number(out, text.size(), 8);
  out += text;
}

}  // namespace

void write_row_bytes(const ports::HistoryRow& row, std::uint64_t epoch, std::string& out) {
  out.clear();
  put_number(out, kVersion, 1);
  put_text(out, kNamespace);
  put_text(out, row.machine_id);
  put_number(out, row.first_seq, 8);
  put_number(out, row.last_seq, 8);
  put_number(out, static_cast<std::uint64_t>(row.at.time_since_epoch().count()), 8);
  put_number(out, row.seed, 8);
  put_number(out, epoch, 8);
  put_text(out, row.input);
  put_text(out, row.events);
}

}  // namespace saga::journal
