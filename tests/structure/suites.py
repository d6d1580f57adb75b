#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Every test belongs to a suite that people know, and what takes minutes is out of `meson test`.

usage: suites.py BUILD-ROOT SOURCE-ROOT
"""
import json
import os
import re
import sys

KNOWN = {'unit', 'scenario', 'explore', 'inject', 'museum', 'gdb', 'install', 'fuzz-corpus'}


def strays(tests):
    """Tests of this project that are in none of them."""
    return ['%s: suite %s is none of %s; name one of these as well' % (t['name'], ', '.join(sorted(s)), ', '.join(sorted(KNOWN)))
            for t in tests for s in [{x.split(':')[-1] for x in t['suite']}] if not s & KNOWN]


def long_ones(tests):
    """Those that may take longer than ten minutes, and are run by default."""
    return ['%s: a timeout of %d s, and neither in suite explore nor in long' % (t['name'], t['timeout'])
            for t in tests for s in [{x.split(':')[-1] for x in t['suite']}]
            if t['timeout'] > 600 and not s & {'explore', 'long'}]


def not_in_ci(meson, run):
    """Suites that the default leaves out and CI does not name."""
    minutes = re.findall(r"'([a-z-]+)'", re.search(r'^minutes = \[(.*)\]', meson, re.M).group(1))
    return ['%s: tests/meson.build leaves it out by default, and .ci/run has no --suite %s' % (name, name)
            for name in minutes if name != 'long' and '--suite ' + name not in run]


def main():
    source = sys.argv[2]
    meson, run = [open(os.path.join(source, *name), encoding='utf-8').read() for name in (('tests', 'meson.build'), ('.ci', 'run'))]
    with open(os.path.join(sys.argv[1], 'meson-info', 'intro-tests.json'), encoding='utf-8') as f:
        tests = json.load(f)
    stray = [{'name': 'new', 'suite': ['rmisim:new'], 'timeout': 601}]
    cases = [
        ('every test is in a suite that people know', strays(tests)),
        ('what takes minutes is not run by default', long_ones(tests)),
        ('CI runs it', not_in_ci(meson, run)),
        ('there are tests', [] if len(tests) > 100 else ['%d tests' % len(tests)]),
        ('a stray is seen', [] if strays(stray) else ['it is not']),
        ('so is a suite that CI has forgotten', [] if not_in_ci(meson, run.replace('--suite explore', '')) else ['it is not']),
        ('so is a long one', [] if long_ones(stray) else ['it is not']),
    ]
    print('1..%d' % len(cases))
    for i, (sentence, wrong) in enumerate(cases, 1):
        print('%s %d - %s' % ('not ok' if wrong else 'ok', i, sentence))
        for line in wrong:
            print('# ' + line)
    return any(wrong for _, wrong in cases)


sys.exit(main())
