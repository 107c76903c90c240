#!/bin/sh
# An API program: commands go to standard output, answers and events (JSON, one a line) come on standard input.
# It waits for the session, announces three routes, takes one back, asks for the neighbor's routes, and stays until it is told to end.

log() { echo "announcer: $*" >&2; }

finish() {
	log "tandem ends"
	exit 0
}

# command WORDS...: sends one command and reads until its answer; events in between are not ours to judge here
command() {
	echo "$*"
	while read -r line; do
		case $line in
			done) return 0 ;;
			error) log "refused: $*"; return 1 ;;
			shutdown*) finish ;;
		esac
	done
	finish
}

while read -r line; do
	case $line in
		*'"state": "up"'*) break ;;
		shutdown*) finish ;;
	esac
done

sleep 1  # let the ten thousand go first
command peer '*' announce route 198.51.100.0/24 next-hop 192.0.2.1 med 10
command peer '*' announce route 203.0.113.0/25 next-hop self
command peer '*' announce route 203.0.113.128/25 next-hop self community '[' 65001:666 ']'
command peer '*' withdraw route 203.0.113.128/25 next-hop self
command peer '*' announce route-refresh ipv4 unicast
log "routes announced"

while read -r line; do
	case $line in
		shutdown*) finish ;;
	esac
done
finish
