#include "simulator/users.hpp"

#include "base/json.hpp"

namespace mf::simulator {
namespace {

using OrderedJson = nlohmann::ordered_json;

User user_from(const OrderedJson& json) {
  User user;
  user.username = json.at("username");
  user.password = json.at("password");
  user.role = json.at("role");
  user.client = json.value("client", "");
  user.technician = json.value("technician", "");
  user.zones = json.value("zones", std::vector<Id>());
  if (json.contains("home"))
    user.home = Place{json["home"].at("lat").get<double>(), json["home"].at("lon").get<double>()};
  return user;
}

}  // namespace

Result<std::vector<User>> parse_users(std::string_view text) {
  try {
    std::vector<User> users;
    const auto json = parse_ordered_json(text);
    for (const auto& user : json.at("users")) users.push_back(user_from(user));
    return users;
  } catch (const OrderedJson::exception& error) {
    return fail(ErrorCode::invalid_argument, std::string("the users: ") + error.what());
  }
}

std::string to_json(const std::vector<User>& users) {
  auto list = OrderedJson::array();
  for (const auto& user : users) {
    OrderedJson json{{"username", user.username}, {"password", user.password}, {"role", user.role}};
    if (!user.client.empty()) json["client"] = user.client;
    if (!user.technician.empty()) json["technician"] = user.technician;
    if (!user.zones.empty()) json["zones"] = user.zones;
    if (user.home) json["home"] = {{"lat", user.home->lat}, {"lon", user.home->lon}};
    list.push_back(std::move(json));
  }
  return to_text(OrderedJson{{"users", list}}, 1);
}

}  // namespace mf::simulator
