"""The library against a speaker that is played here: what it does with lines, however they are cut, and who waits for whom."""

import os
import threading
import time
import unittest
from concurrent.futures import wait

from tandem_client import CommandError, CommandTimeout, Gone, Program, Shutdown, State, Text


def state(number, word='up'):
    return ('{ "exabgp": "6.0.0", "time": 1.5, "counter": %d, "type": "state", "neighbor": { "address": { "local": "10.0.0.2", "peer": "10.0.0.1" }, '
            '"asn": { "local": 1, "peer": 2 }, "state": "%s" } }\n' % (number, word)).encode()


class Speaker:
    """The other ends of the two pipes."""

    def __init__(self, **options):
        told, self.tell_fd = os.pipe()
        self.hear_fd, said = os.pipe()
        self.fds = [told, self.tell_fd, self.hear_fd, said]
        self.said = said
        self.heard = b''
        self.program = Program(read_fd=told, write_fd=said, **options)

    def tell(self, octets):
        while octets:
            octets = octets[os.write(self.tell_fd, octets):]

    def lines(self, count):
        """The first so many commands that came and were not taken yet."""
        while self.heard.count(b'\n') < count:
            octets = os.read(self.hear_fd, 65536)
            if not octets:
                break
            self.heard += octets
        parts = self.heard.split(b'\n')
        self.heard = b'\n'.join(parts[count:])
        return [part.decode() for part in parts[:count]]

    def hang_up(self):
        if self.tell_fd in self.fds:
            self.fds.remove(self.tell_fd)
            os.close(self.tell_fd)

    def close(self):
        self.hang_up()
        self.program._reader.join(10)
        self.program._writer.join(10)
        for fd in self.fds:
            os.close(fd)


class ProgramTest(unittest.TestCase):
    def setUp(self):
        self.speakers = []

    def tearDown(self):
        for speaker in self.speakers:
            speaker.close()

    def speaker(self, **options):
        self.speakers.append(Speaker(**options))
        return self.speakers[-1]

    def test_a_command_waits_for_its_done_and_has_the_lines_before_it(self):
        speaker = self.speaker()
        future = speaker.program.send('show neighbor summary')
        self.assertEqual(speaker.lines(1), ['show neighbor summary'])
        self.assertFalse(future.done())
        speaker.tell(b'Peer AS\n10.0.0.1 2\ndone\n')
        answer = future.result(10)
        self.assertTrue(answer.done)
        self.assertEqual(answer.lines, ['Peer AS', '10.0.0.1 2'])

    def test_an_error_is_raised_with_its_reason(self):
        speaker = self.speaker()
        speaker.tell(b'')
        threading.Thread(target=lambda: (speaker.lines(1), speaker.tell(b'error: no such peer\nerror\n'))).start()
        with self.assertRaisesRegex(CommandError, 'no such peer'):
            speaker.program.command('peer 9.9.9.9 teardown 4', 10)

    def test_events_between_the_lines_of_an_answer_are_events(self):
        speaker = self.speaker()
        future = speaker.program.send('show')
        speaker.lines(1)
        speaker.tell(b'one\n' + state(1) + b'[{"a": 1}]\n' + state(2) + b'done\n')
        self.assertEqual(future.result(10).lines, ['one', '[{"a": 1}]'])
        self.assertEqual([speaker.program.next_event(10).counter for _ in range(2)], [1, 2])

    def test_what_was_told_before_an_answer_is_there_when_the_answer_is(self):
        speaker = self.speaker()
        for number in range(200):
            future = speaker.program.send('announce')
            speaker.lines(1)
            speaker.tell(state(number) + b'done\n')
            future.result(10)
            self.assertEqual(speaker.program.next_event(0).counter, number)

    def test_one_command_is_on_its_way_at_a_time_unless_told_otherwise(self):
        speaker = self.speaker()
        futures = [speaker.program.send(str(number)) for number in range(3)]
        for number, future in enumerate(futures):
            self.assertEqual(speaker.lines(1), [str(number)])
            time.sleep(0)
            self.assertEqual(speaker.heard, b'')
            speaker.tell(b'done\n')
            future.result(10)

    def test_a_window_lets_so_many_be_on_their_way(self):
        speaker = self.speaker(window=3)
        futures = [speaker.program.send(str(number)) for number in range(5)]
        self.assertEqual(speaker.lines(3), ['0', '1', '2'])
        speaker.tell(b'done\nerror\n')
        self.assertEqual(speaker.lines(2), ['3', '4'])
        speaker.tell(b'done\ndone\ndone\n')
        self.assertEqual([future.result(10).done for future in futures], [True, False, True, True, True])

    def test_a_late_answer_is_not_taken_for_that_of_the_next_command(self):
        speaker = self.speaker()
        with self.assertRaises(CommandTimeout):
            speaker.program.command('slow', 0.01)
        later = speaker.program.send('next')
        self.assertEqual(speaker.lines(1), ['slow'])
        speaker.tell(b'late\nerror\n')
        self.assertEqual(speaker.lines(1), ['next'])
        speaker.tell(b'right\ndone\n')
        self.assertEqual(later.result(10).lines, ['right'])

    def test_lines_may_be_cut_anywhere(self):
        speaker = self.speaker()
        future = speaker.program.send('x')
        speaker.lines(1)
        for octet in state(7) + 'h\u00e9\ndone\n'.encode():
            speaker.tell(bytes([octet]))
        self.assertEqual(future.result(10).lines, ['h\u00e9'])
        self.assertEqual(speaker.program.next_event(10).counter, 7)

    def test_a_speaker_is_never_kept_waiting_and_no_line_is_lost(self):
        speaker = self.speaker()
        count = 20000  # far more than a pipe holds, and nobody asks for one
        speaker.tell(b''.join(state(number) for number in range(count)))
        speaker.hang_up()
        self.assertEqual([event.counter for event in speaker.program.events()], list(range(count)))

    def test_events_are_read_while_the_speaker_takes_no_commands(self):
        speaker = self.speaker(window=100000)
        futures = [speaker.program.send('announce ' + 'x' * 100) for _ in range(5000)]  # the pipe is full
        speaker.tell(b''.join(state(number) for number in range(5000)))
        self.assertEqual([speaker.program.next_event(10).counter for _ in range(5000)], list(range(5000)))
        self.assertFalse(any(future.done() for future in futures))
        threading.Thread(target=lambda: (speaker.lines(5000), speaker.tell(b'done\n' * 5000))).start()  # no answer comes before its command
        self.assertFalse(wait(futures, 20).not_done)

    def test_a_speaker_that_goes_ends_events_and_whoever_waits(self):
        speaker = self.speaker()
        first, second = speaker.program.send('a'), speaker.program.send('b')
        speaker.lines(1)
        speaker.tell(state(1) + b'half a line')
        speaker.hang_up()
        for future in (first, second):
            with self.assertRaises(Gone):
                future.result(10)
        self.assertEqual([type(event) for event in speaker.program.events()], [State])
        self.assertTrue(speaker.program.gone)
        self.assertIsNone(speaker.program.next_event(0))
        with self.assertRaises(Gone):
            speaker.program.command('c', 10)

    def test_a_line_nobody_asked_for_is_an_event_of_text(self):
        speaker = self.speaker()
        speaker.tell(b'done\n\nneighbor 10.0.0.1 up\n{ "exabgp": broken\n\xff\xfe\n')
        events = [speaker.program.next_event(10) for _ in range(4)]
        self.assertTrue(all(isinstance(event, Text) for event in events))
        self.assertEqual([event.line for event in events], ['done', 'neighbor 10.0.0.1 up', '{ "exabgp": broken', '\udcff\udcfe'])

    def test_events_end_behind_the_shutdown(self):
        speaker = self.speaker()
        speaker.tell(b'{ "exabgp": "6.0.0", "time": 1, "type": "notification", "notification": "shutdown" }\n')
        self.assertEqual([type(event) for event in speaker.program.events()], [Shutdown])

    def test_events_end_after_a_while_without_one(self):
        speaker = self.speaker()
        self.assertEqual(list(speaker.program.events(timeout=0.01)), [])
        speaker.tell(state(3))
        self.assertEqual([event.counter for event in speaker.program.events(timeout=0.5)], [3])

    def test_without_acknowledgements_nothing_is_waited_for(self):
        speaker = self.speaker(acks=False)
        speaker.program.commands(['a', 'b'], 10)
        self.assertEqual(speaker.lines(2), ['a', 'b'])

    def test_what_nobody_answers_is_not_waited_for(self):
        speaker = self.speaker()
        self.assertTrue(speaker.program.send('debug hello').result(10).done)
        later = speaker.program.send('next')
        self.assertEqual(speaker.lines(2), ['debug hello', 'next'])
        speaker.tell(b'done\n')
        self.assertTrue(later.result(10).done)

    def test_acknowledgements_that_are_turned_off_and_on_are_followed(self):
        for off, answered in (('session ack disable', True), ('disable-ack', True), ('session ack silence', False), ('silence-ack', False)):
            speaker = self.speaker(window=5)
            futures = [speaker.program.send(text) for text in ('a', off, 'b', 'session ack enable', 'c')]
            self.assertEqual(speaker.lines(5), ['a', off, 'b', 'session ack enable', 'c'])
            self.assertTrue(futures[2].result(10).done)
            speaker.tell(b'error\n' + (b'done\n' if answered else b'') + b'done\nthere\ndone\n')
            self.assertEqual([future.result(10).done for future in futures], [False, True, True, True, True], off)
            self.assertEqual(futures[4].result(10).lines, ['there'])

    def test_routes_are_answered_by_one_line_until_reasons_are_asked_for(self):
        speaker = self.speaker()
        listed = speaker.program.send('peer * routes list')
        speaker.lines(1)
        speaker.tell(b'[{"index": "a"}]\n')
        self.assertEqual(listed.result(10).lines, ['[{"index": "a"}]'])
        refused = speaker.program.send('peer * routes remove index zz')
        speaker.lines(1)
        speaker.tell(b'{"error": "Invalid hex index: zz"}\nerror\n')
        self.assertFalse(refused.result(10).done)
        threading.Thread(target=lambda: (speaker.lines(1), speaker.tell(b'done\n'))).start()
        self.assertTrue(speaker.program.ask_for_reasons(10))
        added = speaker.program.send('peer * routes add route 10.0.0.0/24 next-hop 1.1.1.1')
        speaker.lines(1)
        speaker.tell(b'{"index": "b", "success": true}\ndone\n')
        self.assertEqual(added.result(10).lines, ['{"index": "b", "success": true}'])

    def test_tags_are_part_of_the_answer(self):
        speaker = self.speaker(window=2)
        futures = [speaker.program.send('#17 show'), speaker.program.send('#18 nonsense')]
        speaker.lines(2)
        speaker.tell(b'done #18\ndone #17\nerror #18\n')
        self.assertEqual(futures[0].result(10).lines, ['done #18'])
        self.assertFalse(futures[1].result(10).done)

    def test_several_commands_are_all_answered_before_an_error_is_raised(self):
        speaker = self.speaker(window=10)
        threading.Thread(target=lambda: (speaker.lines(3), speaker.tell(b'done\nerror\ndone\n'))).start()
        with self.assertRaisesRegex(CommandError, '^b: error'):
            speaker.program.commands(['a', 'b', 'c'], 10)

    def test_a_command_of_two_lines_is_refused(self):
        speaker = self.speaker()
        with self.assertRaises(ValueError):
            speaker.program.send('a\nb')

    def test_closing_writes_what_was_sent(self):
        speaker = self.speaker(window=10)
        futures = [speaker.program.send(str(number)) for number in range(5)]
        speaker.program.close()
        self.assertEqual(speaker.lines(5), ['0', '1', '2', '3', '4'])
        with self.assertRaises(Gone):
            speaker.program.command('late')
        speaker.tell(b'done\n' * 5)
        self.assertFalse(wait(futures, 10).not_done)


if __name__ == '__main__':
    unittest.main()
