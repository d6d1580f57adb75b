#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""The commands of gdb/ on live runs (threads and fibers), on a core file, on a bare model, and on nothing.

What they say is compared with what the program says by itself: traces, searches, decoders, its own tables of names.

usage: commands.py RMISIM WORDS SOURCE-ROOT
"""
import concurrent.futures
import os
import re
import subprocess
import sys
import tempfile

import session

RMISIM, WORDS_PROGRAM, ROOT = sys.argv[1:]

STOP = ['set breakpoint pending on', 'break sim_at_violation', 'run']
LOOK = ['rmi why', 'rmi cpus', 'rmi call', 'rmi locks', 'rmi schedule', 'rmi trace 40', 'rmi realm', 'rmi rec',
        'rmi rtt . {ipa}', 'rmi rtt .', 'rmi granule {pa}', 'rmi stack scenario']
WRONG = ['rmi granule zork', 'rmi granule 1', 'rmi granule', 'rmi rtt 0x1000', 'rmi rtt . 0xffffffffffff', 'rmi rec {pa}',
         'rmi realm {pa}', 'rmi call nobody', 'rmi stack nobody', 'rmi break zork', 'rmi break RTT_FOLD zork',
         'rmi break exit zork', 'rmi break RTT_FOLD SUCCESS at zork', 'rmi schedule x', 'rmi trace x', 'rmi use 5',
         'rmi use nothing', 'rmi decode zork 5', 'rmi decode desc x']

WORDS = [('result', '0'), ('result', '0x204'), ('result', '0xff04'), ('result', '0x30d'), ('result', '0x50d'),
         ('result', '0x7f'), ('result', '0xffffffffffffffff'), ('result', '0x12340c'), ('desc', '0'),
         ('desc', '0xb8b59004'), ('desc', '0x80000000b8b59004'), ('desc', '0x80200805'), ('desc', '0x80000007'),
         ('desc', '0x70000000b8b59004'), ('desc', '0xc0000000b8b59004'), ('flags', '0x1e0001'), ('flags', '0x2a0009'),
         ('flags', '0xf00001'), ('flags', '3'), ('ripas', '1'), ('ripas', '9'), ('donate', '0x10005'),
         ('donate', '0x40ffc'), ('donate', '0xfff00000')]
KINDS = {'result': 'RESULT', 'desc': 'DESC', 'flags': 'UNPROT_FLAGS', 'ripas': 'RIPAS', 'donate': 'DONATE_REQ'}


def rmisim(*arguments):
    return subprocess.run([RMISIM] + list(arguments), capture_output=True, text=True, env=session.HOST).stdout


class Race:
    """The race of README.md: a string, the run by the program's own means, and what the sentence says."""

    def __init__(self):
        self.string, self.choices, self.violation = session.violating_string(RMISIM, 'fault-convert', 'B044')
        self.trace = [line for line in rmisim('replay', '--trace', self.string).split('\n')
                      if re.match(r' *\d+ ', line)]
        del self.trace[next(i for i, line in enumerate(self.trace) if ' !! ' in line) + 1:]
        self.ipa, self.pa = re.search('IPA (0x[0-9a-f]+) is mapped to (0x[0-9a-f]+)', self.violation).groups()
        self.call = [line for line in self.trace if ' RTT_DATA_MAP(' in line][-1].split('rmi   ')[1]

    def commands(self, some):
        return [command.format(ipa=self.ipa, pa=self.pa) for command in some]

    def live(self, core, engine):
        more = ['generate-core-file %s' % core]
        if engine == 'threads':
            more += ['frame function host_smc', 'print *regs', 'print model', 'print $rmi_desc(0xb8b59004)'] + self.commands(WRONG)
        return session.run(RMISIM, ['--args', RMISIM, 'replay', self.string],
                           STOP + self.commands(LOOK) + more, {'RMISIM_ENGINE': engine})

    def core(self, core, *first):
        return session.run(RMISIM, list(first) + [RMISIM, core], self.commands(LOOK))


def decoded_words():
    line = ['python import rmisim.decode as d']
    for edition in range(3):
        for shift in (12, 16):
            for kind, word in WORDS:
                line.append('python print(d.word(%r, %s, d.Config(%d, %d)))' % (KINDS[kind], word, edition, shift))
    # (tables are readable when the program runs)
    return session.run(RMISIM, ['--args', RMISIM, 'list'], ['break main', 'run'] + line)


def words():
    """What the program says: {"status 4": name ..} and the words of WORDS, decoded."""
    line = [WORDS_PROGRAM] + [part for kind, word in WORDS for part in (KINDS[kind], word)]
    names, decoded = {}, []
    for line in subprocess.run(line, capture_output=True, text=True, check=True).stdout.rstrip('\n').split('\n'):
        if line.startswith('word '):
            decoded.append(line[5:])
        else:
            what, value, name = line.split(' ', 2)
            names[what, int(value)] = None if name == '-' else name
    return names, decoded


def names_differ(real):
    sys.path.insert(0, ROOT + '/gdb/rmisim')
    sys.dont_write_bytecode = True
    import names as n
    tables = {
        'status': lambda v: n.at(n.STATUS, v, None), 'ripas': lambda v: n.at(n.RIPAS, v, None),
        'granule': lambda v: n.at(n.GRANULE, v), 'hipas': lambda v: n.at(n.HIPAS, v), 'ec': n.EC.get,
        'fault': lambda v: None if n.fault(v) == '?' else n.fault(v), 'exit0': lambda v: n.exit_reason(v, 0),
        'exit1': lambda v: n.exit_reason(v, 1), 'exit2': lambda v: n.exit_reason(v, 2)}
    if len(real) != 64 * len(tables):
        return 'the program names %d values' % len(real)
    for (what, value), name in real.items():
        if tables[what](value) != name:
            return '%s %d is %s, and here %s' % (what, value, name, tables[what](value))
    return None


def shared_fault():
    """On an image of 64 KiB pages, where other things are other sizes."""
    line = ['rmi break exit SYNC at 0x10046880000', 'run', 'rmi rtt . 0x10046880000', 'rmi rec', 'rmi call',
            'rmi break RTT_UNPROT_MAP at 0x10046880000', 'continue', 'tbreak rtt_set', 'continue',
            'frame function rmm_smc', 'print c.walk', 'print *c.walk.table', 'print c.walk.e', 'rmi call',
            'rmi break RTT_UNPROT_MAP success at 0x10046880000', 'continue', 'rmi rtt .', 'rmi cpus']
    return session.run(RMISIM, ['--args', RMISIM, 'fault', 'fault_ipa=0x10046880000, esr=0x92000007', '--kernel', '64k'],
                       line)


def waiting():
    line = ['break sim_sched_block if $_streq(label, "kvm->mmu_lock")', 'run', 'delete',
            'tbreak __sim_lock_release if $_streq(lock->name, "kvm->mmu_lock")', 'continue', 'rmi cpus', 'rmi locks',
            'rmi schedule 1', 'rmi stack vcpu1']
    return session.run(RMISIM, ['--args', RMISIM, 'explore', 'fault-private-2', '--preemptions', '1'], line)


def bare():
    line = ['rmi call', 'rmi break RTT_FOLD', 'break call_check', 'ignore 2 25', 'run', 'rmi call', 'rmi locks', 'rmi realm',
            'rmi cpus', 'rmi why', 'rmi use *c->rmm', 'rmi realm', 'rmi use']
    return session.run(RMISIM, ['--args', RMISIM, 'calls', '--profile', 'tf-rmm-2026-07',
                                ROOT + '/tests/golden/tf-rmm/lifecycle.rmi'], line)


def nothing():
    return session.run(RMISIM, [], ['help rmi'] + [c.format(ipa='0x400000', pa='0x80040000') for c in LOOK + WRONG])


def of(result, command, nth=0):
    return [lines for asked, lines in result[0] if asked == command][nth]


class Tests:
    """Each is a sentence; what it returns is an objection."""

    def __init__(self, results, race):
        self.r, self.race = results, race

    def looks_like_the_race(self, result):
        race, look = self.race, lambda command: of(result, command.format(ipa=race.ipa, pa=race.pa))
        text = '\n'.join(look('rmi why'))
        listed = rmisim('list', '--checks')
        rule = re.search(r'check   stale-pfn: (.*)\n', text)
        if race.violation not in text or race.string not in text or not rule or rule.group(1) not in \
                re.sub(r'\s+', ' ', listed):
            return 'rmi why: ' + text
        if look('rmi trace 40') != [line.rstrip() for line in race.trace[-40:]]:
            return 'rmi trace is not what replay --trace prints:\n' + '\n'.join(look('rmi trace 40'))
        if look('rmi call') != ['vcpu0: ' + race.call]:
            return 'rmi call: %s, not %s' % (look('rmi call'), race.call)
        if 'choices "%s"' % race.choices not in look('rmi schedule')[0]:
            return 'rmi schedule: ' + '\n'.join(look('rmi schedule'))
        walk = look('rmi rtt . {ipa}')
        if not walk[-1].endswith('DATA RAM ' + race.pa) or 'table' not in walk[1]:
            return 'rmi rtt: ' + '\n'.join(walk)
        if '%s-0x%x<private> DATA RAM %s, level 3' % (race.ipa, int(race.ipa, 0) + 4095, race.pa) not in \
                '\n'.join(look('rmi rtt .')):
            return 'rmi rtt .: ' + '\n'.join(look('rmi rtt .'))
        if look('rmi granule {pa}')[0] != 'granule %s: DATA' % race.pa:
            return 'rmi granule: ' + '\n'.join(look('rmi granule {pa}'))
        if 'vcpu0        holds kvm->mmu_lock for write, taken in kvm_fault_lock()' not in look('rmi locks'):
            return 'rmi locks: ' + '\n'.join(look('rmi locks'))
        rd = re.search('rd=(0x[0-9a-f]+)', race.call).group(1)
        if not look('rmi realm')[0].startswith('realm %s: ACTIVE, ' % rd):
            return 'rmi realm: ' + '\n'.join(look('rmi realm'))
        last = [line for line in race.trace if ' exit ' in line and ' SYNC ' in line][-1]
        if 'of realm %s, ' % rd not in look('rmi rec')[0] or \
                re.search('esr=.*hpfar=0x[0-9a-f]+', last).group() not in look('rmi rec')[1]:
            return 'rmi rec: ' + '\n'.join(look('rmi rec'))
        cpus = '\n'.join(look('rmi cpus'))
        if not re.search(r'^  scenario .* waits for the end of the other actors\n      in fault_convert\(\) at race.c:\d+'
                         r'\n\* vcpu0 .* runs\n      in \w+\(\) at rmi-map.c:\d+\n      in RTT_DATA_MAP\(', cpus) or \
                not re.search(r'  vmm-shared .* has ended$', cpus):
            return 'rmi cpus: ' + cpus
        stack = '\n'.join(look('rmi stack scenario'))
        if not re.search(r'sim_join\(\) at .*\n#\d+ +fault_convert\(\)', stack):
            return 'rmi stack: ' + stack

    def a_race_under_gdb_on_threads_is_told_as_the_program_tells_it(self):
        return self.looks_like_the_race(self.r['threads'])

    def a_race_under_gdb_on_fibers_is_told_the_same(self):
        return self.looks_like_the_race(self.r['fibers'])

    def a_core_file_of_threads_is_told_the_same(self):
        return self.looks_like_the_race(self.r['core-threads'])

    def a_core_file_of_fibers_is_told_the_same(self):
        return self.looks_like_the_race(self.r['core-fibers'])

    def a_core_file_has_what_is_in_use_and_not_the_machine(self):
        for engine, size in self.r['sizes'].items():
            if not 1 << 20 < size < 256 << 20:
                return 'a core of %s has %d bytes' % (engine, size)

    def a_core_file_without_its_image_names_the_remedy(self):
        text = self.r['core-alone'][1]
        if 'solib-search-path' not in text:
            return text

    def registers_are_printed_as_calls_and_results(self):
        if not self.race.call.startswith(of(self.r['threads'], 'print *regs')[-1].split(' = ', 1)[1]):
            return of(self.r['threads'], 'print *regs')
        if ' = RMI_SUCCESS x1=0x401000 ' not in of(self.r['threads'], 'print model')[-1]:
            return of(self.r['threads'], 'print model')
        if of(self.r['threads'], 'print $rmi_desc(0xb8b59004)') != ['$3 = "0xb8b59000 4KiB DELEGATED"']:
            return of(self.r['threads'], 'print $rmi_desc(0xb8b59004)')

    def names_are_those_of_the_program(self):
        return names_differ(words()[0])

    def words_are_decoded_as_the_program_does(self):
        got = [both for both in self.r['words'][0] if 'print(' in both[0]]
        decoded = words()[1]
        for (asked, mine), real in zip(got, decoded):
            if mine != [real]:
                return '%s: %s, and rmisim says %s' % (asked, mine, real)
        if len(got) != len(decoded) or len(got) != 6 * len(WORDS):
            return 'not all words were decoded'

    def breakpoints_stop_at_the_exit_and_the_call_that_were_asked_for(self):
        result = self.r['shared']
        if not any(line.startswith('rmi break exit SYNC at 0x10046880000: exit SYNC esr=0x92000007<DABT_LOW translation '
                                   'fault, level 3') for line in of(result, 'run')):
            return of(result, 'run')
        if not any(re.match(r'rmi break RTT_UNPROT_MAP SUCCESS at 0x10046880000: RTT_UNPROT_MAP\(.*base=0x10046880000, .* = '
                            r'RMI_SUCCESS out_top=0x10046890000', line) for line in of(result, 'continue', 2)):
            return of(result, 'continue', 2)

    def the_walk_shows_what_is_mapped_with_64_kib_pages(self):
        result = self.r['shared']
        walk = of(result, 'rmi rtt . 0x10046880000')
        if 'IPA 0x10046880000<shared>' not in walk[0] or \
                not re.search('IPAs 0x10046880000-0x1004688ffff: UNMAPPED_NS$', walk[-1]):
            return walk
        if not any(re.match(r'  0x10046880000-0x1004688ffff<shared> MAPPED_NS 0x[0-9a-f]+ memattr NORMAL s2ap RW, level 3',
                            line) for line in of(result, 'rmi rtt .')):
            return of(result, 'rmi rtt .')
        if not any('runs on CPU 0' in line for line in of(result, 'rmi rec')):
            return of(result, 'rmi rec')

    def structures_of_the_model_are_one_line_each(self):
        result = self.r['shared']
        for command, pattern in (('print c.walk', r'= table 0x\w+ level \d entry \d+, IPAs 0x\w+-0x\w+: '),
                                 ('print *c.walk.table', r'= table 0x\w+ level \d tree 0, IPAs from 0x\w+, \d+ entries: '),
                                 ('print c.walk.e', r'= (TABLE|DATA|VOID|UNMAPPED_NS|MAPPED_NS)')):
            if not re.search(pattern, of(result, command)[-1]):
                return '%s: %s' % (command, of(result, command))
        if not re.search('walk: table 0x', '\n'.join(of(result, 'rmi call', 1))):
            return of(result, 'rmi call', 1)

    def who_waits_for_a_lock_is_shown_with_its_holder(self):
        result = self.r['waiting']
        cpus, locks = '\n'.join(of(result, 'rmi cpus')), '\n'.join(of(result, 'rmi locks'))
        waits = re.search(r'(vcpu\d) +thread \d+ +waits for kvm->mmu_lock \(held by (vcpu\d), taken in (\w+)\(\)\)', cpus)
        if not waits:
            return cpus
        if '%-12s holds kvm->mmu_lock for write, taken in %s(); %s waits' % (waits[2], waits[3], waits[1]) not in locks:
            return locks

    def a_bare_model_has_calls_realms_and_locks_but_no_world(self):
        result = self.r['bare']
        if not re.search(r'^no process and no core file', of(result, 'rmi call', 0)[0]):
            return of(result, 'rmi call', 0)
        if not re.match(r'[A-Z_]+\(', of(result, 'rmi call', 1)[0]):
            return of(result, 'rmi call', 1)
        if not of(result, 'rmi realm')[0].startswith('realm 0x') or of(result, 'rmi realm', 0) != of(result, 'rmi realm', 1):
            return of(result, 'rmi realm')
        if 'no world is alive here' not in of(result, 'rmi cpus')[0]:
            return of(result, 'rmi cpus')

    def what_is_wrong_gets_one_line_with_the_remedy(self):
        for command in self.race.commands(WRONG):
            lines = of(self.r['threads'], command)
            if len(lines) != 1 or len(lines[0]) < 15:
                return '%s: %s' % (command, lines)
        for command, lines in self.r['nothing'][0][1:]:
            if len(lines) != 1 or len(lines[0]) < 15:
                return '%s without a process: %s' % (command, lines)
        if 'rmi granule' not in '\n'.join(of(self.r['nothing'], 'help rmi')):
            return of(self.r['nothing'], 'help rmi')

    def a_stripped_program_that_runs_to_its_end_names_the_remedy(self):
        lines = of(self.r['stripped'], 'run')
        if not any('no symbols' in line and 'rmisim-dbgsym' in line for line in lines):
            return lines

    def nothing_ends_in_a_traceback(self):
        for name, result in self.r.items():
            if isinstance(result, tuple):
                for line in result[1].split('\n'):
                    if re.search('Traceback|Python Exception|Error occurred in Python|print-stack', line):
                        return '%s: %s' % (name, line)


def stripped(folder):
    program = os.path.join(folder, 'rmisim')
    subprocess.run(['strip', '-o', program, RMISIM], check=True)
    return session.run(RMISIM, ['--args', program, 'decode', 'desc', '0xb8b59004'],
                       ['set breakpoint pending on', 'break sim_at_violation', 'run'])


def all_results(race, folder):
    results = {}
    with concurrent.futures.ThreadPoolExecutor(3) as pool:
        def cores(engine):
            core = os.path.join(folder, 'core-' + engine)
            live = race.live(core, engine)
            more = {engine: live, 'core-' + engine: race.core(core)}
            if engine == 'fibers':
                more['core-alone'] = race.core(core, '-iex', 'set auto-solib-add off')
            more['size'] = (engine, os.path.getsize(core) if os.path.exists(core) else 0)
            return more
        jobs = {name: pool.submit(fn) for name, fn in (
            ('words', decoded_words), ('shared', shared_fault), ('waiting', waiting),
            ('bare', bare), ('nothing', nothing), ('stripped', lambda: stripped(folder)))}
        both = [pool.submit(cores, engine) for engine in ('threads', 'fibers')]
        for job in both:
            more = job.result()
            results.setdefault('sizes', {}).update([more.pop('size')])
            results.update(more)
        results.update({name: job.result() for name, job in jobs.items()})
    return results


def main():
    if not session.gdb_works():
        print('1..0 # SKIP there is no gdb with Python here that can run a program')
        return 0
    race = Race()
    with tempfile.TemporaryDirectory() as folder:
        tests = Tests(all_results(race, folder), race)
    names = [name for name in vars(Tests) if not name.startswith(('_', 'looks'))]
    print('1..%d' % len(names))
    failed = 0
    for i, name in enumerate(names, 1):
        try:
            objection = getattr(tests, name)()
        except (IndexError, AttributeError) as error:
            objection = '%s: %s' % (type(error).__name__, error)
        print('%s %d - %s' % ('not ok' if objection else 'ok', i, name.replace('_', ' ')))
        if objection:
            failed = 1
            text = objection if isinstance(objection, str) else '\n'.join(objection)
            print('# ' + text.replace('\n', '\n# '))
    return failed


sys.exit(main())
