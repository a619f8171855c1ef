#include "host/management/schema_words.h"
#include "host/management/subject.h"

namespace pf::management {
namespace {

using namespace words;

Result<Json> get_application(Administration& administration, const Json& arguments) {
  return admin::handle(administration, "application", {{"application", arguments["application"]}});
}

std::vector<Route> application_rows() {
  using enum Need;
  return {
      {.method = "GET",
       .path = "/applications",
       .id = "listApplications",
       .sentence = "The desktop and the applications of the configuration. The library lists what "
                   "else clients may start.",
       .need = read,
       .schema = "ApplicationList",
       .requests = {"applications"}},
      {.method = "POST",
       .path = "/applications",
       .id = "createApplication",
       .sentence = "Adds an application to the configuration file.",
       .need = admin,
       .schema = "EditedApplication",
       .status = 201,
       .requests = {"create-application"}},
      {.method = "GET",
       .path = "/applications/{application}",
       .id = "getApplication",
       .sentence = "One application, by its id.",
       .need = read,
       .schema = "EditedApplication",
       .requests = {"application"},
       .act = get_application,
       .tagged = true},
      {.method = "PATCH",
       .path = "/applications/{application}",
       .id = "changeApplication",
       .sentence = "Changes an application in the configuration file; what is not given stays as "
                   "it is, null goes back to its default. Another name makes another id.",
       .need = admin,
       .schema = "EditedApplication",
       .requests = {"change-application"},
       .tagged = true},
      {.method = "DELETE",
       .path = "/applications/{application}",
       .id = "removeApplication",
       .sentence = "Takes an application out of the configuration file.",
       .need = admin,
       .status = 204,
       .requests = {"remove-application"},
       .tagged = true},
  };
}

Json application() {
  const Json step = object({{"run", described(list_of(text()), "before it starts")},
                            {"undo", described(list_of(text()), "after it has ended")}});
  return object({{"id", described(whole(), "that GameStream clients know it by")},
                 {"name", text()},
                 {"command", described(list_of(text()), "empty: nothing but the desktop")},
                 {"working_folder", or_null(text())},
                 {"image", described(or_null(text()), "path on the host")},
                 {"mode", described(or_null(text()), "of its display; null: as the client asks")},
                 {"prep", list_of(step)},
                 {"ends_session", described(flag(), "when it has ended by itself")},
                 {"editable", described(flag(), "the desktop is not: it is always there")}});
}

Json application_schemas() {
  return {{"Application", application()},
          {"EditedApplication", with(application(), "revision",
                                     described(text(), "of the configuration file: its ETag"))},
          {"ApplicationList", list_object("applications", "Application")}};
}

}  // namespace

Subject application_subject() { return {application_rows(), application_schemas()}; }

}  // namespace pf::management
