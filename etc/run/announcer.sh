#!/bin/sh
# An API program: commands go to standard output, answers and events (JSON, one a line) come on standard input.
# It waits for the session and for a route refresh of the peer, announces three routes, takes one back, and stays until it is told
# to end.

log() { echo "announcer: $*" >&2; }

finish() {
	log "tandem ends"
	exit 0
}

# answers NUMBER: reads until that many commands have been answered; events in between are not ours to judge here
answers() {
	left=$1
	while [ "$left" -gt 0 ] && read -r line; do
		case $line in
			done) left=$((left - 1)) ;;
			error) log "a command was refused"; left=$((left - 1)) ;;
			shutdown*) finish ;;
		esac
	done
	[ "$left" -eq 0 ] || finish
}

while read -r line; do
	case $line in
		*'"state": "up"'*) break ;;
		shutdown*) finish ;;
	esac
done

# The peer has the ten thousand once it asks for them again.
while read -r line; do
	case $line in
		*'"type": "refresh"'*) break ;;
		shutdown*) finish ;;
	esac
done

# One write, so that all of it is one change: three routes more, one of the ten thousand less.
printf '%s\n' \
	"peer * announce route 198.51.100.0/24 next-hop 192.0.2.1 med 10" \
	"peer * announce route 203.0.113.0/25 next-hop self" \
	"peer * announce route 203.0.113.128/25 next-hop self community [ 65001:666 ]" \
	"peer * withdraw route 10.40.15.0/24"
answers 4
log "routes announced"

while read -r line; do
	case $line in
		shutdown*) finish ;;
	esac
done
finish
