#!/bin/sh
# Announces 198.51.100.0/24 as long as a neighbor announces 192.0.2.0/24 to us. The same program in Python: follow.py.
# A line at a time: an event in JSON, or the answer to a command (done, error).
watched=192.0.2.0/24
route="route 198.51.100.0/24 next-hop 192.0.2.1"

while read -r line; do
	case $line in
		*'"type": "update"'*'"withdraw"'*"\"$watched\""*) echo "withdraw $route" ;;
		*'"type": "update"'*'"announce"'*"\"$watched\""*) echo "announce $route" ;;
		*'"state": "down"'*) echo "withdraw $route" ;;
		error*) echo "follow: a command was refused" >&2 ;;
		*'"notification": "shutdown"'*) exit 0 ;;
	esac
done
