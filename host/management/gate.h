// Who asks, and whether that is enough: before a request of the management API is looked at any
// further. One thread.
//
// A token in the Authorization header, the cookie of a login (whose changes need X-CSRF-Token too,
// since browsers send cookies along whoever's page it is), or the certificate of a paired device,
// which may look and nothing more. Being on the same machine is nobody's identity.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "host/admin/administration.h"
#include "host/http/message.h"
#include "host/management/login_book.h"
#include "host/management/routes.h"

namespace pf::management {

struct Caller {
  enum class Kind : std::uint8_t { token, password, device };
  Kind kind = Kind::device;
  std::string name;  // of the token or the device
  Need may = Need::nothing;
  std::string csrf_token =
      {};  // of a login: what its changes are to send. Empty: none is asked for
};

class Gate {
 public:
  static constexpr std::string_view kCookie = "__Host-punktfunk";

  // `host_names`: what this machine is called, for the Host header, besides network.name. `host`
  // and `rng` outlive it.
  Gate(admin::Administration& host, std::vector<std::string> host_names, Rng& rng)
      : host_(host), host_names_(std::move(host_names)), rng_(rng) {}

  // A page of somebody else's whose name suddenly means our address (DNS rebinding) asks under its
  // own name. Addresses are nobody's names. Empty: fine.
  std::optional<http::Response> check_host(const http::Request& request) const;

  // Empty caller: the row needs none. Else the caller or the problem.
  tl::expected<std::optional<Caller>, http::Response> admit(const http::Request& request,
                                                            const Route& route);

  // Whether who was let in to read what goes on and on may go on with it. Nothing of it counts as
  // use.
  bool still_admits(const http::Request& request, const Route& route);

  // The password's owner gets a cookie: the answer to logIn, good or not. Takes a tenth of a
  // second.
  http::Response log_in(const http::Request& request);
  http::Response log_out(const http::Request& request);

 private:
  std::optional<Caller> by_token(std::string_view authorization) const;
  std::optional<Caller> by_device(const http::Request& request) const;
  const Login* by_cookie(const http::Request& request);

  admin::Administration& host_;
  const std::vector<std::string> host_names_;
  Rng& rng_;
  LoginBook logins_;
  LoginLimit limit_;
};

// The text of a Host header without its port; what is in brackets without them. Empty: none.
std::string_view host_without_port(std::string_view host);

}  // namespace pf::management
