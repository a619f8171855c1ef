// The requests about who may administer the host over the network (host/access). Rows of the table
// in requests.cpp; private to the room.
#pragma once

#include <span>

#include "host/admin/arguments.h"
#include "host/admin/requests.h"

namespace pf::admin {

std::span<const Argument> token_create_arguments();
std::span<const Argument> token_revoke_arguments();

Result<Json> tokens(Administration& host, const Json& arguments);
Result<Json> token_create(Administration& host, const Json& arguments);
Result<Json> token_revoke(Administration& host, const Json& arguments);
Result<Json> new_password(Administration& host, const Json& arguments);

}  // namespace pf::admin
