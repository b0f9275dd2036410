#pragma once
#include "actors/account/account_codec.hpp"
#include "actors/catalogue/catalogue_codec.hpp"
#include "actors/client/client_codec.hpp"
#include "actors/entity/kind.hpp"
#include "actors/technician/technician_codec.hpp"
#include "actors/unique_name/unique_name_codec.hpp"
#include "actors/work_order/work_order_codec.hpp"

namespace mf::fuzz {

inline const entity::Kinds& kinds() {
  static const auto all = [] {
    entity::Kinds kinds;
    kinds.add(account::make_account_kind());
    kinds.add(catalogue::make_catalogue_kind());
    kinds.add(client::make_client_kind());
    kinds.add(technician::make_technician_kind());
    kinds.add(unique_name::make_unique_name_kind());
    kinds.add(work_order::make_work_order_kind({}));
    return kinds;
  }();
  return all;
}

}  // namespace mf::fuzz
