#!/bin/sh
# The routes of a neighbor at the end of a file of events, as text: table.sh FILE ADDRESS
exec awk -v peer="$2" '
  $2 == peer && $3 == "receive" && $4 == "update" {
    route = $6
    change = $5
    $1 = $2 = $3 = $4 = $5 = ""
    if (change == "announced") table[route] = $0
    else delete table[route]
  }
  END { for (route in table) print table[route] | "sort" }' "$1"
