
#include "base/json.hpp"
#include "storage/directory_lock.hpp"
#include "storage/rocks/database.hpp"
#include "storage/rocks/rocks_status.hpp"
#include "storage/rocks/tools/journal_tools.hpp"

namespace mf::storage {
namespace {

using Json = nlohmann::ordered_json;

/// A stored body is JSON; should one not be, it is shown as the text it is. A secret that an older
/// program stored in clear is not for whoever reads a dump.
Json body_of(const StoredEvent& event) {
  auto parsed = parse_ordered_json(event.json);
  if (parsed.is_discarded()) return Json(event.json);
  if (parsed.is_object())
    if (const auto secret = parsed.find("secret"); secret != parsed.end() && secret->is_string())
      *secret = "(hidden)";
  return parsed;
}

std::string text_of(const Json& json) { return to_text(json); }

void add_texts(Json& out, const Entry& entry) {
  const std::pair<const char*, const std::string*> texts[] = {
      {"status", &entry.status},
      {"verb", &entry.verb},
      {"principal", &entry.principal},
      {"role", &entry.role},
      {"on_behalf_of", &entry.on_behalf_of},
      {"justification", &entry.justification},
      {"cause", &entry.cause},
      {"trace", &entry.trace}};
  for (const auto& [name, text] : texts)
    if (!text->empty()) out[name] = *text;
  out["occurred_at"] = format_rfc3339(entry.occurred_at);
  if (entry.device_time) out["device_time"] = format_rfc3339(*entry.device_time);
  if (entry.decided_at) out["decided_at"] = format_rfc3339(*entry.decided_at);
}

std::string entity_of(const Entry& entry) {
  return std::string(to_string(entry.entity.kind)) + "/" + entry.entity.id;
}

Json entry_json(const Entry& entry) {
  Json out = {{"command", to_hex(entry.command.view())},
              {"entity", entity_of(entry)},
              {"version", entry.version}};
  add_texts(out, entry);
  auto& events = out["events"] = Json::array();
  for (const auto& event : entry.events)
    events.push_back({{"type", event.type}, {"schema", event.schema}, {"data", body_of(event)}});
  return out;
}

/// Calls `each(line)` for the events of one batch.
bool event_lines(const Batch& batch, const DumpFilter& filter,
                 const std::function<bool(std::string_view)>& sink) {
  std::size_t index = 0;
  for (const auto& entry : batch.entries) {
    auto version = entry.version - entry.events.size();
    for (const auto& event : entry.events) {
      ++version;
      const auto at = index++;
      if (!filter.entity.empty() && filter.entity != entry.entity.id) continue;
      Json out = {{"id", event_id(batch.shard, batch.seq, at)},
                  {"type", event.type},
                  {"schema", event.schema},
                  {"entity", entity_of(entry)},
                  {"version", version},
                  {"recorded_at", format_rfc3339(batch.time)}};
      add_texts(out, entry);
      out["data"] = body_of(event);
      if (!sink(text_of(out))) return false;
    }
  }
  return true;
}

bool concerns(const Batch& batch, const DumpFilter& filter) {
  if (filter.entity.empty()) return true;
  for (const auto& entry : batch.entries)
    if (entry.entity.id == filter.entity) return true;
  return false;
}

Status dump_shard(const Database& database, ShardId shard, const DumpFilter& filter, DumpForm form,
                  const std::function<bool(std::string_view)>& sink, bool& goes_on) {
  const auto end = keys::end_of(keys::shard_prefix(shard));
  const auto end_slice = slice(end);
  const auto it = database.iterate(Family::journal, end_slice, /*read_ahead=*/true);
  it->Seek(keys::journal(shard, filter.from));
  for (; goes_on && it->Valid(); it->Next()) {
    const auto seq = keys::parse_journal_seq(view(it->key())).value_or(0);
    if (seq > filter.to) break;
    const auto parts = split_journal(view(it->value()));
    auto batch = parts ? decode_batch(parts->frame) : std::unexpected(parts.error());
    if (!batch)
      return std::unexpected(
          std::move(batch.error())
              .in("shard " + std::to_string(shard) + ", batch " + std::to_string(seq)));
    if (!concerns(*batch, filter)) continue;
    goes_on = form == DumpForm::batches ? sink(to_json(*batch, chain_hash_of_frame(parts->frame)))
                                        : event_lines(*batch, filter, sink);
  }
  return to_result(it->status(), "reading the journal");
}

}  // namespace

std::string to_json(const Batch& batch, const Hash256& chain) {
  Json out = {{"shard", batch.shard},
              {"seq", batch.seq},
              {"epoch", batch.epoch},
              {"era", batch.era},
              {"time", format_rfc3339(batch.time)},
              {"previous", to_hex(batch.previous.view())},
              {"chain", to_hex(chain.view())},
              {"reactions_done_to", batch.cursor.low}};
  for (const auto& mark : batch.cursor.done)
    out["reactions_done"].push_back({mark.seq, mark.event, mark.reaction});
  auto& entries = out["entries"] = Json::array();
  for (const auto& entry : batch.entries) entries.push_back(entry_json(entry));
  return text_of(out);
}

Status dump_journal(const std::filesystem::path& data_dir, const DumpFilter& filter, DumpForm form,
                    const std::function<bool(std::string_view)>& sink) {
  const auto lock = DirectoryLock::take(data_dir, /*create=*/false);
  if (!lock) return std::unexpected(lock.error());
  if (!has_database(data_dir))
    return fail(ErrorCode::not_found, "there is no data in " + data_dir.string());
  const auto database = Database::open({.data_dir = data_dir, .access = Access::read_only});
  if (!database) return std::unexpected(database.error());
  const auto node = (*database)->node();
  if (!node) return std::unexpected(node.error());
  const ShardId count = *node ? (*node)->shard_count : 0;
  if (filter.shard && *filter.shard >= count)
    return fail(ErrorCode::invalid_argument, "there is no shard " + std::to_string(*filter.shard));
  bool goes_on = true;
  for (ShardId shard = 0; goes_on && shard < count; ++shard) {
    if (filter.shard && *filter.shard != shard) continue;
    if (auto ok = dump_shard(**database, shard, filter, form, sink, goes_on); !ok) return ok;
  }
  return {};
}

}  // namespace mf::storage
