#!/usr/bin/env python3
"""tandem and BIRD 2 on loopback addresses, both with 10,000 IPv4 and 10,000 IPv6 routes for the other.

    run_interop.py --tandem PROGRAM --engine sync|async [--md5] [--restart]

BIRD gets a configuration and a control socket of its own in a temporary folder; everything this program started is ended by it.
Exit status 0: both sides had every route of the other, and after --restart had them again by themselves.
"""

import argparse
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

ROUTES = 10000
PATIENCE_S = 40


def free_port(address):
    with socket.socket() as probe:
        probe.bind((address, 0))
        return probe.getsockname()[1]


def wait_for(what, condition):
    """Asks until the condition holds. What it asks is another process: there is nothing to be woken by."""
    limit = time.monotonic() + PATIENCE_S
    answer = None
    while time.monotonic() < limit:
        answer = condition()
        if answer is True:
            return
        time.sleep(0.05)
    raise SystemExit(f'not within {PATIENCE_S} s: {what} (last seen: {answer})')


class Bird:
    def __init__(self, folder, port, password):
        self.folder, self.socket = folder, os.path.join(folder, 'bird.ctl')
        self.program = shutil.which('bird') or '/usr/sbin/bird'
        self.client = shutil.which('birdc') or '/usr/sbin/birdc'
        if not os.access(self.program, os.X_OK) or not os.access(self.client, os.X_OK):
            raise SystemExit('BIRD 2 is not installed (Debian package bird2): scripts/install-dependencies installs it')
        four = '\n'.join(f'  route 10.{i >> 8}.{i & 255}.0/24 blackhole;' for i in range(ROUTES))
        six = '\n'.join(f'  route 2001:db8:{i:x}::/48 blackhole;' for i in range(ROUTES))
        with open(os.path.join(folder, 'bird.conf'), 'w') as conf:
            conf.write(f'''
router id 192.0.2.2;
log stderr all;
protocol device {{}}
protocol static static4 {{ ipv4;
{four}
}}
protocol static static6 {{ ipv6;
{six}
}}
protocol bgp tandem {{
  local 127.0.0.2 port {port} as 65001;
  neighbor 127.0.0.1 as 65002;
  multihop;
  passive;
  {f'password "{password}";' if password else ''}
  ipv4 {{ import all; export where source = RTS_STATIC; next hop address 192.0.2.2; }};
  ipv6 {{ import all; export where source = RTS_STATIC; next hop address 2001:db8::2; }};
}}
''')
        self.process = None

    def start(self):
        log = open(os.path.join(self.folder, 'bird.log'), 'a')
        self.process = subprocess.Popen([self.program, '-f', '-c', os.path.join(self.folder, 'bird.conf'), '-s', self.socket,
                                         '-P', os.path.join(self.folder, 'bird.pid')], stdout=log, stderr=log)
        wait_for('BIRD answers', lambda: 'BIRD' in self.ask('show status'))

    def ask(self, command):
        done = subprocess.run([self.client, '-s', self.socket, *command.split()], capture_output=True, text=True, timeout=10)
        return done.stdout

    def routes(self, table):
        found = re.search(r'(\d+) of \d+ routes', self.ask(f'show route protocol tandem table {table} count'))
        return int(found.group(1)) if found else 0

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(5)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


class Tandem:
    def __init__(self, folder, program, engine, port, password):
        self.folder, self.program = folder, program
        self.conf = os.path.join(folder, 'tandem.conf')
        four = '\n'.join(f'    route 20.{i >> 8}.{i & 255}.0/24 next-hop 192.0.2.1 med {i // 100};' for i in range(ROUTES))
        six = '\n'.join(f'    route 2001:db9:{i:x}::/48 next-hop 2001:db8::1;' for i in range(ROUTES))
        with open(self.conf, 'w') as conf:
            conf.write(f'''
neighbor 127.0.0.2 {{
  router-id 192.0.2.1;
  local-address 127.0.0.1;
  connect {port};
  local-as 65002;
  peer-as 65001;
  {f'md5-password "{password}";' if password else ''}
  family {{ ipv4 unicast; ipv6 unicast; }}
  static {{
{four}
{six}
  }}
}}
''')
        self.env = {name: value for name, value in os.environ.items() if not name.startswith(('tandem', 'exabgp'))}
        self.env.update({'tandem_reactor_engine': engine, 'tandem_api_socketpath': os.path.join(folder, 'tandem.sock'),
                         'tandem_daemon_user': 'root' if os.geteuid() == 0 else '', 'tandem_api_version': '4'})
        if os.geteuid() != 0:
            del self.env['tandem_daemon_user']
        self.process = None

    def start(self):
        log = open(os.path.join(self.folder, 'tandem.log'), 'a')
        self.process = subprocess.Popen([self.program, 'server', self.conf], stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=self.env)

    def ask(self, *words):
        done = subprocess.run([self.program, 'run', *words], capture_output=True, text=True, env=self.env, timeout=20)
        return done.stdout

    def routes(self, afi):
        return sum(1 for line in self.ask('show', 'adj-rib', 'in').splitlines() if f' {afi} unicast ' in f' {line} ')

    def stop(self):
        """Returns the exit status."""
        if self.process is None:
            return None
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(6)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        return self.process.returncode


def complete(bird, tandem):
    """True, or what is there so far."""
    if tandem.process.poll() is not None:
        raise SystemExit(f'tandem ended with status {tandem.process.returncode}')
    there = (bird.routes('master4'), bird.routes('master6'))
    if there != (ROUTES, ROUTES):
        return f'BIRD has {there}'
    here = (tandem.routes('ipv4'), tandem.routes('ipv6'))
    return here == (ROUTES, ROUTES) or f'tandem has {here}'


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--tandem', required=True)
    parser.add_argument('--engine', required=True, choices=('sync', 'async'))
    parser.add_argument('--md5', action='store_true', help='with a TCP MD5 key (RFC 2385)')
    parser.add_argument('--restart', action='store_true', help='BIRD is stopped and started again')
    option = parser.parse_args()
    folder = tempfile.mkdtemp(prefix='tandem-interop-')
    port = free_port('127.0.0.2')
    password = 'a key of ours' if option.md5 else ''
    bird = tandem = None
    passed = False
    try:
        bird = Bird(folder, port, password)
        tandem = Tandem(folder, option.tandem, option.engine, port, password)
        bird.start()
        tandem.start()
        wait_for('all routes on both sides', lambda: complete(bird, tandem))
        attributes = bird.ask('show route 20.1.2.0/24 all')
        for expected in ('BGP.origin: IGP', 'BGP.as_path: 65002', 'BGP.next_hop: 192.0.2.1', 'BGP.med: 2'):
            if expected not in attributes:
                raise SystemExit(f'BIRD does not see "{expected}" in:\n{attributes}')
        if option.restart:
            bird.stop()
            wait_for('tandem notices', lambda: tandem.routes('ipv4') == 0 or 'idle' in tandem.ask('show', 'neighbor', 'summary').lower())
            bird.start()
            wait_for('all routes on both sides, after the restart', lambda: complete(bird, tandem))
        status = tandem.stop()
        if status != 0:
            raise SystemExit(f'tandem ended with status {status}')
        wait_for('BIRD has lost the routes', lambda: bird.routes('master4') == 0)
        passed = True
        print('passed')
    finally:
        for process in (tandem, bird):
            if process:
                process.stop()
        if not passed:
            for name in ('tandem.log', 'bird.log'):
                path = os.path.join(folder, name)
                if os.path.exists(path):
                    with open(path) as log:
                        print(f'--- {name}\n' + ''.join(log.readlines()[-30:]))
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == '__main__':
    sys.exit(main())
