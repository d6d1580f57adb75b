/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What orders two CPUs, told to ThreadSanitizer; nothing in another build.
 *
 * The marked accesses of linux/compiler.h are relaxed atomics then, so that two of them never race, and one of
 * them races with a plain access as it does for the kernel's own sanitizer.
 */
#ifndef _SIM_RACE_H
#define _SIM_RACE_H

/* The files of sim/kernel that are not looked at say SIM_TSAN themselves. */
#ifndef SIM_TSAN
#if defined(__SANITIZE_THREAD__)
#define SIM_TSAN 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define SIM_TSAN 1
#endif
#endif
#endif

#ifdef SIM_TSAN
void __tsan_acquire(void *object);
void __tsan_release(void *object);
void AnnotateIgnoreReadsBegin(const char *file, int line);
void AnnotateIgnoreReadsEnd(const char *file, int line);
void AnnotateIgnoreWritesBegin(const char *file, int line);
void AnnotateIgnoreWritesEnd(const char *file, int line);

/* Whatever was done before a release of an object comes before what is done behind a later acquire. */
#define __sim_race_release(object) __tsan_release((void *)(unsigned long)(object))
#define __sim_race_acquire(object) __tsan_acquire((void *)(unsigned long)(object))
/* What is done in between is not looked at. No call to the machine in between. */
static inline void __sim_race_ignore_begin(void)
{
	AnnotateIgnoreReadsBegin(__FILE__, __LINE__);
	AnnotateIgnoreWritesBegin(__FILE__, __LINE__);
}

static inline void __sim_race_ignore_end(void)
{
	AnnotateIgnoreWritesEnd(__FILE__, __LINE__);
	AnnotateIgnoreReadsEnd(__FILE__, __LINE__);
}
#else
#define __sim_race_release(object) ((void)0)
#define __sim_race_acquire(object) ((void)0)
static inline void __sim_race_ignore_begin(void)
{
}

static inline void __sim_race_ignore_end(void)
{
}
#endif

#endif
