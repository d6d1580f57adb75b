/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is measured. Reference figures: the best existing implementation on a 2-core x86 machine, one
 * thread. Pages that are mapped together share a window of 64 MiB, so that one batch takes a while.
 */
#include <string.h>

#include "bench.h"

#define NS(x) ((double)(x))
#define US(x) (1e3 * (x))
#define MS(x) (1e6 * (x))
#define S(x)  (1e9 * (x))

#define PIECES(bytes, n, l)                                                  \
	{                                                                    \
		.piece = (bytes), .stride = (bytes), .nr = (n), .level = (l) \
	}

/* GRANULE_RANGE_DELEGATE and _UNDELEGATE with ranges of `bytes`; references are per granule. */
#define RANGES(text, what, bytes, n)                                                          \
	{ .name = "delegate-" text,                                                           \
	  .about = "GRANULE_RANGE_DELEGATE of " what,                                         \
	  .reference_ns = NS(112) * (double)((bytes) / BENCH_PAGE),                           \
	  .timed = BENCH_BUILD,                                                               \
	  .prepare = boot_only,                                                               \
	  .batch = ranges_batch,                                                              \
	  .size = (bytes) * (n),                                                              \
	  .window = PIECES(bytes, n, 3) },                                                    \
	{                                                                                     \
		.name = "undelegate-" text, .about = "GRANULE_RANGE_UNDELEGATE of " what,     \
		.reference_ns = US(10) * (double)((bytes) / BENCH_PAGE), .timed = BENCH_TEAR, \
		.prepare = boot_only, .batch = ranges_batch, .size = (bytes) * (n),           \
		.window = PIECES(bytes, n, 3)                                                 \
	}

#define LIVES(text, what, reference, bytes, n, l)                                                  \
	{ .name = "page-" text,                                                                    \
	  .about = "life of a 4 KiB page, " what,                                                  \
	  .reference_ns = (reference),                                                             \
	  .aim_ns = (reference) / 100,                                                             \
	  .timed = BENCH_BOTH,                                                                     \
	  .prepare = pages_prepare,                                                                \
	  .batch = pages_batch,                                                                    \
	  .size = (bytes) * (n),                                                                   \
	  .window = PIECES(bytes, n, l) },                                                         \
	{                                                                                          \
		.name = "page-" text "-written",                                                   \
		.about = "the same, and the realm writes every page", .reference_ns = (reference), \
		.aim_ns = (reference) / 100, .timed = BENCH_BOTH, .prepare = pages_prepare,        \
		.batch = pages_batch, .size = (bytes) * (n), .window = PIECES(bytes, n, l),        \
		.written = true                                                                    \
	}

#define MACHINE(text, what, bytes)                                             \
	{                                                                      \
		.name = "machine-" text, .about = "making a machine of " what, \
		.timed = BENCH_BUILD, .batch = machine_batch, .size = (bytes)  \
	}

/* The curve: 256 pages, or 256 ranges, spread evenly over `bytes`. */
#define SPREAD 256

#define CURVE_PAGE(text, what, bytes)                                                        \
	{                                                                                    \
		.name = "curve-page-" text,                                                  \
		.about = "life of a 4 KiB page, 256 spread over " what, .timed = BENCH_BOTH, \
		.prepare = pages_prepare, .batch = pages_batch, .size = (bytes), .window = { \
			BENCH_PAGE,                                                          \
			(bytes) / SPREAD,                                                    \
			SPREAD,                                                              \
			3                                                                    \
		}                                                                            \
	}

#define CURVE_UNMAP(text, what, bytes)                                                     \
	{                                                                                  \
		.name = "curve-unmap-" text,                                               \
		.about = "DATA_UNMAP of " what " with 256 pages in it, per page",          \
		.timed = BENCH_TEAR, .prepare = pages_prepare, .batch = pages_range_batch, \
		.size = (bytes), .window = {                                               \
			BENCH_PAGE,                                                        \
			(bytes) / SPREAD,                                                  \
			SPREAD,                                                            \
			3                                                                  \
		}                                                                          \
	}

#define CURVE_RANGE(text, what, bytes)                                                             \
	{                                                                                          \
		.name = "curve-range-" text,                                                       \
		.about = "delegate and undelegate a 256th of " what ", per range",                 \
		.timed = BENCH_BOTH, .prepare = boot_only, .batch = ranges_batch, .size = (bytes), \
		.window = PIECES((bytes) / SPREAD, SPREAD, 3)                                      \
	}

#define CURVE(one)                                                                            \
	one("1m", "1 MiB", MIB), one("4m", "4 MiB", 4 * MIB), one("16m", "16 MiB", 16 * MIB), \
		one("64m", "64 MiB", 64 * MIB), one("256m", "256 MiB", 256 * MIB),            \
		one("1g", "1 GiB", GIB), one("4g", "4 GiB", 4 * GIB),                         \
		one("16g", "16 GiB", 16 * GIB), one("64g", "64 GiB", 64 * GIB),               \
		one("256g", "256 GiB", 256 * GIB), one("1t", "1 TiB", TIB)

/* A race of the catalogue at bound 3, with all checks. */
#define EXPLORE(id, race)                                                                 \
	{                                                                                 \
		.name = "explore-" id, .about = "a schedule of " race, .aim_ns = US(100), \
		.timed = BENCH_BUILD, .batch = explore_batch, .scenario = race,           \
	}

static const struct bench table[] = {
	{ .name = "call-empty",
	  .about = "an empty call: VERSION",
	  .reference_ns = NS(78),
	  .aim_ns = NS(50),
	  .timed = BENCH_BUILD,
	  .prepare = boot_only,
	  .batch = call_empty },
	RANGES("4k", "one granule", BENCH_PAGE, 16384),
	RANGES("2m", "a 2 MiB range", 2 * MIB, 512),
	RANGES("1g", "a 1 GiB range", GIB, 4),
	LIVES("one", "one by one", US(107), BENCH_PAGE, 16384, 3),
	LIVES("range", "as a 512-page range", US(22), 2 * MIB, 32, 3),
	LIVES("block", "as a 2 MiB block", 0, 2 * MIB, 32, 2),
	{ .name = "realm-1g-build",
	  .about = "building a 1 GiB realm of 4 KiB pages",
	  .reference_ns = S(4.0),
	  .aim_ns = MS(40),
	  .timed = BENCH_BUILD,
	  .prepare = boot_only,
	  .batch = realm_batch,
	  .size = GIB,
	  .window = PIECES(2 * MIB, 512, 3) },
	{ .name = "realm-1g-teardown",
	  .about = "tearing it down",
	  .reference_ns = S(3.3),
	  .aim_ns = MS(33),
	  .timed = BENCH_TEAR,
	  .prepare = boot_only,
	  .batch = realm_batch,
	  .size = GIB,
	  .window = PIECES(2 * MIB, 512, 3) },
	{ .name = "realm-create",
	  .about = "REALM_CREATE",
	  .reference_ns = US(142),
	  .timed = BENCH_BUILD,
	  .prepare = realms_prepare,
	  .batch = realms_batch },
	{ .name = "realm-destroy",
	  .about = "REALM_TERMINATE and REALM_DESTROY",
	  .timed = BENCH_TEAR,
	  .prepare = realms_prepare,
	  .batch = realms_batch },
	{ .name = "enter-abort",
	  .about = "REC_ENTER that leaves with a stage 2 abort",
	  .reference_ns = US(200),
	  .timed = BENCH_BUILD,
	  .prepare = enter_prepare,
	  .batch = enter_batch },
	MACHINE("1g", "1 GiB", GIB),
	MACHINE("64g", "64 GiB", 64 * GIB),
	MACHINE("1t", "1 TiB", TIB),
	{ .name = "machine-1t-delegated",
	  .about = "delegating all of a new machine of 1 TiB",
	  .aim_ns = MS(10),
	  .aim_bytes = 64 * MIB,
	  .timed = BENCH_BUILD,
	  .batch = machine_delegated_batch,
	  .size = TIB },
	{ .name = "fault-private",
	  .about = "a private page fault through the port, from the access to its end",
	  .aim_ns = US(5),
	  .timed = BENCH_BUILD,
	  .prepare = world_prepare,
	  .batch = faults_batch,
	  .size = 64 * MIB },
	{ .name = "fault-shared",
	  .about = "a shared page fault",
	  .aim_ns = US(5),
	  .timed = BENCH_BUILD,
	  .prepare = world_prepare,
	  .batch = faults_batch,
	  .size = 64 * MIB,
	  .shared = true },
	{ .name = "fault-1g",
	  .about = "1 GiB of private memory faulted page by page",
	  .aim_ns = S(2),
	  .timed = BENCH_BUILD,
	  .prepare = world_prepare,
	  .batch = faults_batch,
	  .size = GIB,
	  .whole = true },
	{ .name = "vm-life",
	  .about = "a realm VM of one vCPU, created, entered and destroyed",
	  .aim_ns = US(200),
	  .timed = BENCH_BOTH,
	  .prepare = world_prepare,
	  .batch = vms_batch },
	{ .name = "explore-threads",
	  .about = "a schedule of two threads of 8 points that do nothing, bound 3",
	  .aim_ns = US(25),
	  .timed = BENCH_BUILD,
	  .batch = explore_batch,
	  .threads = true },
	{ .name = "explore-fibers",
	  .about = "the same on fibers",
	  .aim_ns = US(25),
	  .timed = BENCH_BUILD,
	  .batch = explore_batch },
	EXPLORE("convert", "fault-convert"),
	EXPLORE("munmap", "fault-munmap"),
	EXPLORE("populate", "populate-populate"),
	EXPLORE("shared", "shared-fault-convert"),
	EXPLORE("dontneed", "fault-dontneed"),
	EXPLORE("convert-2", "convert-convert"),
	EXPLORE("private-2", "fault-private-2"),
	CURVE(CURVE_PAGE),
	CURVE(CURVE_UNMAP),
	CURVE(CURVE_RANGE),
};

const struct bench *bench_at(unsigned i)
{
	return i < sizeof(table) / sizeof(table[0]) ? &table[i] : NULL;
}

bool bench_is_named(const struct bench *b, const char *name)
{
	size_t len = strlen(name);

	return len && !strncmp(b->name, name, len) && (!b->name[len] || b->name[len] == '-');
}
