#include "base/time.hpp"

#include <algorithm>

namespace mf {
namespace {

/// `count` digits of `text` at `at` as a number, or -1.
int digits(std::string_view text, std::size_t at, std::size_t count) {
  if (at + count > text.size()) return -1;
  int value = 0;
  for (char c : text.substr(at, count)) {
    if (c < '0' || c > '9') return -1;
    value = value * 10 + (c - '0');
  }
  return value;
}

class SystemClock final : public Clock {
 public:
  Timestamp now() const override {
    return std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now());
  }
};

}  // namespace

// Written by hand: stored states and events are full of times, and fmt takes ten times as long.
void append_rfc3339(std::string& to, Timestamp t) {
  using namespace std::chrono;
  const auto day = floor<days>(t);
  const year_month_day date{day};
  const hh_mm_ss time{t - day};
  char out[] = "0000-00-00T00:00:00.000Z";
  const auto put = [&](std::size_t last, unsigned value) {
    for (; value > 0; value /= 10) out[last--] = static_cast<char>('0' + value % 10);
  };
  put(3, static_cast<unsigned>(std::clamp(int(date.year()), 0, 9999)));  // what RFC 3339 can say
  put(6, unsigned(date.month()));
  put(9, unsigned(date.day()));
  put(12, static_cast<unsigned>(time.hours().count()));
  put(15, static_cast<unsigned>(time.minutes().count()));
  put(18, static_cast<unsigned>(time.seconds().count()));
  put(22, static_cast<unsigned>(time.subseconds().count()));
  to.append(out, sizeof out - 1);
}

std::string format_rfc3339(Timestamp t) {
  std::string out;
  out.reserve(24);
  append_rfc3339(out, t);
  return out;
}

std::optional<Timestamp> parse_rfc3339(std::string_view text) {
  using namespace std::chrono;
  const int y = digits(text, 0, 4), mo = digits(text, 5, 2), d = digits(text, 8, 2);
  const int h = digits(text, 11, 2), mi = digits(text, 14, 2), s = digits(text, 17, 2);
  if (y < 0 || mo < 0 || d < 0 || h < 0 || mi < 0 || s < 0 || text.size() < 20) return {};
  const bool separators = text[4] == '-' && text[7] == '-' &&
                          (text[10] == 'T' || text[10] == 't') && text[13] == ':' &&
                          text[16] == ':';
  const year_month_day date{year{y}, month(unsigned(mo)), day(unsigned(d))};
  // A leap second (:60) is real in RFC 3339; it counts as the second after :59.
  if (!separators || !date.ok() || h > 23 || mi > 59 || s > 60) return {};

  std::size_t at = 19;
  int ms = 0;
  if (text[at] == '.') {
    int count = 0;
    for (++at; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at, ++count)
      if (count < 3) ms = ms * 10 + (text[at] - '0');
    if (count == 0 || count > 9) return {};
    for (; count < 3; ++count) ms *= 10;
  }
  if (at >= text.size()) return {};
  minutes offset{0};
  if (text[at] == 'Z' || text[at] == 'z') {
    ++at;
  } else if (text[at] == '+' || text[at] == '-') {
    const int oh = digits(text, at + 1, 2), om = digits(text, at + 4, 2);
    if (oh < 0 || oh > 23 || om < 0 || om > 59 || text[at + 3] != ':') return {};
    offset = hours{oh} + minutes{om};
    if (text[at] == '-') offset = -offset;
    at += 6;
  } else {
    return {};
  }
  if (at != text.size()) return {};
  const Timestamp moment{sys_days{date}.time_since_epoch() + hours{h} + minutes{mi} + seconds{s} +
                         milliseconds{ms} - offset};
  // An offset may lead out of the four-digit years, which we could not write again.
  const int utc_year = int(year_month_day{floor<days>(moment)}.year());
  if (utc_year < 0 || utc_year > 9999) return {};
  return moment;
}

const Clock& system_clock() {
  static const SystemClock clock;
  return clock;
}

}  // namespace mf
