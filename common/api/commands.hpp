// The functions behind the command table, by topic: one commands_*.cpp each.
#pragma once

#include "common/api/command.hpp"

namespace tandem::api {

// commands_routes.cpp: what goes into adj-RIBs-out
Outcome announce_routes(Call& call);
Outcome withdraw_routes(Call& call);
Outcome announce_watchdog(Call& call);
Outcome withdraw_watchdog(Call& call);
Outcome unknown_announce(Call& call);
Outcome unknown_withdraw(Call& call);

// commands_peer.cpp: messages to peers, and what they are
Outcome announce_end_of_rib(Call& call);
Outcome announce_route_refresh(Call& call);
Outcome announce_operational(Call& call);
Outcome teardown(Call& call);
Outcome enable_peers(Call& call);
Outcome list_peers(Call& call);
Outcome show_peers(Call& call);

// commands_neighbor.cpp: neighbors that come and go by command
Outcome create_peer(Call& call);
Outcome delete_peers(Call& call);

// commands_rib.cpp: adj-RIBs as a whole
Outcome show_rib_in(Call& call);
Outcome show_rib_out(Call& call);
Outcome flush_rib(Call& call);
Outcome clear_rib_in(Call& call);
Outcome clear_rib_out(Call& call);

// commands_session.cpp: the client's own settings
Outcome enable_ack(Call& call);
Outcome disable_ack(Call& call);
Outcome silence_ack(Call& call);
Outcome enable_sync(Call& call);
Outcome disable_sync(Call& call);
Outcome enable_reasons(Call& call);
Outcome disable_reasons(Call& call);
Outcome enable_tags(Call& call);
Outcome disable_tags(Call& call);
Outcome enable_text(Call& call);
Outcome disable_text(Call& call);
Outcome reset(Call& call);
Outcome ready(Call& call);
Outcome ping(Call& call);
Outcome bye(Call& call);

// commands_group.cpp: several changes at once
Outcome group_line(Call& call);
Outcome group_start(Call& call);
Outcome group_add(Call& call);
Outcome group_end(Call& call);

// commands_route_index.cpp: routes one by one, with numbers to take them back by
Outcome indexed_routes(Call& call);

// commands_system.cpp: the daemon
Outcome shutdown(Call& call);
Outcome reload(Call& call);
Outcome restart(Call& call);
Outcome check_reload(Call& call);  // commands_reload.cpp
Outcome rotate_log(Call& call);
Outcome status(Call& call);
Outcome version(Call& call);
Outcome queue_status(Call& call);
Outcome api_version(Call& call);
Outcome help(Call& call);
Outcome comment(Call& call);

// commands_upgrade.cpp: another program goes on
Outcome upgrade(Call& call);

// commands_record.cpp: the recording of all that happens
Outcome record_start(Call& call);
Outcome record_stop(Call& call);
Outcome record_status(Call& call);

// commands_engine.cpp: which reactor runs, and the switch to another
Outcome engine(Call& call);
Outcome engine_trial(Call& call);  // commands_trial.cpp
Outcome engine_shadow(Call& call); // commands_shadow.cpp

}  // namespace tandem::api
