# SPDX-License-Identifier: BSD-2-Clause
"""The `rmi` prefix, and how its subcommands fail: with one line that says what to do."""
import re

import gdb


class Bad(gdb.GdbError):
    """Something is missing or wrong: one sentence with the remedy."""


class Rmi(gdb.Command):
    """Commands for realms: calls, granules, tables, schedules. 'help rmi' lists them."""

    def __init__(self):
        super().__init__('rmi', gdb.COMMAND_DATA, gdb.COMPLETE_NONE, True)


class Command(gdb.Command):
    """A subcommand: its name, and a run() that takes words."""

    name = ''
    words = (0, 0)  # at least, at most
    usage = ''

    def __init__(self):
        super().__init__('rmi ' + self.name, gdb.COMMAND_DATA, gdb.COMPLETE_NONE)

    def invoke(self, argument, from_tty):
        self.dont_repeat()
        words = argument.split()
        if not self.words[0] <= len(words) <= self.words[1]:
            raise Bad('usage: rmi %s' % (self.usage or self.name))
        try:
            self.run(*words)
        except gdb.GdbError:
            raise
        except gdb.MemoryError as error:
            raise Bad('rmi %s: %s; the core file or the process does not have that memory'
                      % (self.name, first_line(error)))
        except gdb.error as error:
            raise Bad('rmi %s: %s; rmisim, its images and these helpers have to be of one build, with -g'
                      % (self.name, first_line(error)))
        except KeyboardInterrupt:
            raise
        except Exception as error:
            if gdb.parameter('python print-stack') == 'full':
                raise
            raise Bad("rmi %s: %s: %s; 'set python print-stack full' shows where" %
                      (self.name, type(error).__name__, first_line(error)))

    def run(self, *words):
        raise NotImplementedError


def first_line(error):
    text = str(error).split('\n')[0].rstrip('.')
    return re.sub('^Python Exception <[^>]*>:? *', '', text)


def say(text=''):
    gdb.write(text + '\n')


def number(word, what):
    """An address or a number: 0x.., decimal, or an expression of gdb's such as $rd."""
    try:
        return int(word, 0)
    except ValueError:
        pass
    try:
        return int(gdb.parse_and_eval(word).cast(gdb.lookup_type('unsigned long long')))
    except gdb.error as error:
        raise Bad("'%s' is no %s (%s): give a number such as 0x80001000, or an expression" %
                  (word[:60], what, first_line(error)))


def register():
    """Every subcommand that the modules have defined."""
    Rmi()
    for command in sorted(Command.__subclasses__(), key=lambda c: c.name):
        command()
