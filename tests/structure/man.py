#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Man pages say what --help says, read well, and show commands that work.

usage: man.py RMISIM SOURCE-ROOT COMPILER PAGE..
"""
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile

count, failed = 0, 0


def holds(sentence, wrong):
    global count, failed
    count += 1
    failed += bool(wrong)
    print('%s %d - %s' % ('not ok' if wrong else 'ok', count, sentence))
    for line in wrong:
        print('# ' + line)


def skips(sentence, reason):
    global count
    count += 1
    print('ok %d - %s # SKIP %s' % (count, sentence, reason))


def run(*command, **how):
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, stdin=subprocess.DEVNULL, **how)


def rendered(page):
    """As a terminal shows it, one blank between words."""
    for renderer in (['mandoc', '-Tutf8', '-O', 'width=300'], ['groff', '-Tutf8', '-mandoc', '-rLL=300n', '-P-c']):
        if shutil.which(renderer[0]):
            out = run(*renderer, page).stdout
            return re.sub(r'\s+', ' ', re.sub('\x1b\\[[0-9;]*m', '', re.sub('.\b', '', out)).replace('\u2010\n', '').replace('‘', "'").replace('’', "'"))
    return None


def options_of(text):
    """[(option, argument, what it does)] of --help."""
    return [m.groups() for m in re.finditer(r'^  (--\S+) ?(\S*)  +(\S.*)$', text, re.M)]


def missing_from(page_text, help_text):
    """What --help says and the page does not, and options that the page has and --help does not."""
    wrong = []
    for option, argument, about in options_of(help_text):
        line = ' '.join(filter(None, (option, argument, about)))
        if re.sub(r'\s+', ' ', line) not in page_text:
            wrong.append('the page does not say: ' + line)
    known = {o[0] for o in options_of(help_text)} | set(re.findall(r'--[a-z-]+', help_text)) | {'--version'}
    options = page_text.split(' OPTIONS ')[-1].split(' EXIT STATUS ')[0] if ' OPTIONS ' in page_text else ''
    wrong += ['the page has an option that --help does not know: ' + o
              for o in sorted(set(re.findall(r'(?<![\w-])--[a-z][a-z-]+', options)) - known)]
    return wrong


def examples_of(page):
    """Command lines that a page shows."""
    return [line[len('.Dl $ '):].replace('\\e', '\\') for line in open(page, encoding='utf-8').read().split('\n')
            if line.startswith('.Dl $ ')]


def run_examples(page, env):
    wrong = []
    with tempfile.TemporaryDirectory() as folder:
        for line in examples_of(page):
            done = run('sh', '-c', line, cwd=folder, env=env)
            if done.returncode not in (0, 1):
                wrong += ['%s: status %d' % (line, done.returncode)] + done.stdout.split('\n')[-4:]
    return wrong


def compile_block(page, root, compiler):
    blocks = re.findall(r'^\.Bd -literal\n(#include.*?)^\.Ed$', open(page, encoding='utf-8').read(), re.M | re.S)
    if not blocks:
        return ['the page shows no program']
    done = subprocess.run(compiler + ['-x', 'c', '-std=c11', '-Wall', '-Werror', '-fsyntax-only', '-I' + root + '/include', '-'],
                          input=blocks[0].replace('\\e', '\\'), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    return done.stdout.split('\n') if done.returncode else []


def main():
    rmisim, root, compiler = sys.argv[1], sys.argv[2], shlex.split(sys.argv[3])
    pages = {os.path.basename(p): p for p in sys.argv[4:]}
    env = dict(os.environ, PATH=os.path.dirname(os.path.abspath(rmisim)) + os.pathsep + os.environ['PATH'], NO_COLOR='1')
    env.pop('RMISIM_IMAGES', None)
    top = run(rmisim, '--help').stdout
    commands = re.findall(r'^  rmisim (\S+).*?  +(\S[^\n]*)$', top, re.M)
    holds('every subcommand has a page', ['rmisim %s has none: write man/%s.mdoc, and sim/cli/cmd_%s.c makes a page of it' % (c, c, c)
                                          for c, _ in commands if 'rmisim-%s.1' % c not in pages])
    if rendered(pages['rmisim.1']) is None:
        skips('pages agree with --help', 'neither mandoc nor groff is here')
    else:
        text = rendered(pages['rmisim.1'])
        holds('rmisim.1 has every subcommand', [c + ': ' + about for c, about in commands
                                               if 'rmisim-%s(1) %s' % (c, re.sub(r'\s+', ' ', about)) not in text])
        for c, _ in commands:
            page = pages.get('rmisim-%s.1' % c)
            if page:
                holds('rmisim-%s.1 agrees with --help' % c, missing_from(rendered(page), run(rmisim, c, '--help').stdout))
        said = run(rmisim, commands[0][0], '--help').stdout
        page = rendered(pages['rmisim-%s.1' % commands[0][0]])
        holds('an option that the page lacks is seen', [] if missing_from(page, said + '\n  --brand-new N   it is new\n') else ['it is not'])
        holds('so is one that has gone', [] if missing_from(page, said.replace('--json', '--yaml')) else ['it is not'])
    sources = ''.join(open(os.path.join(d, f), encoding='utf-8').read() for d in ('sim', 'sim/cli') for d in [os.path.join(root, d)]
                      for f in os.listdir(d) if f.endswith('.c'))
    wanted = set(re.findall(r'getenv\("(RMISIM_[A-Z]+)"\)', sources))
    shown = set(re.findall(r'^\.It Ev (\S+)', open(pages['rmisim.1'], encoding='utf-8').read(), re.M))
    holds('rmisim.1 has every variable of the environment', sorted(wanted - shown) + sorted(v for v in shown - wanted if v.startswith('RMISIM_')))
    if shutil.which('mandoc'):
        for name, page in pages.items():
            lint = run('mandoc', '-Tlint', '-W', 'warning', page)
            holds(name + ' is clean mdoc', lint.stdout.rstrip().split('\n') if lint.stdout else [])
    else:
        skips('pages are clean mdoc', 'no mandoc here')
    for name, page in pages.items():
        if examples_of(page):
            holds('the examples of %s work' % name, run_examples(page, env))
    if subprocess.run(compiler + ['-x', 'c', '-fsyntax-only', '-'], input='#include <stdarg.h>\n#include <stddef.h>\n#include <setjmp.h>\n#include <stdint.h>\n#include <cmocka.h>\n', text=True, stderr=subprocess.DEVNULL).returncode:
        skips('the program of rmisim.3 compiles', 'no cmocka.h here')
    else:
        holds('the program of rmisim.3 compiles', compile_block(pages['rmisim.3'], root, compiler))
    print('1..%d' % count)
    return failed != 0


sys.exit(main())
