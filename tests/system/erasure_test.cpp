// An erased person is in no file of ours (decision 0016), as somebody with the disk in hand sees
// it.
#include <algorithm>
#include <catch2/catch.hpp>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>

#include "tests/system/company.hpp"
#include "tests/system/running.hpp"

using namespace mf::system_test;
namespace fs = std::filesystem;

namespace {

Ended microflow(std::vector<std::string> arguments) {
  return run({.arguments = std::move(arguments), .environment = {}, .file_size_max = {}});
}

/// Every word that tells who she is, as text and as the index folds it.
const std::vector<std::string> words = {
    "zoraida",  "quinonez", "quiñónez", "71998877", "9988776",  "transversal", "correo", "portón",
    "garañona", "garanona", "tulipán",  "tulipan",  "vísperas", "volantes",    "zx5577", "ecolyf"};

/// The files below that tell any of them, with the word.
std::string telling(const fs::path& directory) {
  std::string found;
  for (const auto& entry : fs::recursive_directory_iterator(directory)) {
    std::error_code gone;
    if (!entry.is_regular_file(gone)) continue;
    std::ifstream in(entry.path(), std::ios::binary);
    std::string bytes{std::istreambuf_iterator<char>(in), {}};
    std::ranges::transform(bytes, bytes.begin(), [](char c) {
      return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    for (const auto& word : words)
      if (bytes.find(word) != std::string::npos)
        found += entry.path().lexically_relative(directory).string() + ": " + word + "\n";
  }
  return found;
}

std::string telling_in_the_end(const fs::path& directory) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  auto found = telling(directory);
  for (; !found.empty() && std::chrono::steady_clock::now() < end; found = telling(directory))
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  return found;
}

std::string new_client(World& world) {
  auto& admin = world.company->admin;
  const auto made =
      admin.post("/v1/clients", {{"name", "Zoraida Quiñónez"},
                                 {"document_type", "CC"},
                                 {"document_number", "71998877"},
                                 {"phones", {"+57 311 9988776"}},
                                 {"email", "zoraida@correo.example"},
                                 {"consents", {{{"purpose", "volantes"}, {"granted", true}}}}});
  REQUIRE(made.status == 201);
  const auto site =
      admin.post("/v1/clients/" + made.id() + "/sites", {{"name", "La Garañona"},
                                                         {"neighbourhood", "Tulipán"},
                                                         {"hours", "Vísperas"},
                                                         {"address", "Transversal 77 # 88-99"},
                                                         {"access_notes", "Portón azul"},
                                                         {"zone", world.company->north_zone},
                                                         {"lat", 6.3},
                                                         {"lon", -75.56}});
  REQUIRE(site.status == 201);
  const auto asset =
      admin.post("/v1/clients/" + made.id() + "/assets",
                 {{"site", site.id()}, {"kind", "ONT"}, {"serial", "ZX5577"}, {"model", "Ecolyf"}});
  INFO(asset.text());
  REQUIRE(asset.ok());
  return made.id();
}

}  // namespace

TEST_CASE("erasure: an erased person is in no file, and a backup from before brings nobody back") {
  World world;
  const auto data = world.directory / "data", copy = world.directory / "copy",
             lost = world.directory / "lost";
  const auto client = new_client(world);
  const auto path = "/v1/clients/" + client;
  for (const auto* title : {"Sin internet", "Sin teléfono"}) {
    const auto site = world.company->admin.get(path).json.at("sites").at(0).at("id");
    const auto made = world.company->admin.post(
        "/v1/orders",
        {{"type", world.company->type}, {"client", client}, {"site", site}, {"title", title}});
    REQUIRE(made.status == 201);
    REQUIRE(world.company->admin.get("/v1/orders/" + made.id()).text().find("Transversal") !=
            std::string::npos);
  }
  REQUIRE_FALSE(telling(data).empty());  // the index of a living person is in clear
  REQUIRE(microflow({"backup", "--data-dir", data.string(), copy.string()}).status == 0);
  CHECK(telling(copy) == "");

  REQUIRE(world.company->admin.post(path + "/erase", mf::system_test::Json::object()).status ==
          200);
  CHECK(telling_in_the_end(data) == "");
  world.node.reset();
  CHECK(telling(data) == "");

  fs::rename(data, lost);
  REQUIRE(microflow({"restore", "--data-dir", data.string(), copy.string()}).status == 0);
  fs::copy(lost / "keys", data / "keys");
  world.start_again();
  const auto found = world.company->admin.get(path);
  INFO(found.text());
  CHECK(found.status == 200);
  CHECK(found.text().find("Zoraida") == std::string::npos);
  CHECK(world.company->admin.get("/v1/clients?q=zoraida").text().find(client) == std::string::npos);
  world.node.reset();
  CHECK(telling(data) == "");
}

TEST_CASE("erasure: an erased person is in no order, whether that is open, ended, or awake") {
  World world;
  auto& c = *world.company;
  const auto client = new_client(world), path = "/v1/clients/" + client;
  const auto site = c.admin.get(path).json.at("sites").at(0).at("id");
  const auto new_order = [&](const char* title) {
    const auto made = c.supervisor().post(
        "/v1/orders", {{"type", c.type}, {"client", client}, {"site", site}, {"title", title}});
    REQUIRE(made.status == 201);
    return "/v1/orders/" + made.id();
  };
  const auto open = new_order("Sin internet"), ended = new_order("Sin teléfono");
  REQUIRE(c.supervisor().post(open + "/triage", {{"confirmed_distinct", true}}).ok());
  REQUIRE(c.supervisor().post(open + "/assign", {{"technician", c.ana().technician}}).ok());
  REQUIRE(c.supervisor().post(ended + "/cancel", {{"reason", "other"}}).ok());
  /// All that can be read of both orders now.
  const auto shown = [&] {
    std::string all;
    const auto read = [&](Person& by, const std::string& what) {
      const auto answer = by.get(what);
      INFO(answer.text());
      REQUIRE(answer.ok());
      all += answer.raw.body;
    };
    read(c.ana(), open);
    for (const auto& order : {open, ended}) {
      read(c.supervisor(), order);
      read(c.supervisor(), order + "/timeline");
    }
    read(c.supervisor(), "/v1/orders?limit=100");
    Live console(world.loop);
    console.open(world.node->http(), c.supervisor().token());
    const auto board = console.call("sub", {{"topic", "board:" + c.north_zone}});
    REQUIRE(board.contains("ok"));
    return all + board.dump();
  };
  const auto tells = [&] {
    const auto text = shown();
    std::string found;
    for (const auto* word : {"Zoraida", "9988776", "Transversal", "Portón", "6.3,", "-75.56",
                             "Garañona", "Tulipán", "Vísperas", "ZX5577", "Ecolyf"})
      if (text.find(word) != text.npos) found += std::string(word) + "; ";
    return found;
  };
  CHECK(tells() ==
        "Zoraida; 9988776; Transversal; Portón; 6.3,; -75.56; Garañona; Tulipán; Vísperas; "
        "ZX5577; Ecolyf; ");
  REQUIRE(c.admin.post(path + "/erase", Json::object()).ok());
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (!tells().empty() && std::chrono::steady_clock::now() < end)
    std::this_thread::sleep_for(std::chrono::milliseconds(250));
  CHECK(tells() == "");
  CHECK(c.ana().get(open).json.at("contact").is_null());
  CHECK(telling_in_the_end(world.directory / "data") == "");
}

TEST_CASE("erasure: nobody is an erased client any more, with a session, a stream or a password") {
  World world;
  auto& c = *world.company;
  const std::string secret = "una frase que nadie adivina 31";
  const auto client = new_client(world);
  const auto made = c.admin.post(
      "/v1/accounts",
      {{"username", "cuenta.31"}, {"password", secret}, {"roles", {"client"}}, {"client", client}});
  REQUIRE(made.status == 201);
  auto person = log_in(world.loop, c.admin.address(), "cuenta.31", secret);
  REQUIRE(person.get("/v1/clients/" + client).ok());
  Live stream(world.loop);
  stream.open(world.node->http(), person.token());
  const auto path = "/v1/accounts/" + made.id();
  REQUIRE(c.admin.post("/v1/clients/" + client + "/erase", Json::object()).ok());
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (!c.admin.get(path).json.value("disabled", false) && std::chrono::steady_clock::now() < end)
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  const auto account = c.admin.get(path);
  INFO(account.text());
  CHECK(account.json.value("disabled", false));
  CHECK(account.json.at("sessions").empty());
  CHECK(account.json.at("version") == 3);  // made, logged in, disabled
  CHECK(person.get("/v1/clients/" + client).status == 401);
  CHECK(world.loop.wait([&] { return !stream.is_open(); }));
  CHECK(stream.close_code() == 4401);
  Person stranger(world.loop, c.admin.address());
  CHECK_FALSE(
      stranger.post("/v1/sessions", {{"username", "cuenta.31"}, {"password", secret}}).ok());
  const auto again = c.admin.patch(path, {{"disabled", false}}, 3);
  INFO(again.text());
  CHECK(again.status == 422);
  // Others are who they were.
  CHECK(c.laura().get("/v1/clients/" + c.laura().client).ok());
}

TEST_CASE(
    "erasure: a restored backup finds the living by their words again, with their keys only") {
  World world;
  const auto data = world.directory / "data", copy = world.directory / "copy",
             lost = world.directory / "lost";
  const auto client = new_client(world);
  REQUIRE(microflow({"backup", "--data-dir", data.string(), copy.string()}).status == 0);
  world.node.reset();
  fs::rename(data, lost);
  REQUIRE(microflow({"restore", "--data-dir", data.string(), copy.string()}).status == 0);

  const auto refused = microflow({"serve", "--data-dir", data.string(), "--listen", "127.0.0.1:0",
                                  "--admin-listen", "127.0.0.1:0"});
  CHECK(refused.status == 1);
  CHECK_THAT(refused.errors, Catch::Contains("--new-keys"));
  CHECK_FALSE(fs::exists(data / "keys"));

  fs::copy(lost / "keys", data / "keys");
  world.start_again();
  CHECK(world.company->admin.get("/v1/clients?q=zoraida").text().find(client) != std::string::npos);
  CHECK(world.company->admin.get("/v1/clients/" + client).text().find("Zoraida") !=
        std::string::npos);
}
