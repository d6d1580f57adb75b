# SPDX-License-Identifier: BSD-2-Clause
"""gdb as a test types into it: what each command of a session prints, and whether a page shows that."""
import os
import re
import subprocess

MARK = '=== command %d ==='
HOST = dict(os.environ, DEBUGINFOD_URLS='', TERM='dumb', LC_ALL='C')
HOST.pop('RMISIM_ENGINE', None)
# What gdb says about the process and not about the question.
NOISE = re.compile(r'^\[(New |Switching to |Thread |Inferior |Current thread|Detaching)|^Using host libthread_db|'
                   r'^warning: (Error disabling address space|File "|Can.t open file)|^Core was generated|'
                   r'^(Temporary b|B)reakpoint \d+ at ')


def gdb_works():
    """There is a gdb with Python, and it may run programs."""
    try:
        out = subprocess.run(['gdb', '-nx', '-q', '-batch', '-ex', 'python print("py" + "thon")', '-ex', 'run',
                              '--args', 'true'], capture_output=True, text=True, env=HOST, stdin=subprocess.DEVNULL)
    except OSError:
        return False
    return 'python' in out.stdout and 'exited normally' in out.stdout


def run(rmisim, arguments, commands, env=None, quiet=True):
    """[(command, lines)] of `rmisim gdb -nx -batch .. arguments`."""
    line = [rmisim, 'gdb', '-nx', '-batch', '-ex', 'set width 0', '-ex', 'set style enabled off']
    for i, command in enumerate(commands):
        line += ['-ex', 'echo \\n%s\\n' % (MARK % i), '-ex', command]
    line += ['-ex', 'echo \\n%s\\n' % (MARK % len(commands))] + arguments
    out = subprocess.run(line, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=dict(HOST, **(env or {})),
                         stdin=subprocess.DEVNULL, timeout=240)
    found = []
    for i, command in enumerate(commands):
        part = out.stdout.partition('\n%s\n' % (MARK % i))[2].partition('\n%s\n' % (MARK % (i + 1)))[0]
        lines = [text for text in part.split('\n') if not (quiet and NOISE.search(text))]
        found.append((command, [text for text in lines if text.strip()]))
    return found, out.stdout


def violating_string(rmisim, scenario, kernel):
    """(replay string, choices, violation) of what a search with one preemption finds."""
    out = subprocess.run([rmisim, 'explore', scenario, '--preemptions', '1', '--kernel', kernel], capture_output=True,
                         text=True, env=HOST).stdout
    return (re.search(r"rmisim1:[^']*", out).group(), re.search('^choices: (.*)$', out, re.M).group(1),
            re.search('^first: (.*)$', out, re.M).group(1))


def type_into(command, typed, env, folder=None):
    """[lines] that gdb says before its first prompt and behind each line that is typed; and all that was printed."""
    keys = ['set confirm off', 'set width 0']
    for i, line in enumerate(typed, 1):
        keys += ['echo \\n%s\\n' % (MARK % i), line]
    keys += ['echo \\n%s\\n' % (MARK % (len(typed) + 1)), 'kill']
    out = subprocess.run(command, shell=True, env=env, cwd=folder, input='\n'.join(keys) + '\n', stdout=subprocess.PIPE,
                         stderr=subprocess.STDOUT, text=True, timeout=240).stdout
    parts, rest = [], out
    for i in range(1, len(typed) + 2):
        part, unused, rest = rest.partition('\n%s\n' % (MARK % i))
        lines = [re.sub(r'^(\(gdb\) ?)+', '', line) for line in part.split('\n')]
        parts.append([line for line in lines if line.strip() and not NOISE.search(line)])
    return parts, out


def is_exact(typed):
    """Of what `rmi ..` prints all has to be shown."""
    return typed is not None and typed.startswith('rmi ') and not typed.startswith('rmi break')


def masked(line):
    """Without what depends on the compiler, the machine and the hour."""
    for pattern, mask in ((r':\d+$', ':N'), (r'\([0-9.]+ s, [0-9]+/s\)', '(TIME)'), (r'\bthread \d+ +', 'thread N '),
                          (r'0x(7f|55)[0-9a-f]{9,10}\b', 'ADDRESS'), (r'[0-9a-f]{8}-([0-9a-f]{8}:[-\d])', r'IMAGE-\1'),
                          (r"-[0-9a-f]{8}'", "-SUM'"), (r' at \S*/([^/ ]+:\d+)', r' at \1')):
        line = re.sub(pattern, mask, line)
    return line.rstrip()


def shows(exact, shown, said):
    """Whether the lines of a page are what was said; those of gdb itself in this order among others."""
    shown, said = [masked(line) for line in shown if line.strip()], [masked(line) for line in said]
    if exact:
        return shown == said
    rest = iter(said)
    return all(line in rest for line in shown)
