#!/bin/sh
# An API program that only listens: every event goes to standard error, with a number.
count=0
while read -r line; do
	case $line in
		shutdown*) break ;;
	esac
	count=$((count + 1))
	echo "observer: $count $line" >&2
done
