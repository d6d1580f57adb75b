/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The arena: size classes (four per power of two) with free lists over a bump pointer.
 *
 * Memory straight from the bump pointer is fresh and so zero already; a large piece that comes back
 * returns its pages to the system, so that a sparse table of hundreds of MiB costs what is touched.
 */
#define _GNU_SOURCE
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "arena.h"

#if defined(__SANITIZE_ADDRESS__)
#define ARENA_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ARENA_ASAN 1
#endif
#endif

#ifdef ARENA_ASAN
#include <sanitizer/asan_interface.h>
#define poison(p, n)   __asan_poison_memory_region(p, n)
#define unpoison(p, n) __asan_unpoison_memory_region(p, n)
#else
#define poison(p, n)   ((void)(p), (void)(n))
#define unpoison(p, n) ((void)(p), (void)(n))
#endif

#define ARENA_MAX   ((size_t)RMISIM_ARENA_GIB << 30) /* meson_options.txt */
#define ARENA_MIN   ((size_t)1 << 28)
#define ARENA_LARGE ((size_t)1 << 16)
#define HOST_PAGE   ((size_t)1 << 16)
#define NR_CLASSES  (4 * 64)
#define DUMP_STEP   ((size_t)1 << 20)

struct sim_arena {
	size_t size, bump, used;
	size_t dumped;  /* so much of it goes into a core file */
	int fd;         /* of a shared one, else -1 */
	uint64_t holes; /* made in it */
	/* Free pieces of each class; the list link is the first word of a piece. */
	void *free[NR_CLASSES];
};

static size_t align_up(size_t n, size_t to)
{
	return (n + to - 1) & ~(to - 1);
}

static void *map_arena(size_t size, int fd)
{
	int flags = fd < 0 ? MAP_PRIVATE | MAP_ANONYMOUS : MAP_SHARED;

	if (fd >= 0 && ftruncate(fd, (off_t)size))
		return MAP_FAILED;
	return mmap(NULL, size, PROT_READ | PROT_WRITE, flags | MAP_NORESERVE, fd, 0);
}

/*
 * A core file has what is in use, and not the 64 GiB that could be: of a shared arena it would have every page, of
 * any one gdb's `generate-core-file`. A table of everything that could be, sparse, is left out.
 */
static void dump_more(struct sim_arena *arena)
{
	size_t top = align_up(arena->bump, DUMP_STEP);

	if (top <= arena->dumped)
		return;
	if (top - arena->dumped <= 16 * DUMP_STEP)
		madvise((char *)arena + arena->dumped, top - arena->dumped, MADV_DODUMP);
	arena->dumped = top;
}

struct sim_arena *sim_arena_new(bool shared)
{
	struct sim_arena *arena = MAP_FAILED;
	int fd = shared ? memfd_create("rmisim-arena", MFD_CLOEXEC) : -1;
	size_t size;

	for (size = ARENA_MAX; arena == MAP_FAILED && size >= ARENA_MIN; size /= 2)
		arena = map_arena(size, fd);
	if (arena == MAP_FAILED) {
		if (fd >= 0)
			close(fd);
		return NULL;
	}
	madvise(arena, size * 2, MADV_DONTDUMP);
	arena->size = size * 2;
	arena->fd = fd;
	arena->bump = align_up(sizeof(*arena), 64);
	dump_more(arena);
	return arena;
}

int sim_arena_file(const struct sim_arena *arena, uint64_t *holes)
{
	*holes = arena->holes;
	return arena->fd;
}

size_t sim_arena_size(const struct sim_arena *arena)
{
	return arena->size;
}

size_t sim_arena_extent(const struct sim_arena *arena)
{
	return arena->bump;
}

void sim_arena_drop(struct sim_arena *arena)
{
	size_t size;
	int fd;

	if (!arena)
		return;
	size = arena->size;
	fd = arena->fd;
	unpoison(arena, arena->bump);
	munmap(arena, size);
	if (fd >= 0)
		close(fd);
}

/* Zero, and no memory any more. */
static void give_back(struct sim_arena *arena, void *p, size_t piece)
{
	madvise(p, piece, arena->fd < 0 ? MADV_DONTNEED : MADV_REMOVE);
	arena->holes++;
}

/* The class of a size, and the size of its pieces. */
static unsigned class_of(size_t size, size_t *piece)
{
	unsigned log, quarter;
	size_t step;

	if (size <= 64) {
		*piece = align_up(size ? size : 1, 16);
		return (unsigned)(*piece / 16 - 1);
	}
	log = 63 - (unsigned)__builtin_clzll(size - 1);
	step = (size_t)1 << (log - 2);
	quarter = (unsigned)((size - 1 - ((size_t)1 << log)) / step);
	*piece = ((size_t)1 << log) + (quarter + 1) * step;
	if (*piece >= ARENA_LARGE)
		*piece = align_up(*piece, HOST_PAGE);
	return (log - 5) * 4 + quarter;
}

void *sim_arena_alloc(struct sim_arena *arena, size_t size)
{
	size_t piece, start;
	unsigned class;
	void *p;

	if (size > arena->size)
		return NULL;
	class = class_of(size, &piece);
	p = arena->free[class];
	if (p) {
		unpoison(p, size);
		unpoison(p, sizeof(void *));
		arena->free[class] = *(void **)p;
		if (piece < ARENA_LARGE)
			memset(p, 0, size);
		else
			*(void **)p = NULL; /* the rest went back to the system */
		if (size < sizeof(void *))
			poison((char *)p + size, sizeof(void *) - size);
	} else {
		start = piece >= ARENA_LARGE ? align_up(arena->bump, HOST_PAGE) : arena->bump;
		if (start > arena->size || piece > arena->size - start)
			return NULL;
		arena->bump = start + piece;
		dump_more(arena);
		p = (char *)arena + start;
		poison((char *)p + size, piece - size);
	}
	arena->used += piece;
	return p;
}

void sim_arena_free(struct sim_arena *arena, void *p, size_t size)
{
	size_t piece;
	unsigned class;

	if (!p)
		return;
	class = class_of(size, &piece);
	unpoison(p, sizeof(void *));
	if (piece >= ARENA_LARGE)
		give_back(arena, p, piece);
	*(void **)p = arena->free[class];
	arena->free[class] = p;
	arena->used -= piece;
	poison(p, piece);
}

char *sim_arena_strdup(struct sim_arena *arena, const char *s)
{
	size_t size = strlen(s) + 1;
	char *p = sim_arena_alloc(arena, size);

	return p ? memcpy(p, s, size) : NULL;
}

size_t sim_arena_used(const struct sim_arena *arena)
{
	return arena->used;
}
