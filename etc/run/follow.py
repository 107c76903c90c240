#!/usr/bin/env python3
"""Announces 198.51.100.0/24 as long as a neighbor announces 192.0.2.0/24 to us. The same program for a shell: follow.sh."""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..', 'clients', 'python'))

from tandem_client import CommandError, Program, State, Update  # noqa: E402

WATCHED = '192.0.2.0/24'
ROUTE = 'route 198.51.100.0/24 next-hop 192.0.2.1'


def wanted(event):
    """Whether there is to be a route from now on; None: the event says nothing about it."""
    if isinstance(event, Update) and event.direction == 'receive':
        if any(route.nlri == WATCHED for route in event.announced):
            return True
        if any(route.nlri == WATCHED for route in event.withdrawn):
            return False
    if isinstance(event, State) and event.state == 'down':
        return False
    return None


def main():
    with Program() as program:
        announced = False
        for event in program.events():
            change = wanted(event)
            if change is None or change == announced:
                continue
            try:
                program.command(f'{"announce" if change else "withdraw"} {ROUTE}')
                announced = change
            except CommandError as error:
                print(f'follow: {error}', file=sys.stderr)


if __name__ == '__main__':
    main()
