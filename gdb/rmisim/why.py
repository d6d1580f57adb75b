# SPDX-License-Identifier: BSD-2-Clause
"""The violation of a run, explained: sentence, rule, source, and the way back to it."""
import os

import gdb

from .base import Command, say
from . import decode, find, schedule


def check_row(name):
    """The row of sim/invariant.c's table, or None."""
    table = decode.static('checks', 'struct sim_check_info')
    if table is None:
        return None
    for i in range(table.type.range()[1] + 1):
        if find.text(table[i]['name']) == name:
            return table[i]
    return None


def violation_of(world):
    """That of the world; one that is found behind its end is an argument of sim_at_violation()."""
    text = find.text(world['violation'])
    if text:
        return text
    for frame in find.frames():
        if frame.name() == 'sim_at_violation':
            try:
                return find.text(frame.read_var('violation'))
            except (ValueError, gdb.error):
                pass
    return find.text(world['quiescent'])


def again(string):
    """The command line for this run: rmisim knows its catalogue, a test knows its own scenario."""
    program = gdb.current_progspace().filename or ''
    if os.path.basename(program) == 'rmisim':
        return "rmisim replay '%s'" % string
    near = os.path.relpath(program)
    arguments = gdb.execute('show args', to_string=True).partition('"')[2].rpartition('"')[0]
    words = [program if near.startswith(os.pardir) else os.path.join(os.curdir, near), arguments]
    return "RMISIM_REPLAY='%s' %s" % (string, ' '.join(filter(None, words)))


class Why(Command):
    """The violation of this run: what, which rule, who says so, how to get here again: rmi why"""

    name = 'why'

    def run(self):
        world = find.world()
        text = violation_of(world)
        if not text:
            say("nothing is violated so far; 'break sim_at_violation' stops when something is")
            return
        name = text.split(':')[0]
        row = check_row(name)
        say(text)
        if row is not None:
            say('  check   %s: %s' % (name, find.text(row['sentence'])))
            say('  source  %s' % find.text(row['source']))
            say('  run     %s' % ('ends here' if row['ends'] or world['dead'] else
                                  'goes on: a real machine would'))
        string = find.text(world['choices']['plan']['string'])
        if string:
            say('  replay  ' + again(string))
        else:
            say('  choices %s' % (schedule.choices_text(world) or 'all as usual'))
        warn = find.text(world['first_warn'])
        if warn:
            say('  kernel  WARN: %s' % warn)
        if world['lied']:
            say('  note    somebody else than the RMM has answered a call')
