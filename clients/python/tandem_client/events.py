"""Events as values. Each has the line it was read from and what the line says as JSON (`data`), for whatever has no attribute here.

Speakers differ in what they tell (ExaBGP 4.2 has no `fsm` for all states and says less of an OPEN): what a line does not say is None, empty,
or 0. A line that is no event of a known kind is a `Text`; nothing that is read is ever dropped.
"""

import json
from dataclasses import dataclass, field
from typing import Any, Dict, List, Optional


@dataclass(frozen=True)
class Event:
    line: str = field(repr=False)
    data: Dict[str, Any] = field(repr=False)

    @property
    def type(self) -> str:
        return str(self.data.get('type', ''))

    @property
    def time(self) -> float:
        """When the speaker wrote it, in seconds since 1970."""
        return float(self.data.get('time', 0))

    @property
    def counter(self) -> int:
        """Grows with each event about the neighbor, by more than one where others are told of it, too."""
        return int(self.data.get('counter', 0))

    @property
    def neighbor(self) -> Dict[str, Any]:
        neighbor = self.data.get('neighbor')
        return neighbor if isinstance(neighbor, dict) else {}

    def _pair(self, name: str, side: str) -> Any:
        pair = self.neighbor.get(name)
        return pair.get(side) if isinstance(pair, dict) else None

    @property
    def peer_address(self) -> Optional[str]:
        return self._pair('address', 'peer')

    @property
    def local_address(self) -> Optional[str]:
        """`no-nexthop` while it is not known."""
        return self._pair('address', 'local')

    @property
    def peer_as(self) -> Optional[int]:
        number = self._pair('asn', 'peer')
        return None if number is None else int(number)

    @property
    def local_as(self) -> Optional[int]:
        number = self._pair('asn', 'local')
        return None if number is None else int(number)

    @property
    def direction(self) -> Optional[str]:
        """`receive` or `send`, of a message."""
        return self.neighbor.get('direction')


@dataclass(frozen=True)
class Text(Event):
    """A line that is no event in JSON: text that nobody asked for, or JSON that cannot be read."""


@dataclass(frozen=True)
class State(Event):
    """The session is `connected`, `up` or `down`."""

    state: str = ''
    reason: str = ''


@dataclass(frozen=True)
class Fsm(Event):
    state: str = ''


@dataclass(frozen=True)
class Signal(Event):
    code: int = 0
    name: str = ''


@dataclass(frozen=True)
class Negotiated(Event):
    negotiated: Dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Shutdown(Event):
    """The speaker is about to end, and this program with it."""


@dataclass(frozen=True)
class Open(Event):
    open: Dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Keepalive(Event):
    pass


@dataclass(frozen=True)
class Notification(Event):
    code: int = 0
    subcode: int = 0
    octets: bytes = b''
    message: str = ''


@dataclass(frozen=True)
class Refresh(Event):
    afi: str = ''
    safi: str = ''
    subtype: str = ''


@dataclass(frozen=True)
class Operational(Event):
    operational: Dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Packet(Event):
    """A message as it was on the wire."""

    category: int = 0
    header: bytes = b''
    body: bytes = b''


@dataclass(frozen=True)
class EndOfRib(Event):
    afi: str = ''
    safi: str = ''

    @property
    def family(self) -> str:
        return f'{self.afi} {self.safi}'


@dataclass(frozen=True)
class Route:
    """One route of an UPDATE. `nlri` is the prefix where the family has one, else None: then `fields` says what it is."""

    family: str
    nlri: Optional[str]
    fields: Dict[str, Any]
    next_hop: Optional[str] = None


@dataclass(frozen=True)
class Update(Event):
    announced: List[Route] = field(default_factory=list)
    withdrawn: List[Route] = field(default_factory=list)
    attributes: Dict[str, Any] = field(default_factory=dict)

    @property
    def as_path(self) -> List[int]:
        """The numbers of all segments."""
        path = self.attributes.get('as-path', [])
        if isinstance(path, list):
            return [int(number) for number in path if not isinstance(number, (dict, list))]
        segments = sorted(path.items(), key=lambda item: int(item[0]))
        return [int(number) for _, segment in segments for number in segment.get('value', [])]


def _octets(text: Any) -> bytes:
    digits = str(text or '')
    digits = digits[2:] if digits[:2] in ('0x', '0X') else digits
    try:
        return bytes.fromhex(digits)
    except ValueError:
        return b''


def _object(value: Any) -> Dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _route(family: str, element: Any, next_hop: Optional[str]) -> Route:
    if not isinstance(element, dict):  # compact
        return Route(family, str(element), {'nlri': element}, next_hop)
    nlri = element.get('nlri')
    return Route(family, None if nlri is None else str(nlri), element, next_hop)


def _elements(value: Any) -> List[Any]:
    # Old versions write a prefix as a key.
    if isinstance(value, dict):
        return [{'nlri': prefix, **_object(more)} for prefix, more in value.items()]
    return value if isinstance(value, list) else []


def _update(line: str, data: Dict[str, Any]) -> Event:
    message = _object(_object(data.get('neighbor')).get('message'))
    if 'eor' in message:
        family = _object(message['eor'])
        return EndOfRib(line, data, str(family.get('afi', '')), str(family.get('safi', '')))
    update = _object(message.get('update'))
    announced = []
    for family, next_hops in _object(update.get('announce')).items():
        for next_hop, elements in _object(next_hops).items():
            hop = None if next_hop in ('no-nexthop', 'null') else next_hop
            announced += [_route(family, element, hop) for element in _elements(elements)]
    withdrawn = []
    for family, elements in _object(update.get('withdraw')).items():
        withdrawn += [_route(family, element, None) for element in _elements(elements)]
    return Update(line, data, announced, withdrawn, _object(update.get('attribute')))


def _of_message(line: str, data: Dict[str, Any], kind: str) -> Optional[Event]:
    neighbor = _object(data.get('neighbor'))
    message = _object(neighbor.get('message'))
    if 'category' in message:
        return Packet(line, data, int(message['category']), _octets(message.get('header')), _octets(message.get('body')))
    if kind == 'update':
        return _update(line, data)
    if kind == 'open':
        return Open(line, data, _object(neighbor.get('open') or message.get('open')))
    if kind == 'keepalive':
        return Keepalive(line, data)
    if kind == 'notification':
        said = _object(neighbor.get('notification') or message.get('notification'))
        return Notification(line, data, int(said.get('code', 0)), int(said.get('subcode', 0)), _octets(said.get('data')), str(said.get('message', '')))
    if kind == 'refresh':
        said = _object(neighbor.get('route-refresh') or message.get('route-refresh'))
        return Refresh(line, data, str(said.get('afi', '')), str(said.get('safi', '')), str(said.get('subtype', '')))
    if kind == 'operational':
        return Operational(line, data, _object(neighbor.get('operational') or message.get('operational')))
    return None


def parse_event(line: str) -> Event:
    """The event of a line; a `Text` where it is none."""
    try:
        data = json.loads(line)
        if not isinstance(data, dict) or 'exabgp' not in data:
            return Text(line, {})
        kind = str(data.get('type', ''))
        neighbor = _object(data.get('neighbor'))
        if kind == 'notification' and data.get('notification') == 'shutdown':
            return Shutdown(line, data)
        if kind == 'state':
            return State(line, data, str(neighbor.get('state', '')), str(neighbor.get('reason', '')))
        if kind == 'fsm':
            return Fsm(line, data, str(neighbor.get('state', '')))
        if kind == 'signal':
            return Signal(line, data, int(neighbor.get('code', 0)), str(neighbor.get('name', '')))
        if kind == 'negotiated':
            return Negotiated(line, data, _object(neighbor.get('negotiated')))
        return _of_message(line, data, kind) or Event(line, data)
    except (ValueError, TypeError, AttributeError, RecursionError):
        return Text(line, {})
