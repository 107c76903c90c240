"""A program beside a BGP speaker: commands to it, with their answers awaited, and its events, with types.

    from tandem_client import Program, Update

    with Program() as program:
        program.command('announce route 192.0.2.0/24 next-hop self')
        for event in program.events():
            if isinstance(event, Update):
                ...

It runs under tandem (both versions of the API) and under ExaBGP, in a process with `encoder json`. Nothing but Python 3.9 is needed.
"""

from .events import (
    EndOfRib, Event, Fsm, Keepalive, Negotiated, Notification, Open, Operational, Packet, Refresh, Route, Shutdown, Signal, State, Text, Update,
    parse_event,
)
from .program import Answer, CommandError, CommandTimeout, Gone, Program

__all__ = [
    'Answer', 'CommandError', 'CommandTimeout', 'EndOfRib', 'Event', 'Fsm', 'Gone', 'Keepalive', 'Negotiated', 'Notification', 'Open', 'Operational',
    'Packet', 'Program', 'Refresh', 'Route', 'Shutdown', 'Signal', 'State', 'Text', 'Update', 'parse_event',
]
