"""A BGP peer for tests, octet by octet: listens, says an OPEN, keeps what it is told. External AS 65002, IPv4 unicast."""

import socket
import struct
import threading
import time

MARKER = b'\xff' * 16
OPEN, UPDATE, NOTIFICATION, KEEPALIVE = 1, 2, 3, 4
AS = 65002


def message(kind, body=b''):
    return MARKER + struct.pack('!HB', 19 + len(body), kind) + body


def prefix_octets(prefix):
    address, length = prefix.split('/')
    return bytes([int(length)]) + socket.inet_aton(address)[:(int(length) + 7) // 8]


def announcement(prefix):
    attributes = bytes.fromhex('40010100' '40020602010000') + struct.pack('!H', AS) + bytes.fromhex('400304') + socket.inet_aton('127.0.0.1')
    return message(UPDATE, struct.pack('!HH', 0, len(attributes)) + attributes + prefix_octets(prefix))


def withdrawal(prefix):
    withdrawn = prefix_octets(prefix)
    return message(UPDATE, struct.pack('!H', len(withdrawn)) + withdrawn + b'\0\0')


def prefixes(octets):
    while octets:
        size = (octets[0] + 7) // 8
        yield f'{socket.inet_ntoa((octets[1:1 + size] + bytes(4))[:4])}/{octets[0]}'
        octets = octets[1 + size:]


class Peer:
    def __init__(self):
        self.listener = socket.create_server(('127.0.0.1', 0))
        self.port = self.listener.getsockname()[1]
        self.changed = threading.Condition()
        self.connection = None
        self.established = False
        self.routes = set()
        self.history = []  # ('announce' | 'withdraw', prefix)
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            with self.changed:
                self.connection = connection
                self.routes.clear()
            try:
                self.session(connection)
            except OSError:
                pass
            with self.changed:
                self.established = False
                self.changed.notify_all()

    def session(self, connection):
        stream = connection.makefile('rb')
        while True:
            header = stream.read(19)
            if len(header) < 19:
                return
            size, kind = struct.unpack('!HB', header[16:])
            body = stream.read(size - 19)
            if kind == OPEN:
                capabilities = bytes.fromhex('0206' '010400010001' '0206' '4104') + struct.pack('!I', AS)
                connection.sendall(message(OPEN, struct.pack('!BHH4sB', 4, AS, 180, b'\x0a\0\0\x02', len(capabilities)) + capabilities))
                connection.sendall(message(KEEPALIVE))
            elif kind == KEEPALIVE:
                with self.changed:
                    self.established = True
                    self.changed.notify_all()
            elif kind == UPDATE:
                self.update(body)
            elif kind == NOTIFICATION:
                return

    def update(self, body):
        withdrawn_size = struct.unpack('!H', body[:2])[0]
        attributes_at = 2 + withdrawn_size
        attributes_size = struct.unpack('!H', body[attributes_at:attributes_at + 2])[0]
        with self.changed:
            for prefix in prefixes(body[2:attributes_at]):
                self.routes.discard(prefix)
                self.history.append(('withdraw', prefix))
            for prefix in prefixes(body[attributes_at + 2 + attributes_size:]):
                self.routes.add(prefix)
                self.history.append(('announce', prefix))
            self.changed.notify_all()

    def send(self, octets):
        with self.changed:
            connection = self.connection
        connection.sendall(octets)

    def wait(self, condition, limit=30):
        end = time.monotonic() + limit
        with self.changed:
            while not condition():
                left = end - time.monotonic()
                if left <= 0 or not self.changed.wait(left):
                    return condition()
        return True

    def close(self):
        self.listener.close()
        with self.changed:
            if self.connection is not None:
                self.connection.close()
