#pragma once
// The real binary as a child process with a directory of its own, and what the kernel and its
// /metrics know about it.
#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace mf::bench {

struct Settings {
  std::string binary;
  std::filesystem::path directory;  ///< for data and logs; made when missing
  std::vector<std::string> arguments;
};

/// CPU seconds of one thread, or of all threads of one name.
struct Cpu {
  double user = 0, system = 0;
  [[nodiscard]] double all() const { return user + system; }
};
using CpuByStage = std::map<std::string, Cpu>;
[[nodiscard]] CpuByStage difference(const CpuByStage& before, const CpuByStage& after);
[[nodiscard]] Cpu sum(const CpuByStage& stages);

/// One administrator ("admin", password()), limits off, ports chosen by the kernel.
class ServerProcess {
 public:
  static constexpr const char* password = "bench-password-1";

  /// Returns when `ready` was printed. Throws std::runtime_error with the log's end otherwise.
  explicit ServerProcess(const Settings& settings);
  ~ServerProcess();  ///< kills
  ServerProcess(const ServerProcess&) = delete;

  [[nodiscard]] int http_port() const { return http_port_; }
  [[nodiscard]] std::chrono::milliseconds time_to_ready() const { return time_to_ready_; }
  void stop();  ///< SIGTERM, and waits
  void kill();  ///< as a power cut would: the write-ahead log stays

  /// By name of thread: gateway, caf.worker → actors, journal, rocksdb, other.
  [[nodiscard]] CpuByStage cpu() const;
  [[nodiscard]] std::int64_t resident_bytes() const;
  /// The sum over all labels of one metric of /metrics; 0 when there is none.
  [[nodiscard]] double metric(const std::string& name) const;

 private:
  pid_t pid_ = -1;
  int http_port_ = 0, admin_port_ = 0;
  std::chrono::milliseconds time_to_ready_{};
};

/// One request on a connection of its own. Throws when there is no answer.
struct Answer {
  int status = 0;
  std::string body;
};
[[nodiscard]] Answer ask(int port, const std::string& method, const std::string& path,
                         const std::string& token = {}, const std::string& body = {});

}  // namespace mf::bench
