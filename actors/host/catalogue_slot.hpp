#pragma once
#include <memory>
#include <mutex>
#include <utility>

#include "actors/views/catalogue_view.hpp"

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
  /// Of the shard that owns the catalogue, before its replies go out: who hears that a zone was
  /// made may use it at once.
  void see(const shard::CommittedBatch& batch) {
    if (auto view = views::catalogue_after(batch, get()->version)) set(std::move(view));
  }

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const views::CatalogueView> view_ = std::make_shared<views::CatalogueView>();
};

}  // namespace mf::host
