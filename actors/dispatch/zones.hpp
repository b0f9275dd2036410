#pragma once
#include <map>
#include <string_view>

#include "actors/dispatch/dispatcher.hpp"

namespace mf::dispatch {

/// How each zone is dispatched, from the catalogue's list of zones (CatalogueView::zones).
[[nodiscard]] std::map<Id, Mode> modes_of(std::string_view zones);

}  // namespace mf::dispatch
