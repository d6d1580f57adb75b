/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What ThreadSanitizer is to see of a run (sim/race.c); nothing of it is there in another build.
 *
 * Actors are threads that run one at a time, so to ThreadSanitizer the baton would order all that they do, and no
 * two accesses would ever race. It is therefore not told of the baton. It is shown what an actor does in the
 * kernel, between the entry of a call and its return, and there only what orders two CPUs of a machine: locks, SRCU,
 * barriers, atomics, the start and the end of a thread.
 */
#ifndef SIM_RACE_H
#define SIM_RACE_H

#include <stdbool.h>

struct sim_world;

#if defined(__SANITIZE_THREAD__)
#define SIM_TSAN 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define SIM_TSAN 1
#endif
#endif

#ifdef SIM_TSAN
/* What of the running thread is seen: put back at the end of a scope, unless a violation leaves it. */
struct sim_race_scope {
	bool unseen;
};

/* The running actor enters the kernel, or leaves it. */
void sim_race_kernel(struct sim_world *world, bool enters);
/* The running thread has left it, and scopes, for a frame further out. */
void sim_race_landed(void);
struct sim_race_scope sim_race_hide(struct sim_world *world);
void sim_race_unhide(struct sim_race_scope *scope);
/* What was done before the one comes before what is done behind the other, of the same object. */
void sim_race_release(const void *object);
void sim_race_acquire(const void *object);
/* A thread of the harness begins or ends: nothing of it is seen but what it does in the kernel. */
void sim_race_thread(bool begins);

#define SIM_RACE_CONCAT(a, b) a##b
#define SIM_RACE_NAME(line)   SIM_RACE_CONCAT(sim_unseen_, line)
/* A declaration: the rest of the scope belongs to the harness. */
#define SIM_UNSEEN(world)                             \
	struct sim_race_scope SIM_RACE_NAME(__LINE__) \
		__attribute__((cleanup(sim_race_unhide), unused)) = sim_race_hide(world)
#else
static inline void sim_race_kernel(struct sim_world *world, bool enters)
{
}

static inline void sim_race_landed(void)
{
}

static inline void sim_race_release(const void *object)
{
}

static inline void sim_race_acquire(const void *object)
{
}

static inline void sim_race_thread(bool begins)
{
}

#define SIM_UNSEEN(world) ((void)(world))
#endif

#endif
