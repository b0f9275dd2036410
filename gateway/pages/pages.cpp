#include "gateway/pages/pages.hpp"

#include <openssl/evp.h>
#include <openssl/sha.h>

#include <algorithm>
#include <map>

#include "gateway/http/call.hpp"
#include "gateway/http/headers.hpp"
#include "gateway/pages/web_assets.hpp"

namespace mf::gateway::pages {
namespace {

struct Page {
  std::string_view body, brotli, type;
  std::string headers, etag, brotli_etag;
};

constexpr std::string_view assets = "/assets/";

std::string base64_sha256(std::string_view text) {
  unsigned char digest[SHA256_DIGEST_LENGTH];
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest);
  unsigned char out[4 * ((SHA256_DIGEST_LENGTH + 2) / 3) + 1];
  EVP_EncodeBlock(out, digest, SHA256_DIGEST_LENGTH);
  return reinterpret_cast<const char*>(out);
}

/// The hashes of the scripts ("script") or styles ("style") that stand in a page: only these count.
std::string hashes_of(std::string_view html, const std::string& tag) {
  std::string out;
  for (std::size_t at = 0; (at = html.find("<" + tag, at)) != html.npos;) {
    const auto open_end = html.find('>', at);
    const auto close = html.find("</" + tag + ">", at);
    if (open_end == html.npos || close == html.npos) break;
    const auto text = html.substr(open_end + 1, close - open_end - 1);
    if (!text.empty()) out += " 'sha256-" + base64_sha256(text) + "'";
    at = close;
  }
  return out;
}

std::string_view type_of(std::string_view name) {
  if (name.ends_with(".html")) return "text/html; charset=utf-8";
  if (name.ends_with(".js")) return "text/javascript; charset=utf-8";
  if (name.ends_with(".css")) return "text/css; charset=utf-8";
  if (name.ends_with(".woff2")) return "font/woff2";
  if (name.ends_with(".webmanifest")) return "application/manifest+json";
  return "image/svg+xml";
}

std::string path_of(std::string_view name) {
  if (name == "index.html") return "/";
  if (name.ends_with(".html")) return "/" + std::string(name.substr(0, name.size() - 5));
  return "/" + std::string(name);
}

Page page_of(const Asset& asset) {
  Page page{asset.body, asset.brotli, type_of(asset.name), {}, {}, {}};
  const auto hash = to_hex(blake2b_128({asset.body}).view());
  page.etag = "\"" + hash + "\"";
  page.brotli_etag = "\"" + hash + "-br\"";
  const bool is_named_by_hash = path_of(asset.name).starts_with(assets);
  page.headers = "Cache-Control: ";
  page.headers += is_named_by_hash ? "public, max-age=31536000, immutable" : "no-cache";
  if (!asset.brotli.empty()) page.headers += "\r\nVary: Accept-Encoding";
  page.headers +=
      "\r\nReferrer-Policy: no-referrer\r\n"
      "Content-Security-Policy: default-src 'self'; img-src 'self' data:; "
      "connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'; "
      "style-src 'self'" +
      hashes_of(asset.body, "style") + "; script-src 'self'" + hashes_of(asset.body, "script") +
      "\r\n";
  return page;
}

const std::map<std::string, Page, std::less<>>& pages() {
  static const auto made = [] {
    std::map<std::string, Page, std::less<>> result;
    for (const auto& asset : web_assets()) result.emplace(path_of(asset.name), page_of(asset));
    // Where browsers look that were not told of the picture by a page.
    result.emplace("/favicon.ico", result.at("/favicon.svg"));
    return result;
  }();
  return made;
}

/// Whether an Accept-Encoding names brotli, and not with `q=0`.
bool takes_brotli(const http::Request& request) {
  for (const auto& [name, value] : request.headers) {
    if (!http::equals_folded(name, "accept-encoding")) continue;
    for (auto rest = value; !rest.empty();) {
      const auto end = std::min(rest.find(','), rest.size());
      const auto one = rest.substr(0, end);
      const auto semicolon = std::min(one.find(';'), one.size());
      if (http::equals_folded(http::trimmed(one.substr(0, semicolon)), "br"))
        return one.find_first_of("123456789", semicolon) != one.npos || semicolon == one.size();
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
  }
  return false;
}

void show(const http::CallPtr& call) {
  const auto found = pages().find(call->request().path);
  if (found == pages().end())
    return call->respond(problem(404, "not_found", "there is no such path"_en));
  const auto& page = found->second;
  const bool is_brotli = !page.brotli.empty() && takes_brotli(call->request());
  const auto& etag = is_brotli ? page.brotli_etag : page.etag;
  http::Response response{200, {}, page.type, page.headers + "ETag: " + etag + "\r\n"};
  if (http::names(call->request().if_none_match, etag)) {
    response.status = 304;
  } else {
    if (is_brotli) response.headers += "Content-Encoding: br\r\n";
    response.body = is_brotli ? page.brotli : page.body;
  }
  call->respond(std::move(response));
}

}  // namespace

void add_page_routes(http::Router& router) {
  for (const auto& [path, page] : pages()) {
    if (path.starts_with(assets)) continue;
    router.add({.method = http::Method::get,
                .pattern = path,
                .name = "page:" + path,
                .summary = "A page",
                .access = http::Access::open,
                .handle = show,
                .answer = "page",
                .media_type = std::string(page.type.substr(0, page.type.find(';'))),
                .etag = http::ETag::compared});
  }
  // One route for all of them: their names change with what is in them.
  router.add({.method = http::Method::get,
              .pattern = "/assets/{name}",
              .name = "page:/assets/{name}",
              .summary = "A script, style or font of a page",
              .access = http::Access::open,
              .handle = show,
              .answer = "page",
              .media_type = "*/*",
              .etag = http::ETag::compared});
}

}  // namespace mf::gateway::pages
