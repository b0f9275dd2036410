#include "node/kinds.hpp"

#include <utility>

#include "actors/account/account_codec.hpp"
#include "actors/catalogue/catalogue_codec.hpp"
#include "actors/client/client_codec.hpp"
#include "actors/technician/technician_codec.hpp"
#include "actors/unique_name/unique_name_codec.hpp"

namespace mf::node {

void add_kinds(entity::Kinds& kinds, work_order::WorkOrderPolicy orders) {
  kinds.add(work_order::make_work_order_kind(std::move(orders)));
  kinds.add(technician::make_technician_kind());
  kinds.add(client::make_client_kind());
  kinds.add(account::make_account_kind());
  kinds.add(unique_name::make_unique_name_kind());
  kinds.add(catalogue::make_catalogue_kind());
}

}  // namespace mf::node
