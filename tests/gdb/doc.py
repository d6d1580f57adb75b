#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""docs/gdb.md and docs/tour-zero-page.md show what gdb prints: type the lines behind `(gdb) ` of each block that begins with `$ rmisim`, and compare.

A command without such lines is run, and what it prints has to be there: the strings of what it explores are those of later ones.
What `rmi ..` prints has to be all there; of what gdb itself says the page shows what matters. Numbers of lines, of threads
and of fingerprints, and host addresses, depend on the day and do not count.

usage: doc.py [--update] PAGE RMISIM
"""
import os
import re
import subprocess
import sys

import session


class Block:
    """One session: the command, and [(what is typed, lines that are shown, number of the first one)]."""

    def __init__(self, command, at):
        self.command, self.typed = command, [(None, [], at + 1)]


def blocks(lines):
    found, inside = [], False
    for i, line in enumerate(lines):
        if line.startswith('```'):
            inside = not inside and i + 1 < len(lines) and lines[i + 1].startswith('$ rmisim')
        elif inside and line.startswith('$ '):
            found.append(Block(line[2:], i))
        elif inside and line.startswith('(gdb) '):
            found[-1].typed.append((line[6:], [], i + 1))
        elif inside:
            found[-1].typed[-1][1].append(line)
    return found


REPLAY = re.compile(r"rmisim1:[^']*")


def same_string(one, other):
    """Of one scenario, image and choices."""
    return [f for i, f in enumerate(one.split(':')) if i in (1, 2, 4)] == \
        [f for i, f in enumerate(other.split(':')) if i in (1, 2, 4)]


def run(block, rmisim, printed):
    """[lines] that gdb says before the first prompt and behind each line that is typed."""
    folder = os.path.dirname(os.path.abspath(rmisim))
    env = dict(session.HOST, PATH=folder + os.pathsep + os.environ['PATH'], HOME='/nonexistent', COLUMNS='400')
    command = REPLAY.sub(lambda m: next((p for p in printed if same_string(p, m.group())), m.group()), block.command)
    if len(block.typed) == 1:
        out = subprocess.run(command, shell=True, env=env, capture_output=True, text=True, timeout=240).stdout
        printed += REPLAY.findall(out)
        return [[line for line in out.split('\n') if line.strip()]], out
    return session.type_into(command, [line for line, unused, at in block.typed[1:]], env)


def is_exact(typed, block):
    return session.is_exact(typed) if typed is not None else len(block.typed) == 1


def main():
    update = '--update' in sys.argv
    page, rmisim = [word for word in sys.argv[1:] if word != '--update']
    if not session.gdb_works():
        print('1..0 # SKIP there is no gdb with Python here that can run a program')
        return 0
    lines = open(page, encoding='utf-8').read().split('\n')
    found, failed, changes = blocks(lines), 0, []
    out = subprocess.run([rmisim, 'explore', 'fault-convert', '--preemptions', '1', '--kernel', 'B044'],
                         capture_output=True, text=True, env=session.HOST).stdout
    printed = REPLAY.findall(out)
    print('1..%d' % (len(found) + 1))
    for nr, block in enumerate(found, 1):
        parts, all_of_it = run(block, rmisim, printed)
        wrong = None
        for (typed, shown, at), said in zip(block.typed, parts):
            exact = is_exact(typed, block)
            if not session.shows(exact, shown, said) and not wrong:
                wrong = '%s\n%s' % (typed or block.command, '\n'.join(said))
            if exact:
                changes.append((at, len(shown), said))
        if len(block.typed) > 1 and session.MARK % len(block.typed) not in all_of_it:
            wrong = all_of_it
        failed |= bool(wrong)
        print('%s %d - %s' % ('not ok' if wrong else 'ok', nr, REPLAY.sub('STRING', block.command)))
        if wrong:
            print('# ' + wrong.replace('\n', '\n# '))
    if update:
        for at, n, said in sorted(changes, reverse=True):
            lines[at:at + n] = said
        open(page, 'w', encoding='utf-8').write('\n'.join(lines))
    enough = len(found) >= 3
    print('%s %d - the page shows sessions' % ('ok' if enough else 'not ok', len(found) + 1))
    return failed or not enough


sys.exit(main())
