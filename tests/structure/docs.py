#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""What the documents show is what happens: follow a document's own code blocks and compare.

    ```c FILE          a second word: the block is written to FILE
    $ COMMAND          is run by the shell in the document's folder; the lines below are what it prints
                        (empty lines before the next `$` are for the eye)
    (gdb) COMMAND      is typed into what the last `$` has started, together with those that follow in the block. All that
                       `rmi ..` prints has to be there, of what gdb itself says some lines may

Of README.md `rmisim` is that of the build, and only `$ rmisim ...` is run. The other documents get a folder of their own and
an installed copy; images that are not installed are looked for in $RMISIM_IMAGES.

Another compiler makes other images: in replay strings the fingerprint of the image and the checksum do not count, and a
command with a string that the document has from an earlier one gets the string that was really printed. Nor do durations.

usage: docs.py BUILD-ROOT PREFIX RMISIM DOCUMENT
       docs.py --here DOCUMENT      with what is installed and in the environment already
       docs.py --write ..           write what is printed instead into the document (not what gdb says)
"""
import os
import re
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir, 'gdb'))
import session


class Step:
    def __init__(self, command, at=0):
        self.at = at  # line of the document below it
        self.command, self.lines, self.typed = command, [], []  # typed: (command of gdb, lines below it)


def steps(path):
    """(name, lines) of files to write and Steps, in the order of the document."""
    inside, current, found = False, None, []
    for at, line in enumerate(open(path, encoding='utf-8').read().split('\n'), 1):
        if line.startswith('```'):
            words = line[3:].split()
            inside, current = not inside, None
            if inside and len(words) == 2:
                current = (words[1], [])
                found.append(current)
        elif not inside:
            continue
        elif isinstance(current, tuple):
            current[1].append(line)
        elif line.startswith('$ '):
            current = Step(line[2:], at)
            found.append(current)
        elif current and line.startswith('(gdb) '):
            current.typed.append((line[6:], []))
        elif current and current.typed:
            current.typed[-1][1].append(line)
        elif current:
            current.lines.append(line)
    return found


REPLAY = re.compile(r"rmisim1:[^'\s]*")


def masked(text):
    """Without what depends on the compiler and the hour."""
    def mask(m):
        parts = m.group().split(':')
        parts[3:4] = [re.sub('^[0-9a-f]{8}-', 'IMAGE-', p) for p in parts[3:4]]
        return ':'.join(parts[:-1] + [re.sub('-[0-9a-f]{8}$', '-SUM', parts[-1])])
    text = re.sub(r'\([0-9.]+ s, [0-9]+/s\)', '(TIME)', REPLAY.sub(mask, text))
    return re.sub(r'\b[0-9.]+ s\b', 'TIME', text)


def install(build, prefix, folder):
    """The environment of somebody who has it installed below `folder`."""
    there = folder + prefix
    subprocess.run(['meson', 'install', '-C', build, '--no-rebuild', '--destdir', folder],
                   check=True, capture_output=True)
    env = dict(os.environ)
    for at, _, files in os.walk(there):
        for name in files:
            if name.endswith('.pc'):
                env['PKG_CONFIG_PATH'] = at + os.pathsep + os.environ.get('PKG_CONFIG_PATH', '')
                pc = open(os.path.join(at, name)).read()
                open(os.path.join(at, name), 'w').write(re.sub('(?m)^prefix=.*', 'prefix=' + there, pc))
            if name == 'librmisim.so':
                env['LD_LIBRARY_PATH'] = at
                env['RMISIM_IMAGES'] = os.pathsep.join(
                    [os.path.join(at, 'rmisim')] + os.environ.get('RMISIM_IMAGES', '').split(os.pathsep))
    env['PATH'] = os.path.join(there, 'bin') + os.pathsep + env['PATH']
    return env


class Reader:
    def __init__(self, folder, env):
        self.folder, self.env, self.printed = folder, env, {}

    def follow(self, step):
        """None, or what was printed instead."""
        really = REPLAY.sub(lambda m: self.printed.get(masked(m.group()), m.group()), step.command)
        if step.typed:
            return self.debug(really, step)
        got = subprocess.run(really, shell=True, env=self.env, cwd=self.folder, capture_output=True, text=True,
                             stdin=subprocess.DEVNULL)
        lines = got.stdout.rstrip('\n').split('\n')
        shown = '\n'.join(step.lines).rstrip('\n').split('\n')
        for string in REPLAY.findall(got.stdout):
            self.printed[masked(string)] = string
        if [masked(line) for line in lines] == [masked(line) for line in shown] and not got.stderr:
            return None
        return lines + got.stderr.split('\n')

    def debug(self, command, step):
        """The same of a command that starts gdb."""
        env = {k: v for k, v in dict(self.env, DEBUGINFOD_URLS='', TERM='dumb', LC_ALL='C').items() if k != 'RMISIM_ENGINE'}
        parts, out = session.type_into(command, [typed for typed, _ in step.typed], env, self.folder)
        for (typed, shown), said in zip([(None, step.lines)] + step.typed, parts):
            if not session.shows(session.is_exact(typed), [masked(line) for line in shown], [masked(line) for line in said]):
                return [typed or command] + said
        return None if session.MARK % (len(step.typed) + 1) in out else out.split('\n')


def surroundings(build, prefix, rmisim, readme, folder):
    """The environment in which the commands are run."""
    if readme:
        program = os.path.dirname(os.path.abspath(rmisim))
        env = dict(os.environ, PATH=program + os.pathsep + os.environ['PATH'])
    else:
        env = install(build, prefix, folder) if build else dict(os.environ)
    env.pop('COLUMNS', None)
    return env


def rewrite(document, printed):
    """Below the command of each (step, lines) those lines."""
    lines = open(document, encoding='utf-8').read().split('\n')
    for step, new in reversed(printed):
        shown = len('\n'.join(step.lines).rstrip('\n').split('\n')) if any(step.lines) else 0
        lines[step.at:step.at + shown] = '\n'.join(new).rstrip('\n').split('\n')
    open(document, 'w', encoding='utf-8').write('\n'.join(lines))


def main():
    write, printed = '--write' in sys.argv, []
    if write:
        sys.argv.remove('--write')
    build, prefix, rmisim, document = sys.argv[1:] if sys.argv[1] != '--here' else [None] * 3 + sys.argv[2:]
    readme = os.path.basename(document) == 'README.md'
    todo = [s for s in steps(document)
            if not readme or isinstance(s, Step) and s.command.startswith('rmisim ')]
    with tempfile.TemporaryDirectory() as scratch:
        env = surroundings(build, prefix, rmisim, readme, os.path.join(scratch, 'there'))
        reader = Reader(os.path.join(scratch, 'mine'), env)
        os.mkdir(reader.folder)
        commands = [s for s in todo if isinstance(s, Step)]
        failed, nth = 0, 0
        print('1..%d' % (len(commands) + 1))
        for step in todo:
            if not isinstance(step, Step):
                open(os.path.join(reader.folder, step[0]), 'w').write('\n'.join(step[1]) + '\n')
                continue
            nth += 1
            if step.typed and not session.gdb_works():
                print('ok %d - %s # SKIP there is no gdb with Python here' % (nth, REPLAY.sub('STRING', step.command)))
                continue
            wrong = reader.follow(step)
            print('%s %d - %s' % ('not ok' if wrong else 'ok', nth, REPLAY.sub('STRING', step.command).replace('#', '')))
            if wrong and not step.typed:
                printed.append((step, wrong))
            for line in wrong or []:
                failed = 1
                print('#   ' + line)
        enough = len(commands) >= (3 if readme else 1)
        print('%s %d - it shows commands' % ('ok' if enough else 'not ok', nth + 1))
    if write and printed:
        rewrite(document, printed)
    return failed or not enough


sys.exit(main())
