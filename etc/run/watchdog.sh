#!/bin/sh
# Announces the routes of the watchdog `service` as long as a service is well, and withdraws them while it is not. The routes are written
# in the configuration (etc/examples/watchdog.conf); the program only says whether they are to be there.
# A service is well here when its pid file is there: put a check of your own in place of that.
pid_file=${SERVICE_PID_FILE:-/run/service.pid}
told=withdraw    # as the routes are at the start: `watchdog service withdraw`

# Reads until the command is answered; other lines are events, if the configuration asks for some.
is_done() {
	while read -r line; do
		case $line in
			done) return 0 ;;
			error) return 1 ;;
		esac
	done
	exit 0    # the speaker has ended
}

while :; do
	wanted=withdraw
	[ -e "$pid_file" ] && wanted=announce
	if [ "$wanted" != "$told" ]; then
		echo "$wanted watchdog service"
		if is_done; then
			told=$wanted
		else
			echo "watchdog: $wanted was refused, trying again" >&2
		fi
	fi
	sleep 1
done
