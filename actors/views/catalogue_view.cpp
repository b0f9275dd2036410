#include "actors/views/catalogue_view.hpp"

#include "actors/entity/stored.hpp"
#include "base/json.hpp"

namespace mf::views {
namespace {

std::string list_of(const nlohmann::ordered_json& view, const char* name) {
  const auto found = view.find(name);
  return found != view.end() && found->is_array() ? to_text(*found) : "[]";
}

std::set<Id> ids_of(const nlohmann::ordered_json& view, const char* name) {
  std::set<Id> ids;
  if (const auto found = view.find(name); found != view.end() && found->is_array())
    for (const auto& item : *found) ids.insert(item.value("id", ""));
  return ids;
}

}  // namespace

std::shared_ptr<const views::CatalogueView> catalogue_view(
    std::uint64_t version, std::shared_ptr<const entity::Entity> catalogue) {
  const auto view = parse_ordered_json(catalogue->view(entity::Viewpoint::staff));
  auto out = std::make_shared<views::CatalogueView>();
  out->version = version;
  out->zones = list_of(view, "zones");
  out->order_types = list_of(view, "order_types");
  out->sla_policies = list_of(view, "sla_policies");
  out->reason_codes = list_of(view, "reason_codes");
  out->zone_ids = ids_of(view, "zones");
  out->entity = std::move(catalogue);
  return out;
}

std::expected<std::string, Rejection> CatalogueView::answer(const std::string& query,
                                                            const std::string& body) const {
  std::pair asked(query, body);
  {
    const std::scoped_lock lock(mutex_);
    if (const auto known = answers_.find(asked); known != answers_.end()) return known->second;
  }
  auto answer = entity->answer(query, body, Principal::system(), {});
  const std::scoped_lock lock(mutex_);
  if (answers_.size() < remembered_max) answers_.emplace(std::move(asked), answer);
  return answer;
}

std::shared_ptr<const views::CatalogueView> load_catalogue(const storage::Reader& reader,
                                                           const entity::Kinds& kinds,
                                                           std::uint16_t shard_count) {
  bool is_unreadable = false;
  auto stored = entity::load_if_readable(reader, kinds, shard_of(catalogue_ref, shard_count),
                                         catalogue_ref, is_unreadable);
  if (stored) return catalogue_view(stored->header.version, std::move(stored->entity));
  return catalogue_view(0, kinds.of(EntityKind::catalogue).empty(catalogue_ref.id));
}

std::shared_ptr<const views::CatalogueView> catalogue_after(const shard::CommittedBatch& batch,
                                                            std::uint64_t known_version) {
  std::shared_ptr<const views::CatalogueView> newest;
  for (const auto& change : batch.changes)
    if (change.entity == catalogue_ref && change.version > known_version)
      newest = catalogue_view(change.version, change.after);
  return newest;
}

}  // namespace mf::views
