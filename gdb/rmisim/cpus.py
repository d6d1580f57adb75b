# SPDX-License-Identifier: BSD-2-Clause
"""Who runs, who waits for what, and where."""
import os

import gdb

from .base import Bad, Command, say
from . import calls, decode, find
from .strands import backtrace, is_fiber, on_strand, thread_of

# Files that only hand the baton around.
MACHINERY = ('strand.c', 'sched.c', 'host.c', 'world.c', 'world_model.c', 'violation.c', 'event.c', 'choose.c', 'replay_run.c', 'note.c', 'runner.c')


def actors(world):
    for i in range(int(world['nr_actors'])):
        yield world['actors'][i].dereference()


def actor_name(actor):
    name = find.text(actor['name'])
    return name or ('actor %d' % int(actor['id']) if int(actor['id']) else 'scenario')


def actor_named(world, word):
    for actor in actors(world):
        if word in (actor_name(actor), str(int(actor['id']))):
            return actor
    raise Bad("no CPU or thread is called '%s'; there are %s" % (
        word[:60], ', '.join(actor_name(a) for a in actors(world))))


def state_of(actor):
    return str(actor['state']).replace('ACTOR_', '')


def holders(world, on):
    """(actor number, function or None) of those who hold a kernel lock, or are inside an SRCU section."""
    try:
        env = find.env_of(world)
    except gdb.GdbError:
        return
    if env is None:
        return
    for i in range(int(env['nr_tasks'])):
        task = env['tasks'][i]
        if not task:
            continue
        for k in range(int(task['nr_held'])):
            if int(task['held'][k]['lock']) == on:
                yield i, find.text(task['held'][k]['caller'])
        for k in range(task['srcu'].type.range()[1] + 1):
            if int(task['srcu'][k]['n']) and int(task['srcu'][k]['ssp']) == on:
                yield i, find.text(task['srcu'][k]['caller'])


def waits_text(world, actor):
    """As a report says it (sim/waits.c)."""
    state, label = state_of(actor), find.text(actor['label'])
    if state == 'READY':
        if actor.address == world['running']:
            return 'runs'
        return 'could go on at %s' % label if label else 'could go on'
    if state == 'ENDED':
        return 'has ended'
    if state == 'SPINNING':
        return 'repeats itself for %s' % (label or 'something')
    by = []
    for number, caller in holders(world, int(actor['on'])):
        who = actor_name(world['actors'][number].dereference()) if number < int(world['nr_actors']) else 'nobody'
        by.append('%s, taken in %s()' % (who, caller) if caller else who)
    return 'waits for %s%s' % (label or 'something', ' (held by %s)' % ', '.join(by) if by else '')


def place(frames, image):
    """The innermost frame of the port; else of the rest of the image, else of the program or what is no machinery."""
    program = gdb.current_progspace().filename

    def pick(test):
        for function, path, line, objfile in frames:
            if function and path and path.endswith('.c') and test(path, objfile):
                return '%s() at %s:%d' % (function, os.path.basename(path), line)
        return None

    def in_image(path, objfile):
        return image is not None and objfile == image

    return pick(lambda p, o: in_image(p, o) and 'sim/kernel/' not in p and '/firmware/' not in p) or \
        pick(in_image) or \
        pick(lambda p, o: os.path.basename(p) not in MACHINERY and
             ('/sim/' in p or not p.startswith('.') or o is not None and o.filename == program))


def guest_of(actor):
    """The vCPU whose program the actor runs just now, or None."""
    if actor['vcpu'] and actor['current'] == actor['vcpu']['strand'].address:
        return actor['vcpu']
    return None


class Cpus(Command):
    """Simulated CPUs and host threads: who runs, who waits for what, and where: rmi cpus
'rmi stack CPU' has the whole stack."""

    name = 'cpus'

    def run(self):
        world = find.world()
        cfg, image = decode.config(), find.image_of(world)
        with find.KeepPlace():
            for actor in actors(world):
                self.show(world, actor, cfg, image)

    @staticmethod
    def show(world, actor, cfg, image):
        thread = None if is_fiber(world) else thread_of(actor['own'])
        runs = actor.address == world['running']
        say('%s %-12s%s %s' % ('*' if runs else ' ', actor_name(actor),
                               ' thread %-3d' % thread.num if thread else ' fiber' if is_fiber(world) else '',
                               waits_text(world, actor)))
        if state_of(actor) == 'ENDED':
            return
        if not int(actor['own']['tid']) and not is_fiber(world) or \
                is_fiber(world) and actor['own']['stack'] and not actor['own']['entered'] and not runs:
            say('      has not begun')
            return
        with on_strand(actor['own'].address) as frame:
            where = place(backtrace(frame), image) if frame else None
        call = calls.in_progress(actor)
        guest = guest_of(actor)
        if where:
            say('      in %s' % where)
        if call:
            say('      in %s%s' % (calls.call_text(call[0], cfg),
                                   ' ' + calls.result_text(call[0][0], call[1], cfg) if call[1] else ''))
        if guest:
            say('      the guest of vCPU %d runs' % int(guest['index']))


class Stack(Command):
    """The stack of a simulated CPU or host thread, on fibers too: rmi stack CPU"""

    name, usage, words = 'stack', 'stack CPU', (1, 1)

    def run(self, cpu):
        world = find.world()
        actor = actor_named(world, cpu)
        if state_of(actor) == 'ENDED':
            say('%s has ended' % actor_name(actor))
            return
        strands = [('', actor['own'].address)]
        if guest_of(actor):
            strands.insert(0, ('the guest: ', actor['current']))
        with find.KeepPlace():
            for what, strand in strands:
                self.show(what, strand)

    @staticmethod
    def show(what, strand):
        with on_strand(strand) as frame:
            if not frame:
                say('%sno stack: it has not begun, or (fibers) this is not glibc on x86-64: run with '
                    'RMISIM_ENGINE=threads' % what)
                return
            for i, (function, path, line, unused) in enumerate(backtrace(frame)):
                say('%s#%-2d %s()%s' % (what, i, function or '??', ' at %s:%d' % (path, line) if path else ''))
