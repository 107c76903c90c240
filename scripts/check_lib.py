"""What the structure checks share: the tree, C++ without comments and strings, and how a check reports."""

import os
import re
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))


def sources(*folders, suffixes=('.hpp', '.cpp')):
    """Paths relative to the root, sorted."""
    found = []
    for folder in folders:
        for where, _, names in os.walk(os.path.join(ROOT, folder)):
            found += [os.path.relpath(os.path.join(where, name), ROOT) for name in names if name.endswith(suffixes)]
    return sorted(found)


def read(path):
    with open(os.path.join(ROOT, path), encoding='utf-8') as reader:
        return reader.read()


TOKENS = re.compile(r'//[^\n]*|/\*.*?\*/|R"(?P<tag>[^(\s]*)\(.*?\)(?P=tag)"|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])+\'', re.DOTALL)


def code_of(text, keep_strings=False):
    """The text with comments (and literals) blanked out; line numbers stay."""
    def blank(match):
        found = match.group(0)
        if found.startswith(('//', '/*')):
            return re.sub(r'[^\n]', ' ', found)
        if keep_strings:
            return found
        if found.startswith("'") and match.start() > 0 and text[match.start() - 1].isalnum():
            return found  # a digit separator
        return found[0] + re.sub(r'[^\n]', ' ', found[1:-1]) + found[-1]
    return TOKENS.sub(blank, text)


def line_of(text, offset):
    return text.count('\n', 0, offset) + 1


def report(name, faults, checked):
    """Prints the verdict and ends the program."""
    for fault in faults:
        print(fault)
    print(f'{name}: {checked} checked, {len(faults)} faults')
    sys.exit(1 if faults else 0)
