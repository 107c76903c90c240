#!/bin/sh
# What the collector is told, into the file that COLLECTED names. Its own output stays open: a program that closes it has ended.
cat >>"${COLLECTED:-collected.txt}"
