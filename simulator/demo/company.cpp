#include "simulator/demo/company.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <numbers>
#include <random>

#include "base/assert.hpp"
#include "base/json.hpp"
#include "simulator/demo/demo_data.hpp"

namespace mf::demo {
namespace {

using Json = nlohmann::ordered_json;
using simulator::Place;
using simulator::User;

constexpr std::uint64_t seed = 20261124;
constexpr double metres_per_degree = 111'195, spread_unknown_m = 1500;
constexpr std::size_t bases_per_zone = 5;

struct Zone {
  Id id;
  std::string code, name;
  Place centre;
  double spread_m = spread_unknown_m;
};

std::vector<std::string_view> split(std::string_view line, char at) {
  std::vector<std::string_view> parts;
  for (std::size_t begin = 0; begin <= line.size();) {
    const auto end = std::min(line.find(at, begin), line.size());
    parts.push_back(line.substr(begin, end - begin));
    begin = end + 1;
  }
  return parts;
}

double number(std::string_view text) {
  double value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

/// The same id at every start: the company is created once, however often it is seeded.
Id id_of(std::string_view prefix, std::string_view what) {
  return derive_id(prefix, "demo", "telconova", what);
}

std::vector<Zone> read_zones() {
  std::vector<Zone> zones;
  for (const auto line : split(zones_csv, '\n')) {
    const auto columns = split(line, ',');
    if (columns.size() < 6 || columns[0] == "codigo") continue;
    Zone zone{id_of("zon", columns[0]),
              std::string(columns[0]),
              std::string(columns[1]),
              {number(columns[3]), number(columns[4])}};
    if (!columns[5].empty()) zone.spread_m = number(columns[5]);
    zones.push_back(std::move(zone));
  }
  return zones;
}

class Maker {
 public:
  Maker(const Passwords& passwords, const Size& size)
      : passwords_(passwords),
        size_(size),
        names_(parse_ordered_json(names_json)),
        types_(parse_ordered_json(order_types_json)),
        zones_(read_zones()) {
    MF_ASSERT(!zones_.empty(), "the demo has no zones");
  }

  Company make() {
    std::vector<Creation> zones, types, people, sites, accounts;
    for (const auto& zone : zones_) add_zone(zones, zone);
    for (const auto& type : types_["order_types"]) add_type(types, type);
    for (int i = 0; i < size_.technicians; ++i) add_technician(people, accounts, i);
    for (int i = 0; i < size_.clients; ++i) add_client(people, sites, accounts, i);
    for (int i = 0; i < size_.supervisors; ++i) add_supervisor(accounts, i);
    User operator_person{
        .username = "operador", .password = passwords_.operator_, .role = "operator"};
    add_account(accounts, operator_person);
    company_.steps = {std::move(zones), std::move(types), std::move(people), std::move(sites),
                      std::move(accounts)};
    return std::move(company_);
  }

 private:
  double between(double low, double high) {
    return std::uniform_real_distribution(low, high)(random_);
  }
  int below(std::size_t n) { return static_cast<int>(random_() % n); }
  std::string one_of(const char* list) {
    const auto& names = names_[list];
    return names[static_cast<std::size_t>(below(names.size()))];
  }
  std::string person() {
    const auto first = one_of(below(2) ? "first_female" : "first_male");
    return first + " " + one_of("last") + " " + one_of("last");
  }
  Place near(const Zone& zone) {
    const double angle = between(0, 2 * std::numbers::pi);
    const double metres = zone.spread_m * 0.6 * std::sqrt(between(0, 1));
    const double lat = zone.centre.lat + metres * std::cos(angle) / metres_per_degree;
    const double lon = zone.centre.lon + metres * std::sin(angle) / metres_per_degree;
    const auto rounded = [](double degrees) { return std::round(degrees * 1e6) / 1e6; };
    return {rounded(lat), rounded(lon)};
  }

  static void add(std::vector<Creation>& to, std::string path, const Json& body,
                  const std::string& key) {
    to.push_back({std::move(path), to_text(body), "demo-" + key});
  }

  /// Every other zone finds its technicians by itself.
  void add_zone(std::vector<Creation>& to, const Zone& zone) {
    Json body{
        {"id", zone.id}, {"name", zone.name}, {"lat", zone.centre.lat}, {"lon", zone.centre.lon}};
    if (to.size() % 2 == 0) body["dispatch"] = "automatic";
    add(to, "/v1/zones", body, "zone-" + zone.code);
  }

  void add_type(std::vector<Creation>& to, const Json& type) {
    const std::string name = type.at("name");
    add(to, "/v1/order-types",
        {{"id", id_of("typ", name)},
         {"name", name},
         {"duration_ms", type.at("duration_min").get<std::int64_t>() * 60'000},
         {"priority", type.at("priority")},
         {"skills", type.at("skills")},
         {"auto_triage", type.at("auto_triage")}},
        "type-" + name);
  }

  /// Each zone is served from the five nearest ones, itself among them: so the outlying ones have
  /// as many technicians as the centre.
  std::vector<Id> zones_served_from(const Zone& home) {
    std::vector<Id> served;
    for (const auto& zone : zones_) {
      auto nearest = zones_;
      std::ranges::sort(nearest, {}, [&](const Zone& other) {
        return degrees_between(other.centre, zone.centre);
      });
      for (std::size_t i = 0; i < bases_per_zone; ++i)
        if (nearest[i].id == home.id) served.push_back(zone.id);
    }
    return served;
  }
  static double degrees_between(const Place& a, const Place& b) {
    return std::hypot(a.lat - b.lat, a.lon - b.lon);
  }

  void add_technician(std::vector<Creation>& people, std::vector<Creation>& accounts, int i) {
    const auto& zone = zones_[static_cast<std::size_t>(i) % zones_.size()];
    const auto number = fmt::format("{:02}", i + 1);
    User user{.username = "tecnico." + number,
              .password = passwords_.technician,
              .role = "technician",
              .technician = id_of("tec", number),
              .home = near(zone)};
    auto skills = Json::array();
    std::size_t n = 0;
    for (const auto& skill : types_["skills"])
      if ((static_cast<std::size_t>(i) + n++) % 4 != 0)  // each lacks at most one or two
        skills.push_back({{"skill", skill}, {"level", 2 + below(2)}});
    add(people, "/v1/technicians",
        {{"id", user.technician},
         {"name", person()},
         {"account", account_of(user)},
         {"skills", skills},
         {"zones", zones_served_from(zone)},
         {"home", {{"lat", user.home->lat}, {"lon", user.home->lon}}}},
        "technician-" + number);
    add_account(accounts, user);
  }

  void add_client(std::vector<Creation>& people, std::vector<Creation>& sites,
                  std::vector<Creation>& accounts, int i) {
    const auto number = fmt::format("{:03}", i + 1);
    const auto id = id_of("cli", number);
    add(people, "/v1/clients",
        {{"id", id},
         {"name", person()},
         {"document_type", "CC"},
         {"document_number", std::to_string(10'000'001 + i * 37)},
         {"phones", Json::array({fmt::format("+57 300 555 {:04}", i + 1)})},
         {"language", "es"}},
        "client-" + number);
    const int count = i % 5 == 0 ? 2 : 1;
    for (int s = 0; s < count; ++s) add_site(sites, id, number, s);
    if (i >= size_.client_accounts) return;
    add_account(accounts, {.username = "cliente." + number,
                           .password = passwords_.client,
                           .role = "client",
                           .client = id});
  }

  void add_site(std::vector<Creation>& to, const Id& client, const std::string& number, int s) {
    const auto& zone = zones_[static_cast<std::size_t>(below(zones_.size()))];
    const auto place = near(zone);
    add(to, "/v1/clients/" + client + "/sites",
        {{"id", id_of("sit", number + "/" + std::to_string(s))},
         {"name", s == 0 ? "Casa" : "Local"},
         {"address", fmt::format("{} {} # {}-{:02}", below(2) ? "Calle" : "Carrera", 10 + below(80),
                                 10 + below(80), below(100))},
         {"neighbourhood", zone.name},
         {"zone", zone.id},
         {"lat", place.lat},
         {"lon", place.lon}},
        "site-" + number + "-" + std::to_string(s));
  }

  void add_supervisor(std::vector<Creation>& accounts, int i) {
    User user{.username = fmt::format("supervisor.{:02}", i + 1),
              .password = passwords_.supervisor,
              .role = "supervisor"};
    for (std::size_t z = 0; z < zones_.size(); ++z)
      if (static_cast<int>(z) % size_.supervisors == i) user.zones.push_back(zones_[z].id);
    add_account(accounts, user);
  }

  static Id account_of(const User& user) { return id_of("acc", user.username); }

  void add_account(std::vector<Creation>& accounts, const User& user) {
    Json body{{"id", account_of(user)},
              {"username", user.username},
              {"password", user.password},
              {"roles", Json::array({user.role})},
              {"language", "es"}};
    if (!user.zones.empty()) body["zones"] = user.zones;
    if (!user.technician.empty()) body["technician"] = user.technician;
    if (!user.client.empty()) body["client"] = user.client;
    add(accounts, "/v1/accounts", body, "account-" + user.username);
    company_.users.push_back(user);
  }

  const Passwords& passwords_;
  Size size_;
  Json names_, types_;
  std::vector<Zone> zones_;
  std::mt19937_64 random_{seed};
  Company company_;
};

}  // namespace

Company make_company(const Passwords& passwords, const Size& size) {
  return Maker(passwords, size).make();
}

}  // namespace mf::demo
