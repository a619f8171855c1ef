// What a client asks a GameStream host before it streams: who it is, pairing, applications, launch,
// resume and quit (docs/protocol/gamestream.md sections 2 to 6). Blocking; one thread.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "client/gamestream/http_client.h"
#include "client/gamestream/protocol/host_answers.h"
#include "client/gamestream/protocol/stream_wish.h"
#include "core/base/rng.h"
#include "core/base/secret.h"

namespace pf::gamestream_client {

// What stock clients wait for an answer; whoever types a PIN takes longer.
inline constexpr Nanos kAnswerPatience = seconds(5);
inline constexpr Nanos kPinPatience = seconds(300);
inline constexpr Nanos kLaunchPatience = seconds(120);
inline constexpr Nanos kCancelPatience = seconds(30);

struct LaunchKeys {
  Secret<16> key;           // rikey
  std::int32_t key_id = 0;  // rikeyid
};
LaunchKeys draw_keys(Rng& rng);

class NvhttpClient {
 public:
  // `http`: the base port. `host_certificate_pem` is empty until paired. Clock and Rng outlive it.
  NvhttpClient(const Endpoint& http, crypto::Identity identity, std::string host_certificate_pem,
               const Clock& clock, Rng& rng);

  // Over HTTPS once paired; over HTTP if that is refused, as stock clients do: then `paired` says
  // no.
  Result<ServerInfo> server_info();
  Result<ServerInfo> server_info_in_the_clear();

  // With a PIN that somebody types in at the host meanwhile. The host's certificate.
  Result<std::string> pair(const std::string& pin);
  Result<void> unpair();

  // These want server_info() first, for the port.
  Result<std::vector<AppEntry>> app_list();
  Result<HttpAnswer> app_asset(std::int32_t app);
  // Launch, or resume where an application runs already.
  Result<SessionUrl> start(std::string_view verb, std::int32_t app, const StreamWish& wish,
                           const LaunchKeys& keys, bool play_on_host);
  Result<void> cancel();

 private:
  enum class Way { clear, tls };

  std::string target(const std::string& path, const std::string& parameters);
  Result<HttpAnswer> get(Way way, const std::string& path, const std::string& parameters,
                         Nanos patience);
  Result<XmlElement> ask(Way way, const std::string& path, const std::string& parameters,
                         Nanos patience);

  const Endpoint http_;
  TlsSide side_;
  std::string host_certificate_pem_;
  const Clock& clock_;
  Rng& rng_;
  std::uint16_t https_port_ = 47984;
};

}  // namespace pf::gamestream_client
