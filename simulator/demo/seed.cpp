#include "simulator/demo/seed.hpp"

#include <fmt/format.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fstream>

#include "base/hash.hpp"
#include "base/json.hpp"
#include "simulator/http_pool.hpp"

namespace mf::demo {
namespace {

using Json = nlohmann::ordered_json;
namespace asio = boost::asio;
namespace fs = std::filesystem;

constexpr std::size_t at_a_time = 12;
constexpr int tries_max = 20;

std::string random_password(std::string_view role) {
  return std::string(role) + "-" + crockford_base32(random_bytes(8)).substr(0, 10);
}

fs::path file_of(const fs::path& directory) { return directory / "demo-credentials.json"; }

Credentials new_credentials() {
  return {{random_password("admin"), random_password("supervisor"), random_password("tecnico"),
           random_password("cliente"), random_password("operador")}};
}

class Seeding {
 public:
  Seeding(const client::Address& address,
          const std::function<void(std::size_t, std::size_t)>& progress)
      : pool_(io_, address, at_a_time), progress_(progress) {}

  Status run(const std::string& password, const Company& company) {
    for (const auto& step : company.steps) total_ += step.size();
    asio::co_spawn(io_, sign_in(password), asio::detached);
    io_.run();
    for (const auto& step : company.steps) {
      if (!failure_.empty()) break;
      step_ = &step;
      next_ = 0;
      io_.restart();
      for (std::size_t i = 0; i < at_a_time; ++i) asio::co_spawn(io_, create(), asio::detached);
      io_.run();
    }
    if (failure_.empty()) return {};
    return fail(ErrorCode::unavailable, "creating the demo's company: " + failure_);
  }

 private:
  asio::awaitable<void> sign_in(std::string password) {
    const Json body{{"username", "admin"}, {"password", password}};
    simulator::Request request{"POST", "/v1/sessions", "", to_text(body)};
    const auto answer = co_await pool_.send(std::move(request));
    if (!answer.ok()) {
      failure_ = fmt::format("admin can't sign in ({} {})", answer.status, answer.body);
      co_return;
    }
    token_ = parse_ordered_json(answer.body).at("token");
  }

  asio::awaitable<void> create() {
    while (next_ < step_->size() && failure_.empty()) {
      const auto& creation = (*step_)[next_++];
      for (int tries = 1;; ++tries) {
        simulator::Request request{"POST", creation.path, token_, creation.body, creation.key};
        const auto answer = co_await pool_.send(std::move(request));
        const bool is_there =
            answer.status == 409 && answer.body.find("\"already_exists") != std::string::npos;
        if (answer.ok() || is_there) break;
        const bool is_retryable =
            answer.status == 0 || answer.status == 429 || answer.status == 503;
        if (!is_retryable || tries == tries_max) {
          failure_ = fmt::format("POST {}: {} {}", creation.path, answer.status, answer.body);
          co_return;
        }
        asio::steady_timer timer(io_, std::chrono::milliseconds(100 * tries));
        co_await timer.async_wait(asio::use_awaitable);
      }
      progress_(++done_, total_);
    }
  }

  asio::io_context io_{1};
  simulator::HttpPool pool_;
  const std::function<void(std::size_t, std::size_t)>& progress_;
  const std::vector<Creation>* step_ = nullptr;
  std::size_t next_ = 0, done_ = 0, total_ = 0;
  std::string token_, failure_;
};

}  // namespace

Status save_credentials(const fs::path& directory, const Credentials& credentials) {
  const auto& p = credentials.passwords;
  const Json json{{"administrator", p.administrator}, {"supervisor", p.supervisor},
                  {"technician", p.technician},       {"client", p.client},
                  {"operator", p.operator_},          {"is_seeded", credentials.is_seeded}};
  std::error_code error;
  fs::create_directories(directory, error);
  const auto file = file_of(directory);
  std::ofstream(file, std::ios::app).close();
  fs::permissions(file, fs::perms::owner_read | fs::perms::owner_write, error);
  std::ofstream out(file, std::ios::trunc);
  out << to_text(json, 1) << '\n';
  if (!out.flush()) return fail(ErrorCode::io, "can't write " + file.string());
  return {};
}

Result<Credentials> load_credentials(const fs::path& directory, const std::string& administrator) {
  Credentials credentials = new_credentials();
  if (std::ifstream in(file_of(directory)); in) {
    const auto json = parse_ordered_json(std::string(std::istreambuf_iterator<char>(in), {}));
    if (!json.is_object())
      return fail(ErrorCode::corrupt, file_of(directory).string() + " is not what the demo wrote");
    auto& p = credentials.passwords;
    p = {json.value("administrator", ""), json.value("supervisor", ""),
         json.value("technician", ""), json.value("client", ""), json.value("operator", "")};
    credentials.is_seeded = json.value("is_seeded", false);
    return credentials;
  }
  if (!administrator.empty()) credentials.passwords.administrator = administrator;
  if (auto saved = save_credentials(directory, credentials); !saved)
    return std::unexpected(std::move(saved.error()));
  return credentials;
}

Status seed(const client::Address& address, const std::string& admin_password,
            const Company& company, const std::function<void(std::size_t, std::size_t)>& progress) {
  return Seeding(address, progress).run(admin_password, company);
}

}  // namespace mf::demo
