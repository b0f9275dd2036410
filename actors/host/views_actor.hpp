#pragma once
#include <memory>
#include <mutex>

#include <caf/actor.hpp>
#include <caf/actor_system.hpp>

#include "actors/host/host.hpp"

namespace mf::host {

/// The newest catalogue, read from any thread.
class CatalogueSlot {
 public:
  [[nodiscard]] std::shared_ptr<const views::CatalogueView> get() const {
    const std::scoped_lock lock(mutex_);
    return view_;
  }
  void set(std::shared_ptr<const views::CatalogueView> view) {
    const std::scoped_lock lock(mutex_);
    view_ = std::move(view);
  }

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const views::CatalogueView> view_ = std::make_shared<views::CatalogueView>();
};

/// One actor that follows every batch of this node into the zone views and the catalogue, and
/// sends boards and their deltas to the gateways' sinks, at most ten times a second per zone.
[[nodiscard]] caf::actor spawn_views(caf::actor_system& system, Host& host, CatalogueSlot& slot);

}  // namespace mf::host
