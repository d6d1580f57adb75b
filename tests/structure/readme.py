#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""README.md shows what the program prints: run every `$ rmisim ...` of its code blocks and compare.

Another compiler makes other images: in replay strings the fingerprint of the image and the checksum do not count, and a
command with a string that README has from an earlier one gets the string that was really printed. Nor do durations.

usage: readme.py README RMISIM
"""
import os
import re
import subprocess
import sys


def commands(path):
    """(command, expected lines) of each `$ ` line in a fenced block."""
    inside, found, current = False, [], None
    for line in open(path, encoding='utf-8').read().split('\n'):
        if line.startswith('```'):
            inside, current = not inside, None
        elif inside and line.startswith('$ '):
            current = (line[2:], [])
            found.append(current)
        elif current:
            current[1].append(line)
    return found


REPLAY = re.compile(r"rmisim1:[^']*")


def masked(text):
    """Without what depends on the compiler and the hour."""
    def mask(m):
        parts = m.group().split(':')
        parts[3:4] = [re.sub('^[0-9a-f]{8}-', 'IMAGE-', p) for p in parts[3:4]]
        return ':'.join(parts[:-1] + [re.sub('-[0-9a-f]{8}$', '-SUM', parts[-1])])
    return re.sub(r'\([0-9.]+ s, [0-9]+/s\)', '(TIME)', REPLAY.sub(mask, text))


def main():
    readme, rmisim = sys.argv[1:]
    todo = [c for c in commands(readme) if c[0].startswith('rmisim ')]
    folder = os.path.dirname(os.path.abspath(rmisim))
    env = dict(os.environ, PATH=folder + os.pathsep + os.environ['PATH'])
    env.pop('COLUMNS', None)
    failed, printed = 0, {}
    print('1..%d' % (len(todo) + 1))
    for i, (command, expected) in enumerate(todo, 1):
        really = REPLAY.sub(lambda m: printed.get(masked(m.group()), m.group()), command)
        got = subprocess.run(really, shell=True, env=env, capture_output=True, text=True)
        lines = got.stdout.rstrip('\n').split('\n')
        printed.update((masked(string), string) for string in REPLAY.findall(got.stdout))
        ok = [masked(line) for line in lines] == [masked(line) for line in expected] and not got.stderr
        print('%s %d - %s' % ('ok' if ok else 'not ok', i, REPLAY.sub('STRING', command).replace('#', '')))
        if not ok:
            failed = 1
            for line in lines:
                print('#   ' + line)
            print('# ' + got.stderr.replace('\n', '\n# '))
    enough = len(todo) >= 3
    print('%s %d - README shows commands' % ('ok' if enough else 'not ok', len(todo) + 1))
    return failed or not enough


sys.exit(main())
