#include "bench/server_process.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <thread>

namespace mf::bench {
namespace {

using Clock = std::chrono::steady_clock;
constexpr auto patience = std::chrono::minutes(10);

std::string contents(const std::filesystem::path& file) {
  std::ifstream in(file);
  std::ostringstream all;
  all << in.rdbuf();
  return all.str();
}

int port_after(const std::string& text, const std::string& word) {
  const auto at = text.find(word);
  const auto colon = text.find(':', at);
  return at == text.npos || colon == text.npos ? 0 : std::atoi(text.c_str() + colon + 1);
}

std::string stage_of(const std::string& thread) {
  if (thread.starts_with("gateway") || thread == "journal") return thread;
  if (thread.starts_with("caf.")) return "actors";
  if (thread.starts_with("rocksdb")) return "rocksdb";
  return thread;
}

[[noreturn]] void become(const Settings& settings, const std::filesystem::path& out) {
  const int file = ::open(out.c_str(), O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);
  ::dup2(file, STDOUT_FILENO);
  ::dup2(file, STDERR_FILENO);
  // A forked child has one thread. NOLINTNEXTLINE(concurrency-mt-unsafe)
  ::setenv("MICROFLOW_ADMIN_PASSWORD", ServerProcess::password, 1);
  std::vector<std::string> words{
      settings.binary,  "serve",       "--listen",   "127.0.0.1:0",
      "--admin-listen", "127.0.0.1:0", "--data-dir", (settings.directory / "data").string()};
  for (const char* limit :
       {"commands_per_second", "reads_per_second", "subscriptions_per_second",
        "position_frames_per_second", "logins_per_minute", "connections_per_address",
        "streams_per_account", "stream_bytes_per_second"})
    words.insert(words.end(), {std::string("--limits.") + limit, "0"});
  words.insert(words.end(), {"--log.level", "warn"});
  words.insert(words.end(), settings.arguments.begin(), settings.arguments.end());
  std::vector<char*> pointers;
  pointers.reserve(words.size() + 1);
  for (auto& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  ::execv(pointers[0], pointers.data());
  ::_exit(127);
}

}  // namespace

CpuByStage difference(const CpuByStage& before, const CpuByStage& after) {
  auto result = after;
  for (const auto& [stage, cpu] : before) {
    result[stage].user -= cpu.user;
    result[stage].system -= cpu.system;
  }
  return result;
}

Cpu sum(const CpuByStage& stages) {
  Cpu all;
  for (const auto& [stage, cpu] : stages) all.user += cpu.user, all.system += cpu.system;
  return all;
}

ServerProcess::ServerProcess(const Settings& settings) {
  std::filesystem::create_directories(settings.directory);
  const auto out = settings.directory / "server.log";
  std::filesystem::remove(out);
  const auto begin = Clock::now();
  pid_ = ::fork();
  if (pid_ < 0) throw std::runtime_error("fork failed");
  if (pid_ == 0) become(settings, out);
  while (Clock::now() - begin < patience) {
    const auto text = contents(out);
    const auto line = text.find("ready http=");
    if (line != text.npos && text.find('\n', line) != text.npos) {
      time_to_ready_ = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - begin);
      http_port_ = port_after(text.substr(line), "http=");
      admin_port_ = port_after(text.substr(line), "admin=");
      return;
    }
    if (::waitpid(pid_, nullptr, WNOHANG) == pid_) {
      pid_ = -1;
      throw std::runtime_error("the server ended: " + text);
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  kill();
  throw std::runtime_error("the server did not get ready");
}

ServerProcess::~ServerProcess() { kill(); }

void ServerProcess::stop() {
  if (pid_ < 0) return;
  ::kill(pid_, SIGTERM);
  ::waitpid(pid_, nullptr, 0);
  pid_ = -1;
}

void ServerProcess::kill() {
  if (pid_ < 0) return;
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
  pid_ = -1;
}

CpuByStage ServerProcess::cpu() const {
  static const double tick = 1.0 / static_cast<double>(::sysconf(_SC_CLK_TCK));
  CpuByStage stages;
  for (const auto& task : std::filesystem::directory_iterator(fmt::format("/proc/{}/task", pid_))) {
    const auto stat = contents(task.path() / "stat");
    const auto open = stat.find('('), close = stat.rfind(')');
    if (open == stat.npos || close == stat.npos) continue;
    std::istringstream rest(stat.substr(close + 2));
    std::string skipped;
    for (int i = 0; i < 11; ++i) rest >> skipped;
    double user = 0, system = 0;
    rest >> user >> system;
    auto& cpu = stages[stage_of(stat.substr(open + 1, close - open - 1))];
    cpu.user += user * tick;
    cpu.system += system * tick;
  }
  return stages;
}

std::int64_t ServerProcess::resident_bytes() const {
  std::istringstream statm(contents(fmt::format("/proc/{}/statm", pid_)));
  std::int64_t size = 0, resident = 0;
  statm >> size >> resident;
  return resident * ::sysconf(_SC_PAGESIZE);
}

double ServerProcess::metric(const std::string& name) const {
  std::istringstream lines(ask(admin_port_, "GET", "/metrics").body);
  double total = 0;
  for (std::string line; std::getline(lines, line);)
    if (line.starts_with(name) && (line[name.size()] == ' ' || line[name.size()] == '{'))
      total += std::strtod(line.c_str() + line.rfind(' '), nullptr);
  return total;
}

Answer ask(int port, const std::string& method, const std::string& path, const std::string& token,
           const std::string& body) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in to{.sin_family = AF_INET, .sin_port = htons(static_cast<std::uint16_t>(port))};
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(fd, reinterpret_cast<sockaddr*>(&to), sizeof to) != 0) {
    ::close(fd);
    throw std::runtime_error(fmt::format("nobody listens on port {}", port));
  }
  auto request =
      fmt::format("{} {} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n", method, path);
  if (!token.empty()) request += "Authorization: Bearer " + token + "\r\n";
  if (!body.empty())
    request += fmt::format("Content-Type: application/json\r\nContent-Length: {}\r\n", body.size());
  request += "\r\n" + body;
  if (::send(fd, request.data(), request.size(), MSG_NOSIGNAL) < 0) request.clear();
  std::string answer;
  char buffer[65536];
  for (ssize_t n; (n = ::recv(fd, buffer, sizeof buffer, 0)) > 0;)
    answer.append(buffer, static_cast<std::size_t>(n));
  ::close(fd);
  const auto head = answer.find("\r\n\r\n");
  if (!answer.starts_with("HTTP/1.1 ") || head == answer.npos)
    throw std::runtime_error("no answer to " + method + " " + path);
  return {std::atoi(answer.c_str() + 9), answer.substr(head + 4)};
}

}  // namespace mf::bench
