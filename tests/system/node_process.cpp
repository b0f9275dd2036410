#include "tests/system/node_process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <thread>

#include "base/environment.hpp"

namespace mf::system_test {
namespace {

using Clock = std::chrono::steady_clock;

Patience left(Clock::time_point until) {
  return std::max(Patience(0), std::chrono::duration_cast<Patience>(until - Clock::now()));
}

std::string text_of(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::vector<std::string> environment(const Launch& launch) {
  std::vector<std::string> all;
  for (char** entry = environ; *entry; ++entry)
    if (const std::string text = *entry; !text.starts_with("MICROFLOW_")) all.push_back(text);
  all.insert(all.end(), launch.environment.begin(), launch.environment.end());
  return all;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> all;
  all.reserve(texts.size() + 1);
  for (auto& text : texts) all.push_back(text.data());
  all.push_back(nullptr);
  return all;
}

/// The child between fork and exec.
[[noreturn]] void become(const Launch& launch, int out, int errors, char** arguments,
                         char** variables) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  ::dup2(out, STDOUT_FILENO);
  ::dup2(errors, STDERR_FILENO);
  if (launch.file_size_max) {
    const rlimit limit{*launch.file_size_max, *launch.file_size_max};
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  if (launch.open_files_max) {
    const rlimit limit{*launch.open_files_max, *launch.open_files_max};
    ::setrlimit(RLIMIT_NOFILE, &limit);
  }
  ::execve(arguments[0], arguments, variables);
  ::_exit(127);
}

/// The writing end of a pipe that takes nothing more; `reader` is the other one.
int full_pipe(int& reader) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0) throw std::runtime_error("no pipe for a child");
  const std::string page(4096, '\n');
  while (::write(ends[1], page.data(), page.size()) > 0) {
  }
  ::fcntl(ends[1], F_SETFL, 0);
  reader = ends[0];
  return ends[1];
}

}  // namespace

Launch serve(const std::filesystem::path& data_dir, std::vector<std::string> flags) {
  Launch launch;
  launch.arguments = {"serve",
                      "--data-dir",
                      data_dir.string(),
                      "--listen",
                      "127.0.0.1:0",
                      "--admin-listen",
                      "127.0.0.1:0",
                      "--limits.commands_per_second=0",
                      "--limits.reads_per_second=0",
                      "--limits.subscriptions_per_second=0",
                      "--limits.position_frames_per_second=0",
                      "--limits.logins_per_minute=0",
                      "--limits.connections_per_address=0",
                      "--limits.streams_per_account=0",
                      "--limits.stream_bytes_per_second=0",
                      "--storage.free_bytes_min=1MiB",
                      "--storage.free_percent_min=0",
                      "--storage.memory=64MiB",
                      "--auth.hash_memory=8MiB",
                      "--auth.hash_passes=1"};
  for (auto& flag : flags) launch.arguments.push_back(std::move(flag));
  launch.environment = {"MICROFLOW_ADMIN_PASSWORD=administrator"};
  return launch;
}

Process::Process(const Launch& launch) {
  std::vector<std::string> arguments{mf::environment_value("MF_BINARY").value_or(MF_BINARY)};
  arguments.insert(arguments.end(), launch.arguments.begin(), launch.arguments.end());
  auto variables = environment(launch);
  auto argv = pointers(arguments), envp = pointers(variables);

  auto pattern = (std::filesystem::temp_directory_path() / "mf-node-XXXXXX").string();
  int errors = ::mkostemp(pattern.data(), O_CLOEXEC | O_APPEND);
  errors_ = pattern;
  if (launch.nobody_reads_errors) {
    ::close(errors);
    errors = full_pipe(unread_);
  }
  int ends[2];
  if (errors < 0 || ::pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("no file for a child");
  pid_ = ::fork();
  if (pid_ == 0) become(launch, ends[1], errors, argv.data(), envp.data());
  ::close(ends[1]);
  ::close(errors);
  out_ = ends[0];
  if (pid_ < 0) throw std::runtime_error("can't fork");
  gone_ = static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0));
  if (gone_ < 0) throw std::runtime_error("no pidfd for a child");
}

Process::~Process() {
  kill();
  ::close(out_);
  ::close(gone_);
  if (unread_ >= 0) ::close(unread_);
  std::error_code ignored;
  std::filesystem::remove(errors_, ignored);
}

void Process::signal(int number) const {
  if (!status_) ::kill(pid_, number);
}

void Process::kill() {
  signal(SIGKILL);
  while (!wait_for_exit(std::chrono::seconds(60))) signal(SIGKILL);
}

std::optional<int> Process::wait_for_exit(Patience patience) {
  if (status_) return status_;
  pollfd ended{gone_, POLLIN, 0};
  ::poll(&ended, 1, static_cast<int>(patience.count()));
  int status = 0;
  if (::waitpid(pid_, &status, WNOHANG) != pid_) return {};
  status_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return status_;
}

bool Process::read_more(Patience patience) {
  pollfd some{out_, POLLIN, 0};
  if (::poll(&some, 1, static_cast<int>(patience.count())) <= 0) return false;
  char buffer[4096];
  const auto count = ::read(out_, buffer, sizeof buffer);
  if (count <= 0) return false;
  printed_.append(buffer, static_cast<std::size_t>(count));
  return true;
}

std::string Process::printed() {
  while (read_more(Patience(0))) {
  }
  return printed_;
}

std::string Process::logged() const {
  auto text = text_of(errors_);
  for (int looks = 0; looks < 20; ++looks) {
    std::this_thread::sleep_for(std::chrono::milliseconds(250));
    auto now = text_of(errors_);
    if (now.size() == text.size()) break;
    text = std::move(now);
  }
  return text;
}

bool Process::parse_ready_line() {
  const auto begin = printed_.find("ready http=");
  const auto end = begin == std::string::npos ? begin : printed_.find('\n', begin);
  if (end == std::string::npos) return false;
  const auto line = printed_.substr(begin, end - begin);
  const auto admin = line.find(" admin=");
  http_ = client::parse_url(line.substr(11, admin - 11));
  admin_ = client::parse_url(line.substr(admin + 7));
  return true;
}

bool Process::wait_until_ready(Patience patience) {
  const auto until = Clock::now() + patience;
  while (!parse_ready_line())
    if (!read_more(left(until))) return false;
  return true;
}

}  // namespace mf::system_test
