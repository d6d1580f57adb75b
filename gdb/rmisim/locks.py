# SPDX-License-Identifier: BSD-2-Clause
"""Locks of the kernel by holder and waiter, locks of the model by granule."""
from .base import Command, say
from . import calls, cpus, find, granules
from .strands import on_strand


def tasks(env):
    for i in range(int(env['nr_tasks'])):
        if env['tasks'][i]:
            yield i, env['tasks'][i].dereference()


class Locks(Command):
    """Locks of the kernel and of the RMM: who holds them, who waits: rmi locks"""

    name = 'locks'

    def run(self):
        world = find.world_or_none()
        some = False
        if world:
            find.process()
            some = self.kernel(world)
        some |= self.model(find.rmm(), world)
        if not some:
            say('no locks are held')

    def kernel(self, world):
        env, some = find.env_of(world), False
        if env is None:
            return False
        for number, task in tasks(env):
            if number >= int(world['nr_actors']):
                continue
            who = cpus.actor_name(world['actors'][number].dereference())
            for k in range(int(task['nr_held'])):
                held = task['held'][k]
                lock = held['lock']
                mode = 'read' if int(lock['readers']) else 'write'
                say('%-12s holds %s for %s, taken in %s()%s' % (
                    who, find.text(lock['name']), mode, find.text(held['caller']), self.waiters(world, int(lock))))
                some = True
            for k in range(task['srcu'].type.range()[1] + 1):
                section = task['srcu'][k]
                if int(section['n']):
                    say('%-12s is in an SRCU section of %s, begun in %s()%s' % (
                        who, find.text(section['ssp']['name']), find.text(section['caller']),
                        self.waiters(world, int(section['ssp']))))
                    some = True
        return some

    @staticmethod
    def waiters(world, on):
        who = [cpus.actor_name(a) for a in cpus.actors(world) if cpus.state_of(a) == 'BLOCKED' and int(a['on']) == on]
        return '; %s waits' % ', '.join(who) if who else ''

    @staticmethod
    def model(rmm, world):
        held = [g for g in granules.split_granules(rmm) if g.lock]
        if not held:
            return False
        who, inside = owners(world)
        for g in held:
            name = who.get(g.at) or (inside[0] if len(inside) == 1 else 'somebody')
            say('%-12s holds the granule 0x%x, %s' % (name, g.pa, granules.state_name(g.state)))
        return True


def owners(world):
    """{address of a granule: who} of what calls on the stacks of all CPUs have locked, and all who are in a call: what
    one of them locks on its way through the tables no call says."""
    found, inside = {}, []
    if not world:
        return found, ['this call']
    with find.KeepPlace():
        for actor in cpus.actors(world):
            if cpus.state_of(actor) == 'ENDED' or not calls.in_progress(actor):
                continue
            inside.append(cpus.actor_name(actor))
            with on_strand(actor['own'].address) as frame:
                call = calls.call_frame(frame) if frame else None
                for granule in locked_by(call) if call is not None else []:
                    found[granule] = inside[-1]
    return found, inside


def locked_by(call):
    for i in range(int(call['nr_held'])):
        yield int(call['held'][i])
    tables = [call['locks']['leaf'][i] for i in range(call['locks']['leaf'].type.range()[1] + 1)]
    for table in tables + [call['locks']['child']]:
        if table:
            yield int(table['g'])
