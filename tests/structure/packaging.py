#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Every file that `meson install` installs is in one of the Debian packages, and in one alone.

usage: packaging.py BUILD-ROOT SOURCE-ROOT
"""
import fnmatch
import glob
import json
import os
import sys


def load(build, name):
    with open(os.path.join(build, 'meson-info', 'intro-%s.json' % name), encoding='utf-8') as f:
        return json.load(f)


def paths_of(build):
    """Where Debian's build would install them: the prefix is /usr, the library folder the machine's own."""
    options = {o['name']: o['value'] for o in load(build, 'buildoptions')}
    libdir = os.path.join(options['prefix'], options['libdir']) + os.sep
    found = []
    for path in load(build, 'installed').values():
        if path.startswith(libdir):
            found.append('usr/lib/machine/' + path[len(libdir):])
        else:
            found.append('usr/' + os.path.relpath(path, options['prefix']))
    return found


def patterns_of(source):
    return {os.path.basename(name): [line.strip() for line in open(name, encoding='utf-8') if line.strip()]
            for name in glob.glob(os.path.join(source, 'packaging', 'debian', '*.install'))}


def matches(path, pattern):
    """A pattern is of a file or of a folder above it, and its * never of a slash."""
    path, pattern = path.split('/'), pattern.split('/')
    return len(pattern) <= len(path) and all(fnmatch.fnmatchcase(p, q) for p, q in zip(path, pattern))


def wrong_of(paths, patterns):
    wrong = []
    for path in sorted(paths):
        packages = [name for name in sorted(patterns) if any(matches(path, p) for p in patterns[name])]
        if len(packages) != 1:
            wrong.append('%s: %s; see packaging/debian/*.install' % (path, ' and '.join(packages) or 'in no package'))
    return wrong


def main():
    paths, patterns = paths_of(sys.argv[1]), patterns_of(sys.argv[2])
    cases = [
        ('every file that is installed is in one package', wrong_of(paths, patterns)),
        ('every line of a package has a file', ['%s: %s' % (name, p) for name in sorted(patterns) for p in patterns[name]
                                                if not any(matches(path, p) for path in paths)]),
        ('files are installed', [] if len(paths) > 50 and len(patterns) >= 4 else ['%d files, %d packages' % (len(paths), len(patterns))]),
        ('a file in no package is seen', [] if wrong_of(['usr/share/new/file'], patterns) else ['it is not']),
    ]
    print('1..%d' % len(cases))
    for i, (sentence, wrong) in enumerate(cases, 1):
        print('%s %d - %s' % ('not ok' if wrong else 'ok', i, sentence))
        for line in wrong:
            print('# ' + line)
    return any(wrong for _, wrong in cases)


sys.exit(main())
