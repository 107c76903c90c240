"""The two pipes of a program: what it is told on standard input, what it says on standard output.

Two threads see to it that neither side waits for the other. One reads all the time, whatever the program does: the speaker's pipe never
runs full, and no line is lost, at the price of memory while the program is busy. The other one writes: a speaker that does not take
commands for a while holds up only who waits for an answer.
"""

import collections
import os
import queue
import re
import threading
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Deque, Iterable, Iterator, List, Optional, Tuple

from .events import Event, Shutdown, Text, parse_event

_CHUNK = 1 << 16
_EVENT = re.compile(r'\{\s*"exabgp"')
_TAG = re.compile(r'#[!-~]+$')
# Without `session reasons enable` these are answered by one line of JSON where they succeed, and by no `done`.
_ROUTES = re.compile(r'(peer\s.*\s)?routes(\s.*)?\s(list|add|remove)(\s|$)')
_ACKS = {'enable-ack': 'enable', 'disable-ack': 'disable', 'silence-ack': 'silence'}


class Gone(Exception):
    """The speaker has closed its side: there will be no answer."""


class CommandTimeout(Exception):
    """The answer has not come in time. When it comes it is dropped, and is not taken for that of a later command."""


class CommandError(Exception):
    """The command was answered `error`. `answer` are the lines before it, where the speaker says why."""

    def __init__(self, command: str, answer: 'Answer'):
        reasons = '; '.join(answer.lines)
        super().__init__(f'{command}: {reasons}' if reasons else f'{command}: error')
        self.command = command
        self.answer = answer


@dataclass
class Answer:
    lines: List[str] = field(default_factory=list)
    done: bool = False

    @property
    def text(self) -> str:
        return '\n'.join(self.lines)


class _Pending:
    def __init__(self, command: str):
        self.command = command
        self.answer = Answer()
        self.future: 'Future[Answer]' = Future()
        words = command.split()
        self.tag = words[0] if words and _TAG.match(words[0]) else ''  # `#17 COMMAND` is answered by `done #17`
        self.words = words[1:] if self.tag else words

    @property
    def never_answered(self) -> bool:
        return self.words[:1] == ['debug'] and not self.tag

    @property
    def acks(self) -> str:
        """What it makes of acknowledgements: `enable`, `disable`, `silence`, or nothing."""
        if self.words[:2] == ['session', 'ack'] and self.words[2:] in (['enable'], ['disable'], ['silence']):
            return self.words[2]
        return _ACKS.get(self.words[0], '') if len(self.words) == 1 else ''

    def ends_with(self, line: str, reasons: bool) -> Optional[bool]:
        """Whether it was done, where the line is the end of its answer; None: there is more."""
        for word in ('done', 'error'):
            if line == word or (self.tag and line == f'{word} {self.tag}'):
                return word == 'done'
        if not reasons and not self.tag and line[:1] in ('[', '{') and not line.startswith('{"error"') and _ROUTES.match(' '.join(self.words)):
            self.answer.lines.append(line)
            return True
        return None


class Program:
    """`window`: how many commands may wait for their answer at a time. One is right for every speaker; tandem answers in the order of the
    commands, so that with it more are faster (ExaBGP 4.2 may answer a later one first).

    `acks`: false where the speaker does not answer (`api.ack`); then commands are not waited for. What `session ack disable`, `silence` and
    `enable` (or the words of version 4) change is seen, and that nobody answers `debug` is known.
    """

    def __init__(self, window: int = 1, acks: bool = True, read_fd: int = 0, write_fd: int = 1):
        if window < 1:
            raise ValueError('the window is at least 1')
        self._acks = acks
        self._reasons = False
        self._read_fd = read_fd
        self._write_fd = write_fd
        self._events: 'queue.SimpleQueue[Optional[Event]]' = queue.SimpleQueue()
        self._lock = threading.Condition()
        self._unsent: Deque[_Pending] = collections.deque()
        self._waiting: Deque[_Pending] = collections.deque()
        self._window = window
        self._gone = False
        self._closing = False
        self._reader = threading.Thread(target=self._read, name='events', daemon=True)
        self._writer = threading.Thread(target=self._write, name='commands', daemon=True)
        self._reader.start()
        self._writer.start()

    def __enter__(self) -> 'Program':
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self, timeout: float = 5.0) -> None:
        """Gives what was sent so long to be written. Nothing can be sent any more; the pipes stay open, as they end with the process."""
        with self._lock:
            self._closing = True
            self._lock.notify_all()
        self._writer.join(timeout)

    # --- commands

    def send(self, command: str) -> 'Future[Answer]':
        """Returns at once. The future gives the answer, also when it is `error`; `asyncio.wrap_future` makes it one that can be awaited."""
        if '\n' in command or '\r' in command:
            raise ValueError('a command is one line')
        pending = _Pending(command)
        with self._lock:
            if self._gone or self._closing:
                pending.future.set_exception(Gone('the speaker is gone' if self._gone else 'the program is closing'))
                return pending.future
            self._unsent.append(pending)
            self._lock.notify_all()
        return pending.future

    def command(self, command: str, timeout: Optional[float] = 30.0) -> Answer:
        """Sends a command and waits for its answer. CommandError when it is `error`, CommandTimeout, or Gone."""
        return self._result(command, self.send(command), timeout)

    def commands(self, commands: Iterable[str], timeout: Optional[float] = 30.0) -> List[Answer]:
        """Several, in their order, without waiting for each. The first error is raised when all have been answered."""
        sent = [(command, self.send(command)) for command in commands]
        answers: List[Answer] = []
        failure: Optional[Exception] = None
        for command, future in sent:
            try:
                answers.append(self._result(command, future, timeout))
            except CommandError as error:
                answers.append(error.answer)
                failure = failure or error
        if failure is not None:
            raise failure
        return answers

    def ask_for_reasons(self, timeout: Optional[float] = 30.0) -> bool:
        """tandem then says in the line before `error` what is wrong (and ends what `routes` answers with `done`). False: it cannot."""
        try:
            self.command('session reasons enable', timeout)
        except CommandError:
            return False
        return True

    @staticmethod
    def _result(command: str, future: 'Future[Answer]', timeout: Optional[float]) -> Answer:
        try:
            answer = future.result(timeout)
        except TimeoutError:
            raise CommandTimeout(command) from None
        except Exception as error:
            if type(error).__name__ == 'TimeoutError':  # of concurrent.futures, before Python 3.11
                raise CommandTimeout(command) from None
            raise
        if not answer.done:
            raise CommandError(command, answer)
        return answer

    # --- events

    def events(self, timeout: Optional[float] = None) -> Iterator[Event]:
        """Every event in its order, until the speaker has closed its side or, behind a Shutdown, for good. With `timeout` it ends, too, when
        there was none for so many seconds; what comes later is there for the next call."""
        while True:
            event = self.next_event(timeout)
            if event is None:
                return
            yield event
            if isinstance(event, Shutdown):
                return

    def next_event(self, timeout: Optional[float] = None) -> Optional[Event]:
        """None: there was none in time, or there will be none any more (`gone`)."""
        try:
            event = self._events.get(timeout=timeout)
        except queue.Empty:
            return None
        if event is None:
            self._events.put(None)  # for whoever asks again
        return event

    @property
    def gone(self) -> bool:
        """The speaker has closed its side."""
        return self._gone

    # --- the reading thread

    def _read(self) -> None:
        rest = b''
        pieces: List[bytes] = []
        while True:
            try:
                octets = os.read(self._read_fd, _CHUNK)
            except OSError:
                octets = b''
            if not octets:
                break
            head, newline, tail = octets.rpartition(b'\n')
            if not newline:
                pieces.append(octets)  # a long line is put together once
                continue
            rest = b''.join(pieces) + head
            pieces = [tail] if tail else []
            for line in rest.split(b'\n'):
                self._take(line.decode('utf-8', 'surrogateescape').rstrip('\r'))
        if pieces:
            self._take(b''.join(pieces).decode('utf-8', 'surrogateescape'))
        self._end()

    def _take(self, line: str) -> None:
        if _EVENT.match(line):
            self._events.put(parse_event(line))
            return
        if not line:
            return  # of text encoders
        answered: Optional[_Pending] = None
        with self._lock:
            if self._waiting:
                pending = self._waiting[0]
                done = pending.ends_with(line, self._reasons)
                if done is None:
                    pending.answer.lines.append(line)
                    return
                pending.answer.done = done
                if done and pending.words in (['session', 'reasons', 'enable'], ['enable-reasons']):
                    self._reasons = True
                answered = self._waiting.popleft()
                self._lock.notify_all()
        if answered is None:
            self._events.put(Text(line, {}))
        elif answered.future.set_running_or_notify_cancel():
            answered.future.set_result(answered.answer)

    def _end(self) -> None:
        with self._lock:
            self._gone = True
            lost = list(self._waiting) + list(self._unsent)
            self._waiting.clear()
            self._unsent.clear()
            self._lock.notify_all()
        for pending in lost:
            if pending.future.set_running_or_notify_cancel():
                pending.future.set_exception(Gone('the speaker is gone'))
        self._events.put(None)

    # --- the writing thread

    def _next_batch(self) -> Optional[List[Tuple[_Pending, bool]]]:
        """The commands to be written now, and whether each will be answered. None: there will be no more."""
        batch: List[Tuple[_Pending, bool]] = []
        with self._lock:
            while not self._gone:
                while self._unsent:
                    pending = self._unsent[0]
                    answered = pending.acks in ('enable', 'disable') or (self._acks and not pending.never_answered and pending.acks != 'silence')
                    if answered and len(self._waiting) >= self._window:
                        break
                    if pending.acks:
                        self._acks = pending.acks == 'enable'
                    if answered:
                        self._waiting.append(pending)
                    batch.append((self._unsent.popleft(), answered))
                if batch:
                    return batch
                if self._closing and not self._unsent:
                    return None
                self._lock.wait()
        return None

    def _write(self) -> None:
        while True:
            batch = self._next_batch()
            if batch is None:
                return
            octets = b''.join(pending.command.encode('utf-8', 'surrogateescape') + b'\n' for pending, _ in batch)
            try:
                while octets:
                    octets = octets[os.write(self._write_fd, octets):]
            except OSError:
                self._end()
                return
            for pending, answered in batch:
                if not answered and pending.future.set_running_or_notify_cancel():
                    pending.future.set_result(Answer(done=True))
