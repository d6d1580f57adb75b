#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Each warning of the port is in docs/porting.md, with the test that reaches it or why nothing can.

usage: warns.py SOURCE_ROOT

A warning is a use of one of MACROS in sim/kvm. The table of the section "Warnings and what reaches
them" has a line for each: file, function, the use as it is written (blanks apart), and what reaches
it: `test`s of tests/scenario, or a sentence. A test counts when it asks, in its own body or through
a helper of its file, for a WARN of that function with that text.
"""
import glob
import os
import re
import sys

MACROS = ('WARN_ON', 'WARN_ON_ONCE', 'WARN', 'WARN_ONCE', 'WARN_RATELIMIT', 'VM_WARN_ON',
          'VM_WARN_ON_ONCE', 'BUG', 'BUG_ON', 'VM_BUG_ON', 'KVM_BUG', 'KVM_BUG_ON', 'vcpu_unimpl',
          'kvm_pr_unimpl', 'pr_unimpl')
TITLE = '## Warnings and what reaches them'
STRING = r'"(?:[^"\\]|\\.)*"'


def without_comments(text):
    """The same text with blanks for comments; strings are kept."""
    def blank(m):
        return m[0] if m[0][0] == '"' else re.sub(r'[^\n]', ' ', m[0])
    return re.sub(r'/\*.*?\*/|//[^\n]*|' + STRING, blank, text, flags=re.S)


def closing(text, at):
    """Index behind the parenthesis that closes the one at `at`."""
    depth = 0
    for m in re.compile(STRING + r'|[()]', re.S).finditer(text, at):
        depth += {'(': 1, ')': -1}.get(m[0], 0)
        if not depth:
            return m.end()
    raise ValueError('unbalanced parentheses')


def squeeze(text):
    return re.sub(r'\s+', ' ', text)


def functions(text):
    """(name, body) of each function definition in kernel style."""
    for m in re.finditer(r'^\w[^\n;{}=#]*?(\w+)\((?:[^;{}=]*)\)\n\{\n(.*?)^\}', text, re.M | re.S):
        yield m[1], m[2]


def warnings(root):
    """(file, function, use) of each warning inside a function, and how many there are in all."""
    found, everywhere = [], 0
    use = re.compile(r'\b(?:%s)\s*\(' % '|'.join(sorted(MACROS, key=len, reverse=True)))
    top = os.path.join(root, 'sim', 'kvm')
    for path in sorted(glob.glob(top + '/**/*.[ch]', recursive=True)):
        text = without_comments(open(path, encoding='utf-8').read())
        everywhere += len(use.findall(text))
        for name, body in functions(text):
            for m in use.finditer(body):
                end = closing(body, m.end() - 1)
                found.append((os.path.relpath(path, top), name, squeeze(body[m.start():end])))
    return found, everywhere


def table(path):
    """(file, function, use, what reaches it) of each line of the section's table."""
    section = open(path, encoding='utf-8').read().split(TITLE + '\n')
    if len(section) != 2:
        return []
    lines = []
    for line in section[1].split('\n## ')[0].split('\n'):
        cells = [c.strip().replace('\\|', '|') for c in re.split(r'(?<!\\)\|', line)[1:-1]]
        if len(cells) == 4 and cells[0] != 'File' and not set(cells[0]) <= set('- '):
            lines.append((cells[0], cells[1], cells[2].strip('`'), cells[3]))
    return lines


def unquoted(literals):
    """The value of adjacent string literals."""
    value = ''.join(s[1:-1] for s in re.findall(STRING, literals))
    return value.replace('\\n', '').replace('\\"', '"')


def tests(root):
    """name -> the text of the test and of the helpers that it calls, for registered tests."""
    found = {}
    for path in glob.glob(os.path.join(root, 'tests', 'scenario', 'warn*.c')):
        text = without_comments(open(path, encoding='utf-8').read())
        bodies = dict(functions(text))
        registered = re.findall(r'cmocka_unit_test\(\s*(\w+)\)', text)
        for name in registered:
            body = bodies.get(name, '')
            used = [n for n in bodies if n not in registered and re.search(r'\b%s\(' % n, body)]
            found[name] = body + ''.join(bodies[n] for n in used)
    return found


def told_as(use):
    """What the event stream says, as a pattern: the condition's text, or the format filled in."""
    macro = use.split('(', 1)[0]
    arguments = use[use.index('(') + 1:-1]
    if macro in ('WARN', 'WARN_ONCE', 'WARN_RATELIMIT') or 'unimpl' in macro:
        text = unquoted(re.search('(?:%s ?)+' % STRING, arguments)[0])
        return re.sub(r'%l?[xu]', '[0-9a-f]+', re.sub(r'([()*+?.\[\]])', r'\\\1', text)) + '$'
    if macro == 'KVM_BUG':
        return re.escape('KVM_BUG_ON(%s)' % arguments.split(', kvm,')[0]) + '$'
    return re.escape('%s(%s)' % (macro, arguments)) + '$'


def asks_for(body, function, use):
    """Does the test ask for a WARN (or a line of the log) of this function with this text?"""
    if 'unimpl' in use.split('(')[0]:
        said = re.findall(r'assert_string_equal\(w\.log,\s*((?:%s\s*)+)\)' % STRING, body)
        return any(re.search(told_as(use), unquoted(s)) for s in said)
    for m in re.finditer(r'\bwarned\(', body):
        call = body[m.start():closing(body, m.end() - 1)]
        literals = re.findall(r'(?:%s\s*)+' % STRING, call)
        if literals and unquoted(literals[0]) == function:
            # the text may come out of a table of cases
            said = literals[1:] or re.findall(r'(?:%s\s*)+' % STRING, body)
            if any(re.match(told_as(use), unquoted(s)) for s in said):
                return True
    return False


def complaints(root):
    found, everywhere = warnings(root)
    lines = table(os.path.join(root, 'docs', 'porting.md'))
    known = tests(root)
    wrong = {'enough': [], 'listed': [], 'stale': [], 'reached': []}
    if len(found) < 40 or everywhere != len(found):
        wrong['enough'].append('%d warnings, %d of them in functions' % (everywhere, len(found)))
    entries = [line[:3] for line in lines]
    for warning in sorted(set(found)):
        if entries.count(warning) != found.count(warning):
            cells = (*warning[:2], warning[2].replace('|', '\\|'))
            wrong['listed'].append('%d of %d lines: | %s | %s | `%s` | |' % (
                entries.count(warning), found.count(warning), *cells))
    wrong['stale'] += ['%s, %s: %s' % e for e in entries if e not in found]
    for _, function, use, how in lines:
        names = re.findall(r'\w+', how) if re.fullmatch(r'`\w+`(, `\w+`)*', how) else []
        if not names and len(how.split()) < 4:
            wrong['reached'].append('%s: %s: neither a test nor a reason' % (function, use))
        for name in names:
            if name not in known:
                wrong['reached'].append('%s: there is no test %s' % (function, name))
            elif not asks_for(known[name], function, use):
                wrong['reached'].append('%s does not ask for %s: %s' % (name, function, use))
    return wrong


def main():
    wrong = complaints(sys.argv[1])
    names = {'enough': 'the port has warnings, each in a function',
             'listed': 'each warning has a line in porting.md',
             'stale': 'each line is of a warning',
             'reached': 'each line has a test that asks for it, or a reason'}
    print('1..%d' % len(names))
    for i, (key, name) in enumerate(names.items(), 1):
        print('%s %d - %s' % ('not ok' if wrong[key] else 'ok', i, name))
        for line in wrong[key]:
            print('#   ' + line)
    return any(wrong.values())


sys.exit(main())
