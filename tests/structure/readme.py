#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""README.md shows what the program prints: run every `$ rmisim ...` of its code blocks and compare.

usage: readme.py README RMISIM
"""
import os
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


def main():
    readme, rmisim = sys.argv[1:]
    todo = [c for c in commands(readme) if c[0].startswith('rmisim ')]
    folder = os.path.dirname(os.path.abspath(rmisim))
    env = dict(os.environ, PATH=folder + os.pathsep + os.environ['PATH'])
    env.pop('COLUMNS', None)
    failed = 0
    print('1..%d' % (len(todo) + 1))
    for i, (command, expected) in enumerate(todo, 1):
        got = subprocess.run(command, shell=True, env=env, capture_output=True, text=True)
        lines = got.stdout.rstrip('\n').split('\n')
        ok = lines == expected and not got.stderr
        print('%s %d - %s' % ('ok' if ok else 'not ok', i, command.replace('#', '')))
        if not ok:
            failed = 1
            for line in lines:
                print('#   ' + line)
            print('# ' + got.stderr.replace('\n', '\n# '))
    enough = len(todo) >= 3
    print('%s %d - README shows commands' % ('ok' if enough else 'not ok', len(todo) + 1))
    return failed or not enough


sys.exit(main())
