"""Events: what each kind of line becomes, of tandem and of ExaBGP."""

import json
import unittest

from tandem_client import (EndOfRib, Event, Fsm, Keepalive, Negotiated, Notification, Open, Operational, Packet, Refresh, Shutdown, Signal, State, Text,
                           Update, parse_event)

ENVELOPE = {'exabgp': '6.0.0', 'time': 1795343617.62, 'host': 'rtr1', 'pid': 4100, 'ppid': 1, 'counter': 7}
NEIGHBOR = {'address': {'local': '127.0.0.1', 'peer': '127.0.0.2'}, 'asn': {'local': 65001, 'peer': 65002}, 'router-id': '1.2.3.4'}


def event(kind, /, **more):
    return parse_event(json.dumps({**ENVELOPE, 'type': kind, 'neighbor': {**NEIGHBOR, **more}}))


class EventTest(unittest.TestCase):
    def test_the_envelope_and_the_neighbor(self):
        up = event('state', state='up')
        self.assertIsInstance(up, State)
        self.assertEqual((up.type, up.time, up.counter), ('state', 1795343617.62, 7))
        self.assertEqual((up.local_address, up.peer_address, up.local_as, up.peer_as), ('127.0.0.1', '127.0.0.2', 65001, 65002))
        self.assertEqual((up.state, up.reason, up.direction), ('up', '', None))

    def test_states(self):
        down = event('state', state='down', reason='closing connection')
        self.assertEqual((down.state, down.reason), ('down', 'closing connection'))
        self.assertEqual(event('fsm', state='IDLE').state, 'IDLE')
        self.assertIsInstance(event('fsm', state='IDLE'), Fsm)
        signal = event('signal', code='15', name='SIGTERM')
        self.assertIsInstance(signal, Signal)
        self.assertEqual((signal.code, signal.name), (15, 'SIGTERM'))
        self.assertEqual(event('negotiated', negotiated={'asn4': True}).negotiated, {'asn4': True})
        self.assertIsInstance(event('negotiated', negotiated={}), Negotiated)

    def test_an_update(self):
        update = event('update', direction='receive', message={'update': {
            'attribute': {'origin': 'igp', 'as-path': {'0': {'element': 'as-sequence', 'value': [65001, 65002]}, '1': {'element': 'as-set', 'value': [3]}}},
            'announce': {'ipv4 unicast': {'10.0.0.1': [{'nlri': '10.0.0.0/24', 'path-information': '0.0.0.1'}, {'nlri': '10.0.1.0/24'}]},
                         'ipv4 flow': {'no-nexthop': [{'string': 'flow destination-ipv4 10.0.0.0/24'}]}},
            'withdraw': {'ipv6 unicast': ['2001:db8::/32']}}})
        self.assertIsInstance(update, Update)
        self.assertEqual(update.direction, 'receive')
        self.assertEqual([(route.family, route.nlri, route.next_hop) for route in update.announced],
                         [('ipv4 unicast', '10.0.0.0/24', '10.0.0.1'), ('ipv4 unicast', '10.0.1.0/24', '10.0.0.1'), ('ipv4 flow', None, None)])
        self.assertEqual(update.announced[0].fields['path-information'], '0.0.0.1')
        self.assertEqual([(route.family, route.nlri) for route in update.withdrawn], [('ipv6 unicast', '2001:db8::/32')])
        self.assertEqual(update.as_path, [65001, 65002, 3])

    def test_an_end_of_rib(self):
        end = event('update', direction='send', message={'eor': {'afi': 'ipv4', 'safi': 'unicast'}})
        self.assertIsInstance(end, EndOfRib)
        self.assertEqual(end.family, 'ipv4 unicast')

    def test_messages(self):
        self.assertEqual(event('open', direction='send', open={'version': 4}).open, {'version': 4})
        self.assertIsInstance(event('open', direction='send', open={}), Open)
        self.assertIsInstance(event('keepalive', direction='send'), Keepalive)
        notification = event('notification', direction='receive', notification={'code': 6, 'subcode': 2, 'data': '0x4142', 'message': 'AB'})
        self.assertIsInstance(notification, Notification)
        self.assertEqual((notification.code, notification.subcode, notification.octets, notification.message), (6, 2, b'AB', 'AB'))
        refresh = event('refresh', direction='receive', **{'route-refresh': {'afi': 'ipv4', 'safi': 'unicast', 'subtype': 'query'}})
        self.assertIsInstance(refresh, Refresh)
        self.assertEqual((refresh.afi, refresh.safi, refresh.subtype), ('ipv4', 'unicast', 'query'))
        self.assertEqual(event('operational', direction='receive', operational={'name': 'ASM'}).operational, {'name': 'ASM'})
        self.assertIsInstance(event('operational', operational={}), Operational)
        packet = event('update', direction='receive', message={'category': 2, 'header': '0xFFFF', 'body': '0x'})
        self.assertIsInstance(packet, Packet)
        self.assertEqual((packet.category, packet.header, packet.body), (2, b'\xff\xff', b''))

    def test_a_message_within_message_as_older_versions_have_it(self):
        self.assertEqual(event('open', message={'open': {'version': 4}}).open, {'version': 4})
        self.assertEqual(event('notification', message={'notification': {'code': 6, 'subcode': 3, 'data': '4142'}}).octets, b'AB')

    def test_the_shutdown_has_no_neighbor(self):
        shutdown = parse_event('{ "exabgp": "6.0.0", "time": 1, "type": "notification", "notification": "shutdown" }')
        self.assertIsInstance(shutdown, Shutdown)
        self.assertIsNone(shutdown.peer_address)

    def test_a_kind_that_is_not_known_is_an_event_all_the_same(self):
        later = event('weather', sun=True)
        self.assertIs(type(later), Event)
        self.assertEqual(later.neighbor['sun'], True)

    def test_what_cannot_be_read_is_text(self):
        for line in ('', 'done', '[]', '{ "exabgp": ', '{ "exabgp": "4.0.1", "type": "signal", "neighbor": { "code": "x" } }', '{' * 100000):
            self.assertIsInstance(parse_event(line), Text)
            self.assertEqual(parse_event(line).line, line)


if __name__ == '__main__':
    unittest.main()
