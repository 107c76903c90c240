#!/usr/bin/python3
"""The library and the sample programs beside a real speaker.

    beside_a_speaker.py sync|async|uring|exabgp TANDEM ROOT
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

from bgp_peer import Peer, announcement, withdrawal

SPEAKER, TANDEM, ROOT = '', '', ''
HERE = os.path.dirname(os.path.abspath(__file__))
ROUTES = 50

CONFIGURATION = '''
process program {
    run %s;
    encoder json;
}
neighbor 127.0.0.1 {
    router-id 10.0.0.1;
    local-address 127.0.0.1;
    local-as 65001;
    peer-as 65002;
    %s
    family {
        ipv4 unicast;
    }
    api {
        processes [ program ];
        neighbor-changes;
        receive {
            parsed;
            update;
        }
    }
    %s
}
'''
WATCHED = 'static { route 198.51.100.10/32 next-hop 127.0.0.1 watchdog service withdraw; route 203.0.113.0/24 next-hop 127.0.0.1; }'


class BesideASpeaker(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp()
        self.peer = Peer()
        self.log = open(os.path.join(self.folder, 'log'), 'wb')
        self.daemon = None

    def tearDown(self):
        if self.daemon is not None and self.daemon.poll() is None:
            self.daemon.terminate()
            try:
                self.daemon.wait(20)
            except subprocess.TimeoutExpired:
                self.daemon.kill()
                self.daemon.wait()
        self.peer.close()
        self.log.close()
        shutil.rmtree(self.folder)

    def start(self, program, version, statements=''):
        connect = '' if SPEAKER == 'exabgp' else f'connect {self.peer.port};'
        configuration = os.path.join(self.folder, 'speaker.conf')
        with open(configuration, 'w') as writer:
            writer.write(CONFIGURATION % (program, connect, statements))
        environment = {**os.environ, 'REPORT': self.report(), 'ROUTES': str(ROUTES), 'SERVICE_PID_FILE': self.pid_file()}
        prefix = 'exabgp' if SPEAKER == 'exabgp' else 'tandem'
        environment[f'{prefix}_tcp_port'] = str(self.peer.port)
        environment[f'{prefix}_daemon_user'] = 'root' if os.geteuid() == 0 else os.environ.get('USER', '')
        environment[f'{prefix}_api_cli'] = 'false'
        if SPEAKER == 'exabgp':
            command = ['/usr/sbin/exabgp', configuration]
        else:
            environment['tandem_api_version'] = version
            command = [TANDEM, 'server', '--engine', SPEAKER, configuration]
        self.daemon = subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log)
        self.assertTrue(self.peer.wait(lambda: self.peer.established), self.said())

    def report(self):
        return os.path.join(self.folder, 'report')

    def pid_file(self):
        return os.path.join(self.folder, 'service.pid')

    def said(self):
        self.log.flush()
        with open(os.path.join(self.folder, 'log'), errors='replace') as reader:
            return reader.read()[-4000:]

    def versions(self):
        return ('4',) if SPEAKER == 'exabgp' else ('4', '6')

    def restarted(self, version):
        if version != self.versions()[0]:
            self.tearDown()
            self.setUp()

    def test_commands_are_answered_and_events_are_values(self):
        for version in self.versions():
            with self.subTest(version=version):
                self.restarted(version)
                self.start(os.path.join(HERE, 'reporter.py'), version)
                announced = lambda: len(self.peer.routes) == ROUTES - 1 and '10.1.0.0/32' not in self.peer.routes
                self.assertTrue(self.peer.wait(announced), f'{self.peer.routes}\n{self.said()}')
                self.peer.send(announcement('192.0.2.0/24'))
                self.peer.send(announcement('203.0.113.0/24'))
                for _ in range(600):
                    if os.path.exists(self.report()):
                        break
                    time.sleep(0.05)
                with open(self.report()) as reader:
                    report = json.load(reader)
                self.assertEqual(report['states'][-1], ['up', '127.0.0.1', 65002])
                self.assertTrue(report['version'])
                self.assertEqual(len(report['errors']), 1)
                self.assertEqual(report['received'], [['ipv4 unicast', prefix, '127.0.0.1', [65002]] for prefix in ('192.0.2.0/24', '203.0.113.0/24')])
                self.assertEqual(report['reasons'], SPEAKER != 'exabgp')
                self.assertEqual('nonsense' in report['errors'][0], True)

    def follow(self, program):
        route = '198.51.100.0/24'
        for version in self.versions():
            with self.subTest(version=version):
                self.restarted(version)
                self.start(program, version)
                for _ in range(2):
                    self.peer.send(announcement('192.0.2.0/24'))
                    self.assertTrue(self.peer.wait(lambda: route in self.peer.routes), self.said())
                    self.peer.send(announcement('203.0.113.0/24'))
                    self.peer.send(withdrawal('192.0.2.0/24'))
                    self.assertTrue(self.peer.wait(lambda: route not in self.peer.routes), self.said())
                self.assertEqual(self.peer.history, [('announce', route), ('withdraw', route)] * 2)

    def test_the_sample_in_python_follows_a_route(self):
        self.follow(os.path.join(ROOT, 'etc', 'run', 'follow.py'))

    def test_the_sample_for_a_shell_follows_a_route(self):
        self.follow(os.path.join(ROOT, 'etc', 'run', 'follow.sh'))

    def test_the_sample_in_perl_follows_a_route(self):
        self.follow(os.path.join(ROOT, 'etc', 'run', 'follow.pl'))

    def test_the_sample_of_a_watchdog_announces_what_a_service_that_is_well_offers(self):
        watched, other = '198.51.100.10/32', '203.0.113.0/24'
        for version in self.versions():
            with self.subTest(version=version):
                self.restarted(version)
                self.start(os.path.join(ROOT, 'etc', 'run', 'watchdog.sh'), version, WATCHED)
                self.assertTrue(self.peer.wait(lambda: other in self.peer.routes), self.said())
                for _ in range(2):
                    open(self.pid_file(), 'w').close()
                    self.assertTrue(self.peer.wait(lambda: watched in self.peer.routes), self.said())
                    os.remove(self.pid_file())
                    self.assertTrue(self.peer.wait(lambda: watched not in self.peer.routes), self.said())
                self.assertEqual(self.peer.history, [('announce', other)] + [('announce', watched), ('withdraw', watched)] * 2)


def refusal():
    """Why there is no such engine on this kernel."""
    if SPEAKER == 'exabgp':
        return ''
    said = subprocess.run([TANDEM, 'server', '--engine', SPEAKER, os.path.join(ROOT, 'no.conf')], capture_output=True, text=True, stdin=subprocess.DEVNULL).stderr
    return next((line for line in said.splitlines() if 'cannot begin' in line), '')


if __name__ == '__main__':
    SPEAKER, TANDEM, ROOT = sys.argv[1:4]
    if refusal():
        print(f'left out: {refusal()}')
        sys.exit(0)
    unittest.main(argv=[sys.argv[0], *sys.argv[4:]])
