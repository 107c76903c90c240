#!/usr/bin/python3
"""A program for tests: asks and announces what its environment names, and writes what came of it to a file when all is done."""

import json
import os
import sys

from tandem_client import CommandError, Program, State, Update


def main():
    report = {'states': [], 'received': [], 'errors': []}
    with Program() as program:
        report['reasons'] = program.ask_for_reasons()
        for event in program.events():
            if isinstance(event, State):
                report['states'].append([event.state, event.peer_address, event.peer_as])
                if event.state == 'up':
                    break
        report['version'] = program.command('version' if report['reasons'] is False else 'system version').lines
        for number in range(int(os.environ['ROUTES'])):
            program.command(f'announce route 10.1.{number // 256}.{number % 256}/32 next-hop 192.0.2.1')
        try:
            program.command('announce route nonsense')
        except CommandError as error:
            report['errors'].append(str(error))
        program.command('withdraw route 10.1.0.0/32 next-hop 192.0.2.1')
        for event in program.events():
            if isinstance(event, Update) and event.direction == 'receive':
                report['received'] += [[route.family, route.nlri, route.next_hop, event.as_path] for route in event.announced]
                if any(route.nlri == '203.0.113.0/24' for route in event.announced):
                    break
        with open(os.environ['REPORT'] + '.new', 'w') as writer:
            json.dump(report, writer)
        os.rename(os.environ['REPORT'] + '.new', os.environ['REPORT'])
        for _ in program.events():
            pass
    return 0


if __name__ == '__main__':
    sys.exit(main())
