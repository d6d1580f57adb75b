#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Every test belongs to a suite that people know, and what takes minutes is out of `meson test`.

usage: suites.py BUILD-ROOT
"""
import json
import os
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


def main():
    with open(os.path.join(sys.argv[1], 'meson-info', 'intro-tests.json'), encoding='utf-8') as f:
        tests = json.load(f)
    stray = [{'name': 'new', 'suite': ['rmisim:new'], 'timeout': 601}]
    cases = [
        ('every test is in a suite that people know', strays(tests)),
        ('what takes minutes is not run by default', long_ones(tests)),
        ('there are tests', [] if len(tests) > 100 else ['%d tests' % len(tests)]),
        ('a stray is seen', [] if strays(stray) else ['it is not']),
        ('so is a long one', [] if long_ones(stray) else ['it is not']),
    ]
    print('1..%d' % len(cases))
    for i, (sentence, wrong) in enumerate(cases, 1):
        print('%s %d - %s' % ('not ok' if wrong else 'ok', i, sentence))
        for line in wrong:
            print('# ' + line)
    return any(wrong for _, wrong in cases)


sys.exit(main())
