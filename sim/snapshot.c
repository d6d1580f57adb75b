/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Arena and banks are files that know which of their pages exist. What existed when the world was saved is copied
 * back; what has come to exist since was a hole, and becomes zero. Pages stay once they are there, so
 * that a file of as many blocks as last time, in which no hole was made, has no new ones.
 */
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "snapshot.h"

#define MAX_FILES (RMM_MAX_BANKS + 2)

/* A stretch of memory and what it held; NULL: zero. */
struct stretch {
	unsigned char *at, *saved;
	size_t size;
	bool machine;                  /* of the machine's state */
	const struct sim_arena *arena; /* that it belongs to, or NULL */
};

struct file {
	int fd;
	unsigned char *at;
	off_t size;
	blkcnt_t blocks;
	bool machine;
	const struct sim_arena *arena;
};

struct snapshot {
	struct sim_world *world;
	struct file files[MAX_FILES];
	unsigned nr_files;
	struct stretch *stretches;
	size_t count, room;
	uint64_t holes; /* in the arenas */
	bool failed;
};

static void add(struct snapshot *s, void *at, size_t size, const struct file *file, bool machine,
		bool zero)
{
	struct stretch *stretch;

	if (s->count == s->room) {
		size_t room = s->room ? 2 * s->room : 64;
		struct stretch *more = realloc(s->stretches, room * sizeof(*more));

		if (!more) {
			s->failed = true;
			return;
		}
		s->stretches = more;
		s->room = room;
	}
	stretch = &s->stretches[s->count++];
	*stretch = (struct stretch){ at, NULL, size, machine, file ? file->arena : NULL };
	if (zero)
		return;
	stretch->saved = malloc(size);
	if (stretch->saved)
		memcpy(stretch->saved, at, size);
	else
		s->failed = true;
}

static void save_stack(void *ctx, void *at, size_t size)
{
	add(ctx, at, size, NULL, false, false);
}

/* Is [at, end) of it known? Then *end is where that ends; else where what is known begins again. */
static bool known(const struct snapshot *s, const unsigned char *at, unsigned char **end)
{
	bool inside = false;

	for (size_t i = 0; i < s->count; i++) {
		const struct stretch *stretch = &s->stretches[i];

		if (at >= stretch->at && at < stretch->at + stretch->size) {
			inside = true;
			if (*end > stretch->at + stretch->size)
				*end = stretch->at + stretch->size;
			break;
		}
		if (stretch->at > at && stretch->at < *end)
			*end = stretch->at;
	}
	return inside;
}

/* Every page of the file that exists and is not known yet. */
static void scan(struct snapshot *s, struct file *file, bool zero)
{
	off_t data = 0, hole;

	while ((data = lseek(file->fd, data, SEEK_DATA)) >= 0) {
		hole = lseek(file->fd, data, SEEK_HOLE);
		if (hole < 0)
			hole = file->size;
		while (data < hole) {
			unsigned char *at = file->at + data, *end = file->at + hole;

			if (!known(s, at, &end))
				add(s, at, (size_t)(end - at), file, file->machine, zero);
			data = end - file->at;
		}
	}
}

static blkcnt_t blocks_of(const struct file *file)
{
	struct stat st;

	return fstat(file->fd, &st) ? -1 : st.st_blocks;
}

static uint64_t holes_in(const struct sim_world *world)
{
	uint64_t own, machine;

	sim_arena_file(world->arena, &own);
	sim_arena_file(world->machine, &machine);
	return own + machine;
}

static void add_file(struct snapshot *s, int fd, void *at, uint64_t size, bool machine,
		     const struct sim_arena *arena)
{
	s->files[s->nr_files++] = (struct file){ fd, at, (off_t)size, 0, machine, arena };
}

static void add_arena(struct snapshot *s, struct sim_arena *arena, bool machine)
{
	uint64_t holes;
	int fd = sim_arena_file(arena, &holes);

	add_file(s, fd, arena, sim_arena_size(arena), machine, arena);
}

static void save_files(struct snapshot *s)
{
	struct sim_world *world = s->world;
	uint64_t size;
	void *at;
	int fd;

	add_arena(s, world->arena, false);
	add_arena(s, world->machine, true);
	s->holes = holes_in(world);
	for (unsigned i = 0; rmm_bank_bytes(world->rmm, i, &fd, &at, &size); i++)
		add_file(s, fd, at, size, true, NULL);
	for (unsigned i = 0; i < s->nr_files; i++) {
		scan(s, &s->files[i], false);
		s->files[i].blocks = blocks_of(&s->files[i]);
	}
}

struct snapshot *snapshot_take(struct sim_world *world)
{
	struct snapshot *s = calloc(1, sizeof(*s));
	size_t size;
	void *at;

	if (!s)
		return NULL;
	s->world = world;
	for (unsigned i = 0; sim_image_section(world->image, i, &at, &size); i++)
		add(s, at, size, NULL, true, false);
	if (!sim_pool_keep(world->pool, save_stack, s))
		s->failed = true;
	else
		save_files(s);
	if (!s->failed)
		return s;
	snapshot_drop(s);
	return NULL;
}

/* Pages that have come to exist since the last time. */
static void find_new(struct snapshot *s)
{
	uint64_t holes = holes_in(s->world);

	for (unsigned i = 0; i < s->nr_files; i++) {
		struct file *file = &s->files[i];
		blkcnt_t blocks = blocks_of(file);

		if (blocks == file->blocks && holes == s->holes)
			continue;
		scan(s, file, true);
		file->blocks = blocks;
	}
}

/*
 * How much of a stretch may have changed: an arena is used from its beginning on, and what this run has not come to
 * yet is as it was put back.
 */
static size_t in_use(const struct stretch *stretch)
{
	const unsigned char *end;

	if (!stretch->arena)
		return stretch->size;
	end = (const unsigned char *)stretch->arena + sim_arena_extent(stretch->arena);
	if (end <= stretch->at)
		return 0;
	return (size_t)(end - stretch->at) < stretch->size ? (size_t)(end - stretch->at)
							   : stretch->size;
}

bool snapshot_hash(struct snapshot *s, struct hashing *h)
{
	find_new(s);
	for (size_t i = 0; i < s->count; i++) {
		const struct stretch *stretch = &s->stretches[i];

		if (stretch->machine)
			hashing_add(h, (uintptr_t)stretch->at, stretch->at, stretch->saved,
				    in_use(stretch));
	}
	return !s->failed;
}

bool snapshot_restore(struct snapshot *s)
{
	find_new(s);
	if (s->failed)
		return false;
	/* Backwards: an arena's own words, which say how much is in use, stand at its beginning. */
	for (size_t i = s->count; i-- > 0;) {
		const struct stretch *stretch = &s->stretches[i];
		size_t size = in_use(stretch);

		if (stretch->saved)
			memcpy(stretch->at, stretch->saved, size);
		else
			memset(stretch->at, 0, size);
	}
	sim_pool_rewind(s->world->pool);
	return true;
}

void snapshot_drop(struct snapshot *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < s->count; i++)
		free(s->stretches[i].saved);
	free(s->stretches);
	free(s);
}
