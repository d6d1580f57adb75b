#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""A man page in mdoc: what `rmisim --help` says, around the text of man/NAME.mdoc.

The name, the synopsis and the options of a subcommand come from the program, so that they are those of this build;
description and examples come from the source. In rmisim.1 the list of subcommands takes the place of @COMMANDS@.

usage: page.py VERSION RMISIM NAME SOURCE OUTPUT     NAME: rmisim, or a subcommand
"""
import re
import subprocess
import sys

COMMON = {'help', 'json', 'kernel', 'edition', 'profile'}


def text(line):
    """A line of text that mdoc takes as it is."""
    line = line.replace('\\', '\\e')
    return '\\&' + line if line[:1] in ('.', "'") else line


def words(line):
    """Words for a macro line: none of them may be taken for a macro."""
    return ' '.join('\\&' + w if len(w) < 4 and w[:1].isalpha() else text(w) for w in line.split())


def help_of(rmisim, *command):
    return subprocess.run([rmisim, *command, '--help'], check=True, capture_output=True, text=True).stdout.split('\n')


def synopsis(usage):
    """`explore SCENARIO [--shard K/N] [options]`, one macro line a word."""
    name, rest = (usage.split(' ', 1) + [''])[:2]
    lines = ['.Nm rmisim', '.Cm ' + name]
    for word in re.findall(r"\[[^]]*\]|'[^']*'|\S+", rest):
        inner = word.strip("[]'")
        flag, _, argument = inner.partition(' ')
        if flag.startswith('--'):
            macros = 'Fl ' + flag[1:] + (' Ar ' + words(argument) if argument else '')
        else:
            macros = 'Ar ' + words(inner)
        lines.append(('.Op ' if word[0] == '[' else '.') + macros)
    return lines


def options(lines):
    """The table of options, and what --help says below it."""
    table, notes = [], []
    for line in lines:
        m = re.match(r'  --(\S+) ?(\S*) +(\S.*)', line)
        if m:
            name, argument, about = m.groups()
            table += ['.It Fl -' + name + (' Ar ' + words(argument) if argument else ''), text(about)]
        elif table and line:
            notes += [text(sentence) for sentence in re.split(r'(?<=\.) (?=[A-Z])', line)]
    return ['.Sh OPTIONS', '.Bl -tag -width Ds'] + table + ['.El'] + (['.Pp'] + notes if notes else [])


def head(name, about, version):
    return ['.Dd November 23, 2026', '.Dt %s 1' % name.upper(), '.Os rmisim ' + version, '.Sh NAME', '.Nm ' + name, '.Nd ' + text(about)]


STATUS = """.Sh EXIT STATUS
.Bl -tag -width Ds
.It 0
Nothing is wrong.
.It 1
A violation, a difference or an expectation that failed was found.
.It 2
Bad input or usage: one line on stderr says what is wrong and what to do.
.El"""


def subcommand(rmisim, name, source, version):
    lines = help_of(rmisim, name)
    usage, about = lines[0].replace('usage: rmisim ', ''), lines[1]
    page = head('rmisim-' + name, about, version) + ['.Sh SYNOPSIS'] + synopsis(usage)
    description, examples, rest = re.match(r'(.*?)((?:^\.Sh EXAMPLES\n.*?)?)(^\.Sh SEE ALSO\n.*)\Z', source, re.S | re.M).groups()
    page += description.rstrip('\n').split('\n') + options(lines[2:]) + STATUS.split('\n')
    return page + (examples + rest).rstrip('\n').split('\n')


def program(rmisim, source, version):
    listed = [re.match(r'  rmisim (\S+)(.*?)  +(\S.*)', line) for line in help_of(rmisim)]
    commands = []
    for m in filter(None, listed):
        commands += ['.It Xr rmisim-%s 1' % m.group(1), text(m.group(3))]
    source = source.replace('@COMMANDS@', '\n'.join(commands))
    source = source.replace('@OPTIONS@', '\n'.join(options(
        [line for line in help_of(rmisim, 'demo') if re.match(r'  --(%s) ' % '|'.join(COMMON), line)])[1:]))
    return source.replace('@VERSION@', version).rstrip('\n').split('\n')


def main():
    version, rmisim, name, path, output = sys.argv[1:]
    source = open(path, encoding='utf-8').read()
    comment, source = source.split('\n', 1)
    if path.endswith('.3'):
        page = source.replace('@VERSION@', version).rstrip('\n').split('\n')
    elif name == 'rmisim':
        page = program(rmisim, source, version)
    else:
        page = subcommand(rmisim, name, source, version)
    with open(output, 'w', encoding='utf-8') as f:
        f.write('\n'.join([comment] + page) + '\n')


main()
