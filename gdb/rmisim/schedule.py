# SPDX-License-Identifier: BSD-2-Clause
"""Decisions: those taken so far, what comes next; and the last events."""
from .base import Bad, Command, number, say
from . import cpus, find

KINDS = ('sched', 'fail', 'rmm', 'data')


def decisions(world):
    taken = world['choices']['taken']
    for i in range(int(world['choices']['count'])):
        yield taken[i]


def choices_text(world):
    """0*42.1: numbers joined by dots, N*COUNT for repetitions, zeros at the end dropped (sim/choose.c)."""
    numbers = [int(d['chosen']) for d in decisions(world)]
    while numbers and not numbers[-1]:
        numbers.pop()
    shown, i = [], 0
    while i < len(numbers):
        n = 1
        while i + n < len(numbers) and numbers[i + n] == numbers[i]:
            n += 1
        shown.append('%d*%d' % (numbers[i], n) if n > 1 else str(numbers[i]))
        i += n
    return '.'.join(shown)


def decision_text(world, i, d):
    kind, chosen, n = int(d['kind']), int(d['chosen']), int(d['n'])
    who = int(d['actor'])
    name = cpus.actor_name(world['actors'][who].dereference()) if who < int(world['nr_actors']) else str(who)
    place = find.text(d['place'])
    note = 'as usual' if not chosen else 'another CPU goes on' if not kind and d['preempts'] else 'not the usual'
    return '%6d  %-12s %s %s%s: %d of %d%s' % (
        i, name, KINDS[kind & 3], find.text(d['label']), ' in %s()' % place if place else '', chosen, n,
        '' if not chosen else ', ' + note)


class Schedule(Command):
    """Decisions so far and what comes next: rmi schedule [N]
All that are not the usual one, and the last N (8)."""

    name, usage, words = 'schedule', 'schedule [N]', (0, 1)

    def run(self, count='8'):
        world, count = find.world(), number(count, 'number of decisions')
        taken = list(decisions(world))
        say('%d decisions so far, choices "%s"' % (len(taken), choices_text(world)))
        shown = [i for i, d in enumerate(taken) if int(d['chosen']) or i >= len(taken) - count]
        last = -1
        for i in shown:
            if i > last + 1:
                say('        %d as usual' % (i - last - 1))
            say(decision_text(world, i, taken[i]))
            last = i
        self.next(world, len(taken))

    @staticmethod
    def next(world, at):
        plan = world['choices']['plan']
        ready = [cpus.actor_name(a) for a in cpus.actors(world)
                 if cpus.state_of(a) == 'READY' and a.address != world['running']]
        if plan['follow'] and at < int(plan['count']):
            follows = [int(plan['follow'][i]) for i in range(at, min(at + 8, int(plan['count'])))]
            then = 'the plan has %s%s' % ('.'.join(map(str, follows)), '..' if at + 8 < int(plan['count']) else '')
        elif plan['pick']:
            then = 'the search decides'
        else:
            then = 'as usual: who runs goes on'
        if world['dead']:
            then = 'nothing: the run has ended'
        say('next: %s%s' % (then, '; instead of %s could go on %s' % (
            cpus.actor_name(world['running'].dereference()), ', '.join(ready)) if ready and not world['dead'] else ''))


class Trace(Command):
    """The last N events (24), decoded: rmi trace [N]
They are kept of a run that follows a replay string or is under a debugger from its start, and with RMISIM_KEEP=1."""

    name, usage, words = 'trace', 'trace [N]', (0, 1)

    def run(self, count='24'):
        world, count = find.world(), number(count, 'number of events')
        kept = world['kept']
        if not kept:
            raise Bad('no events were kept of this run: set RMISIM_KEEP=1, or replay it (rmisim replay STRING --gdb)')
        nr, room = int(kept['nr']), kept['line'].type.range()[1] + 1
        for i in range(max(0, nr - room, nr - max(count, 1)), nr):
            say(find.text(kept['line'][i % room]))
