#!/usr/bin/python3
"""Every form of event that the suites make, against the schemas of docs/schema.

    events_test.py TANDEM BGP_TEST CONTRACT_TEST ROOT [EVENTS]
    events_test.py TANDEM 4.2 EVENTS

The events are those of the samples of all families and attributes (the report of BGP_TEST), of the routes of etc/examples and of the
acceptance cases (where they are), and what programs were told in the simulator (CONTRACT_TEST, a line of each form; TANDEM_EVENT_CORPUS).
Of each form one event is validated; then each of its members is renamed and each of its values given another type: no such event may be
valid. With EVENTS, a file of lines, only these are validated; in the second form by the schema of the dialect.
"""

import collections
import glob
import json
import os
import re
import subprocess
import sys
import tempfile

import jsonschema

# A schema, what its events say they are, and the settings they are written with.
SCHEMAS = {'4': ('4.0.1', {'tandem_api_version': '4'}), '6': ('6.0.0', {'tandem_api_version': '6'}),
           '4.2': ('4.0.1', {'tandem_compat_dialect': '4.2'})}
MAIN = {'4.0.1': '4', '6.0.0': '6'}
MARKER = 'ff' * 16
# What contract tests tell programs; those that take long tell nothing new.
CONTRACT_TESTS = {None: '*/sim-*Cost*:*Flood*:*Slow*:*I23*:*I21*:*Dialect42*', '4.2': '*Dialect42*/sim'}  # by schema


class Refused(Exception):
    pass


def members_once(pairs):
    members = dict(pairs)
    if len(members) != len(pairs):
        raise Refused(f'a member comes twice: {[name for name, _ in pairs]}')
    return members


def no_constant(name):
    raise Refused(f'{name} is no JSON')


def parse(line):
    if not line.isascii() or any(ord(c) < 0x20 for c in line):
        raise Refused('the line is not printable ASCII')
    return json.loads(line, object_pairs_hook=members_once, parse_constant=no_constant)


def form_of(value):
    """Keys and types; what an array holds counts once, digits do not count."""
    if isinstance(value, dict):
        return '{' + ','.join(sorted(re.sub(r'[0-9.]+', '0', key) + ':' + form_of(item) for key, item in value.items())) + '}'
    if isinstance(value, list):
        return '[' + '|'.join(sorted({form_of(item) for item in value})) + ']'
    return type(value).__name__


def other_type(value):
    """Of no type that any of our schemas allows beside that of the value."""
    if isinstance(value, bool) or value is None:
        return {'other': True}
    if isinstance(value, (int, float)):
        return str(value)
    if isinstance(value, str):
        return 17
    return 'other'


def places(value, path=()):
    """Every value below the event, with how to get there."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield value, key, (*path, key if isinstance(key, str) else '[]')
        yield from places(item, (*path, key if isinstance(key, str) else '[]'))


def mutations(event, wanted):
    """The event, for a while with one value of another type or one member renamed, where that is wanted; and which and where."""
    for holder, key, path in list(places(event)):
        value = holder[key]
        if wanted(('type', path)):
            holder[key] = other_type(value)
            yield 'type', path
            holder[key] = value
        if isinstance(key, str) and wanted(('name', path)):
            del holder[key]
            holder['renamed ' + key] = value
            yield 'name', path
            del holder['renamed ' + key]
            holder[key] = value


def flat(schema, definitions):
    """The same schema with the members of `allOf` among the others, so that `additionalProperties` can close an object. The validator of Debian
    takes time that doubles with each level of unevaluatedProperties; of this form a change takes a millisecond."""
    if isinstance(schema, list):
        return [flat(item, definitions) for item in schema]
    if not isinstance(schema, dict):
        return schema
    out = {key: flat(value, definitions) for key, value in schema.items() if key not in ('allOf', 'unevaluatedProperties')}
    if 'unevaluatedProperties' in schema:
        out['additionalProperties'] = schema['unevaluatedProperties']
    for part in schema.get('allOf', []):
        merged = flat(definitions[part['$ref'].rsplit('/', 1)[1]], definitions)
        for key in ('properties', 'patternProperties'):
            if key in merged:
                out[key] = {**merged[key], **out.get(key, {})}
        out['required'] = out.get('required', []) + merged.get('required', [])
    return out


def of_type(schema, kind):
    """Without the alternatives that are for events of another type."""
    def may_be(alternative):
        types = alternative['properties']['type']
        return kind in types.get('enum', [types.get('const')])

    return jsonschema.Draft202012Validator({**schema, 'anyOf': [alternative for alternative in schema['anyOf'] if may_be(alternative)]})


class Suite:
    def __init__(self, tandem, root):
        self.tandem = tandem
        self.root = root
        self.failures = []
        self.forms = collections.OrderedDict()  # by schema and form: an event
        self.lines = 0
        self.validators = {}
        self.flat = {}
        self.narrow = {}
        for version in SCHEMAS:
            text = self.run(tandem, 'schema', 'events', version)
            schema = json.loads(text)
            jsonschema.Draft202012Validator.check_schema(schema)
            self.validators[version] = jsonschema.Draft202012Validator(schema)
            self.flat[version] = flat(schema, schema['$defs'])

    def fail(self, text):
        self.failures.append(text)

    @staticmethod
    def run(*words, environment=None, stdin=None, good=(0,)):
        done = subprocess.run(words, input=stdin, capture_output=True, text=True, env={**os.environ, **(environment or {})}, check=False)
        if done.returncode not in good:
            raise Refused(f'{" ".join(words)}: status {done.returncode}: {done.stdout[-2000:]}{done.stderr[-2000:]}')
        return done.stdout

    def take(self, lines, source, schema=None):
        """Of events of the main dialect the version says which schema is theirs."""
        count = 0
        for line in lines:
            if not line.startswith('{ "exabgp"'):
                continue
            count += 1
            try:
                event = parse(line)
            except (ValueError, Refused) as error:
                self.fail(f'{source}: {error}: {line[:500]}')
                continue
            self.forms.setdefault((schema or MAIN.get(event['exabgp'], event['exabgp']), form_of(event)), (event, source))
        self.lines += count
        if count == 0:
            self.fail(f'{source}: no event')

    def decode(self, messages, source, *options):
        for schema, (_, environment) in SCHEMAS.items():
            out = self.run(self.tandem, 'decode', *options, environment=environment, stdin='\n'.join(messages) + '\n', good=(0, 1))
            self.take(out.splitlines(), f'{source}, schema {schema}', schema)
        text = self.run(self.tandem, 'decode', '-t', *options, stdin='\n'.join(messages) + '\n', good=(0, 1))
        for line in text.splitlines():
            if not line.isascii() or any(ord(c) < 0x20 for c in line):
                self.fail(f'{source}: the text is not printable: {line!r}')

    def of_type(self, version, event):
        """The published schema, for events of its type; all of it for one of a type that it does not have."""
        key = (version, event.get('type'))
        if key not in self.narrow:
            whole = self.validators[version]
            narrow = of_type(whole.schema, key[1])
            self.narrow[key] = narrow if narrow.schema['anyOf'] else whole
        return self.narrow[key]

    def check(self):
        seen = collections.Counter()
        for (version, _), (event, source) in self.forms.items():
            if version not in SCHEMAS or SCHEMAS[version][0] != event['exabgp']:
                self.fail(f'{source}: {event["exabgp"]} is not what schema {version} is for')
                continue
            validator = self.of_type(version, event)
            if not validator.is_valid(event):
                error = jsonschema.exceptions.best_match(validator.iter_errors(event))
                self.fail(f'{source}: not valid: {json.dumps(event)[:3000]}\n  {error.message[:500]} at {list(error.absolute_path)}')
                continue

            def wanted(place):
                key = (version, event['type'], re.sub(r'[0-9]+', '0', str(place)))
                seen[key] += 1
                return seen[key] == 1

            narrow = of_type(self.flat[version], event['type'])
            if not narrow.is_valid(event):
                self.fail(f'{source}: valid, and not as it is checked here: {json.dumps(event)[:2000]}')
            for kind, path in mutations(event, wanted):
                if (self.validators[version] if path == ('type',) else narrow).is_valid(event):
                    self.fail(f'{source}: valid with another {kind} at {path}: {json.dumps(event)[:2000]}')
        return len(seen)

    def report(self):
        changes = self.check()
        for failure in self.failures[:40]:
            print(failure)
        print(f'{self.lines} events, {len(self.forms)} forms, {changes} kinds of change refused, {len(self.failures)} failure(s)')
        return 1 if self.failures else 0


def message(kind, body):
    return MARKER + f'{19 + len(body) // 2:04x}{kind:02x}' + body


def update_of(attribute):
    """An UPDATE that announces 10.0.0.0/24 with an attribute, in hexadecimal."""
    attributes = {1: '40010100', 2: '400200', 3: '4003040a000001', 5: '40050400000064'}
    code = int(attribute[2:4], 16)
    attributes[code] = attribute
    block = ''.join(attributes.values())
    return message(2, f'0000{len(block) // 2:04x}{block}180a0000')


def samples(bgp_test):
    """Messages with every sample of an NLRI and of an attribute."""
    with tempfile.TemporaryDirectory() as folder:
        report = os.path.join(folder, 'report.xml')
        Suite.run(bgp_test, f'--gtest_output=xml:{report}', '--gtest_filter=-*IsSafe*')
        with open(report) as reader:
            text = reader.read()
    updates = [message(2, body) for body in re.findall(r'name="update-[0-9]+" value="[^":]*: ([0-9a-f]+)"', text)]
    attributes = set(re.findall(r'name="attributes-[0-9]+" value="([0-9a-f]+)"', text))
    return updates, [update_of(attribute) for attribute in sorted(attributes) if len(attribute) < 8000]


def configurations(root):
    """The examples, and those of the acceptance cases where they are."""
    cases = os.environ.get('TANDEM_CASES', os.path.join(root, '..', 'shared', 'cases'))
    for pattern in (os.path.join(root, 'etc', 'examples', '*.conf'), os.path.join(cases, '**', '*.conf')):
        yield from sorted(glob.glob(pattern, recursive=True))


def main():
    if len(sys.argv) == 4:
        suite = Suite(sys.argv[1], '')
        with open(sys.argv[3], errors='surrogateescape') as reader:
            suite.take(reader.read().splitlines(), sys.argv[3], sys.argv[2])
        return suite.report()
    tandem, bgp_test, contract_test, root = sys.argv[1:5]
    suite = Suite(tandem, root)
    if len(sys.argv) > 5:
        with open(sys.argv[5], errors='surrogateescape') as reader:
            suite.take(reader.read().splitlines(), sys.argv[5])
    else:
        updates, attributes = samples(bgp_test)
        if len(updates) < 60 or len(attributes) < 100:
            suite.fail(f'only {len(updates)} NLRI and {len(attributes)} attributes in the report of {bgp_test}')
        suite.decode(updates, 'samples of NLRI')
        suite.decode(attributes, 'samples of attributes')
        for configuration in configurations(root):
            routes = [line for line in suite.run(tandem, 'encode', '-c', configuration, good=(0, 1)).splitlines() if line]
            if routes:
                suite.decode(routes, os.path.basename(configuration), '-c', configuration)
        with tempfile.TemporaryDirectory() as folder:
            for schema, tests in CONTRACT_TESTS.items():
                corpus = os.path.join(folder, f'corpus-{schema}')
                suite.run(contract_test, f'--gtest_filter={tests}', '--gtest_brief=1',
                          environment={'TANDEM_EVENT_CORPUS': corpus, 'TANDEM_SIM_SEED': '1', 'TANDEM_STORM_SEEDS': '20'})
                with open(corpus) as reader:
                    suite.take(reader.read().splitlines(), f'the simulator, schema {schema}', schema)
    return suite.report()


if __name__ == '__main__':
    sys.exit(main())
