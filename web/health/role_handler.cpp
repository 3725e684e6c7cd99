#include "web/health/role_handler.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string>

#include "format/nearest_name.h"

namespace hakem::web {
namespace {

struct Member {
  bool up = false;
  std::string role;  ///< `primary`, `standby`; "" when not known.
};

/// By the label `server`, which a server from the environment does not have.
using Members = std::map<std::string, Member, std::less<>>;

void ForEach(const Snapshot& snapshot, std::string_view family,
             const std::function<void(const Sample&)>& read) {
  const auto found = std::find_if(snapshot.families.begin(), snapshot.families.end(),
                                  [&](const auto& candidate) { return candidate.name == family; });
  if (found != snapshot.families.end()) {
    std::for_each(found->samples.begin(), found->samples.end(), read);
  }
}

Members MembersOf(const Snapshot& snapshot) {
  Members members;
  ForEach(snapshot, "pg_up", [&](const Sample& sample) {
    members[std::string(sample.series->labels.Get("server"))].up = sample.value == 1;
  });
  ForEach(snapshot, "hakem_target_info", [&](const Sample& sample) {
    const auto member = members.find(sample.series->labels.Get("server"));
    if (member != members.end()) {
      member->second.role = sample.series->labels.Get("role");
    }
  });
  return members;
}

Response WhichServer(const Members& members, std::string_view wanted) {
  std::vector<std::string_view> names;
  for (const auto& [name, member] : members) {
    names.push_back(name);
  }
  return wanted.empty()
             ? TextResponse(400, fmt::format("{} servers are watched: choose one by ?server={}",
                                             names.size(), fmt::join(names, " or ")))
             : TextResponse(
                   400, fmt::format("unknown server \"{}\"{}", wanted, DidYouMean(wanted, names)));
}

Response Judge(Traffic traffic, const Member& member) {
  if (!member.up) {
    return TextResponse(503, "the server is down");
  }
  if (member.role.empty()) {
    return TextResponse(503, "the server's role is not known yet");
  }
  const bool is_primary = member.role == "primary";
  const bool fits = traffic == Traffic::kReadOnly || is_primary == (traffic == Traffic::kPrimary);
  return TextResponse(fits ? 200 : 503, fmt::format("the server is a {}", member.role));
}

template <Traffic kTraffic>
Response AnswerFor(const Call& call) {
  const HandlerContext& context = call.context;
  return RoleResponse(kTraffic, context.snapshot.Get().get(), call.request, context.snapshot_age(),
                      context.max_role_age);
}

constexpr Endpoint kEndpoints[] = {
    {.path = "/primary", .answer = AnswerFor<Traffic::kPrimary>},
    {.path = "/read-write", .answer = AnswerFor<Traffic::kPrimary>},
    {.path = "/replica", .answer = AnswerFor<Traffic::kReplica>},
    {.path = "/read-only", .answer = AnswerFor<Traffic::kReadOnly>},
};

}  // namespace

const EndpointTable kRoleEndpoints = kEndpoints;

Response RoleResponse(Traffic traffic, const Snapshot* snapshot, const Request& request,
                      Duration age, Duration max_age) {
  if (snapshot == nullptr) {
    return TextResponse(503, "nothing has been collected yet");
  }
  if (age > max_age) {
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(age);
    return TextResponse(503, fmt::format("the last snapshot is {} s old", seconds.count()));
  }
  const Members members = MembersOf(*snapshot);
  const std::vector<std::string> wanted = request.Parameters("server");
  if (members.empty() && wanted.empty()) {
    return TextResponse(503, "no server is watched");
  }
  const auto member = wanted.empty() && members.size() == 1
                          ? members.begin()
                          : members.find(wanted.empty() ? std::string_view() : wanted.front());
  return member != members.end() && (!wanted.empty() || members.size() == 1)
             ? Judge(traffic, member->second)
             : WhichServer(members, wanted.empty() ? std::string_view() : wanted.front());
}

}  // namespace hakem::web
