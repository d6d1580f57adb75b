# SPDX-License-Identifier: BSD-2-Clause
"""gdb in batch mode: what each command of a session prints."""
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
