#!/usr/bin/env python3
"""docs/migrating.md as a reader follows it: its commands as they stand, in their order, in one shell of an ordinary user.

    migrating_test.py ROOT TANDEM

What a reader waits for is waited for. Times are shortened, limits of time widened (others use the machine as well), and questions answered by --yes.
"""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

NOBODY = 65534
PATIENCE = 30  # seconds, for what takes one

SHORTENED = [
    (r'^tandem migrate$', "tandem migrate --yes --shadow 2s --time 2s --unless 'sessions lost'"),
    (r'--time 10m', '--shadow 2s --time 2s'),
    (r'--time 5s', "--time 2s --unless 'sessions lost'"),
    (r'for 60s', 'for 2s'),
    (r'lag \d+ms', 'lag 30s'),
    (r' unless hold margin below 20%', ''),
    (r'^sleep 20$', 'sleep 2'),
]
# What is said, by command; a command that is not here says what it likes.
SAID = [
    (r'^tandem migrate --yes --skip', 'verdict: every step that was asked for passed'),
    (r'^tandem migrate (?!conf)', 'verdict: every step passed'),
    (r'^tandem compare', 'verdict: identical'),
    (r'engine trial async', 'returned'),
    (r'engine trial status', 'returned'),
    (r'^tandem run engine$', '"engine": "async"'),
    (r'record status', '"recording": true'),
    (r'engine shadow status', '"shadow": true, "engine": "sync"'),
    (r'tandem replay ', 'verdict: identical'),
    (r'migrate conf', 'neighbor 127.0.0.1'),
]
RETRIED = r'diff|table\.sh|run upgrade'  # until a table is there, or a shadow has said its last word


def free_port():
    with socket.socket() as one:
        one.bind(('127.0.0.1', 0))
        return one.getsockname()[1]


def commands(document, folder):
    """The lines of its blocks of commands, without what they say of themselves."""
    for block in re.findall(r'^```sh\n(.*?)^```', document, re.S | re.M):
        for line in block.replace('/tmp/migrating', folder).splitlines():
            command = re.sub(r'\s+# .*', '', line).strip()
            for wanted, instead in SHORTENED:
                command = re.sub(wanted, instead, command)
            yield command


def first(rows, command, otherwise):
    return next((value for pattern, value in rows if re.search(pattern, command)), otherwise)


class Reader:
    """A shell, and somebody who types into it."""

    def __init__(self, folder):
        # What the shell writes goes behind all that is there, wherever it is being read from meanwhile: they share the place in the file.
        self.log = open(os.path.join(folder, 'said'), 'a+', encoding='utf-8')
        environment = {name: value for name, value in os.environ.items() if not name.startswith(('tandem', 'exabgp'))}
        environment['PATH'] = os.path.join(folder, 'bin') + ':/usr/sbin:/usr/bin:/sbin:/bin'
        environment['HOME'] = folder
        user = {'user': NOBODY, 'group': NOBODY, 'extra_groups': []} if os.geteuid() == 0 else {}
        self.shell = subprocess.Popen(['bash'], stdin=subprocess.PIPE, stdout=self.log, stderr=self.log, cwd=folder, env=environment,
                                      start_new_session=True, text=True, bufsize=1, **user)
        self.typed = 0

    def text(self):
        self.log.seek(0)
        return self.log.read()

    def type(self, command):
        """Types it, waits for its end, and gives status and what was said meanwhile, by whomever."""
        self.typed += 1
        mark = f'@@{self.typed}@'
        before = len(self.text())
        self.shell.stdin.write(f'{command}\necho "{mark}$?@"\n')
        limit = time.monotonic() + 120
        while time.monotonic() < limit:
            said = self.text()[before:]
            end = re.search(mark + r'(\d+)@', said)
            if end:
                return int(end.group(1)), said[:end.start()]
            time.sleep(0.02)
        raise AssertionError(f'{command}: does not end\n{self.text()[before:]}')

    def until(self, command, right):
        limit = time.monotonic() + PATIENCE
        while True:
            status, said = self.type(command)
            if right(status, said):
                return
            assert time.monotonic() < limit, f'{command}: status {status}\n{said}'
            time.sleep(0.2)

    def follow(self, command):
        if re.search(r'&( |$)', command):
            self.type(command)
            if 'tandem server' in command:  # it answers
                variables = ' '.join(re.findall(r'^(?:\w+=\S+ )+', command))
                self.until(f'{variables} tandem run version', lambda status, said: status == 0)
            return
        expected = first(SAID, command, '')
        if re.search(RETRIED, command):
            # What is compared with a table needs it whole.
            self.until(command, lambda found, said: found == 0 and (not command.startswith('etc/migrating/table.sh') or '>' not in command or self.has_table(command)))
            return
        found, said = self.type(command)
        assert found == 0 and expected in said, f'{command}: status {found}, wanted 0 and "{expected}"\n{said}'

    @staticmethod
    def has_table(command):
        with open(command.rsplit('> ', 1)[1].strip(), encoding='utf-8') as file:
            return len(file.readlines()) == 6  # the routes of edge.conf

    def end(self):
        self.shell.stdin.close()
        for number in (signal.SIGTERM, signal.SIGKILL):
            limit = time.monotonic() + 10
            while self.of_the_session() and time.monotonic() < limit:
                for pid in self.of_the_session():
                    try:
                        os.kill(pid, number)
                    except ProcessLookupError:
                        pass
                self.shell.poll()
                time.sleep(0.1)
        self.shell.wait()

    def of_the_session(self):
        """Whoever the shell has started: daemons and their programs are groups of their own, of its session."""
        found = []
        for name in filter(str.isdigit, os.listdir('/proc')):
            try:
                with open(f'/proc/{name}/stat', encoding='utf-8', errors='replace') as file:
                    fields = file.read().rpartition(')')[2].split()
            except (FileNotFoundError, ProcessLookupError):
                continue
            if fields[0] != 'Z' and int(fields[3]) == self.shell.pid:
                found.append(int(name))
        return found


def main():
    root, tandem = sys.argv[1:]
    with open(os.path.join(root, 'docs/migrating.md'), encoding='utf-8') as file:
        document = file.read()
    folder = tempfile.mkdtemp(prefix='tandem-')
    try:
        shutil.copytree(os.path.join(root, 'etc/migrating'), os.path.join(folder, 'etc/migrating'))
        os.mkdir(os.path.join(folder, 'bin'))
        shutil.copy(tandem, os.path.join(folder, 'bin/tandem'))
        port = str(free_port())
        for name in ('edge.conf', 'collector.conf'):
            path = os.path.join(folder, 'etc/migrating', name)
            with open(path, encoding='utf-8') as file:
                text = file.read()
            assert '1790' in text
            with open(path, 'w', encoding='utf-8') as file:
                file.write(text.replace('1790', port))
        if os.geteuid() == 0:
            subprocess.run(['chown', '-R', f'{NOBODY}:{NOBODY}', folder], check=True)
        reader = Reader(folder)
        try:
            for command in commands(document, os.path.join(folder, 'migrating')):
                print(command, flush=True)
                reader.follow(command)
        finally:
            reader.end()
    finally:
        shutil.rmtree(folder)
    return 0


if __name__ == '__main__':
    sys.exit(main())
