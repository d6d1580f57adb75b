/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Replay strings: reading and writing. rmisim/replay.h has the form.
 *
 * The checksum comes first: what has been damaged on its way is called that. Behind it every field is still looked at,
 * because a string may come from anybody.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "replay.h"

#define PREFIX     "rmisim1:"
#define NR_FIELDS  7
#define MAX_STRING ((size_t)1 << 20)

static const char *const editions[] = { "bet1", "bet2", "bet3" };

/* Options of the configuration, as the string names them. */
static const struct {
	const char *name;
	unsigned failures; /* 0: granule_points */
} options[] = {
	{ "granule-points", 0 },
	{ "legal-failures", SIM_LEGAL_FAILURES },
	{ "wrong-answers", SIM_WRONG_ANSWERS },
};

/* And those with a number in hexadecimal digits. */
#define FIRST_BANK      "first-bank-"
#define IPA_OFFSET      "ipa-offset-"
#define SPARE_PAGES     "spare-pages-"
#define PAGES_DOWNWARDS "pages-downwards"

/* Every change of one character changes it. */
static uint32_t checksum(const char *text, size_t n)
{
	uint32_t sum = 0x811c9dc5;

	for (size_t i = 0; i < n; i++)
		sum = (sum ^ (unsigned char)text[i]) * 0x01000193;
	return sum;
}

uint32_t sim_replay_chain(const struct decisions *run)
{
	uint64_t hash = run->count;

	for (size_t i = 0; i < run->count; i++) {
		hash = sim_mark_hash(hash, &run->taken[i]) ^ run->taken[i].who;
		hash = hash * UINT64_C(0x100000001b3) ^ run->taken[i].chosen;
	}
	return (uint32_t)(hash ^ hash >> 32);
}

bool sim_is_replay(const char *text)
{
	return !strncmp(text, "rmisim", 6);
}

/* Reading */

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Exactly eight digits; NULL when they are not there. */
static const char *read_hex(const char *p, uint32_t *value)
{
	*value = 0;
	for (int i = 0; i < 8; i++, p++) {
		if (hex_digit(*p) < 0)
			return NULL;
		*value = *value << 4 | (uint32_t)hex_digit(*p);
	}
	return p;
}

static const char *read_number(const char *p, uint32_t *value)
{
	const char *start = p;

	for (*value = 0; *p >= '0' && *p <= '9' && p - start < 9; p++)
		*value = *value * 10 + (uint32_t)(*p - '0');
	return p == start ? NULL : p;
}

/* A name of [p, end), %XX undone. */
static bool read_name(const char *p, const char *end, char *out, size_t size)
{
	size_t n = 0;

	for (; p < end; p++) {
		char c = *p;

		if (c == '%') {
			if (end - p < 3 || hex_digit(p[1]) < 0 || hex_digit(p[2]) < 0)
				return false;
			c = (char)(hex_digit(p[1]) << 4 | hex_digit(p[2]));
			p += 2;
		}
		if (c < ' ' || c > '~' || n + 1 >= size)
			return false;
		out[n++] = c;
	}
	out[n] = '\0';
	return n > 0;
}

/* The number behind `name`, of 1 to `digits` digits of which the first is not 0. */
static bool read_numbered(const char *word, const char *name, int digits, uint64_t *value)
{
	size_t n = strlen(name);
	char *end;

	if (strncmp(word, name, n) || hex_digit(word[n]) <= 0)
		return false;
	*value = strtoull(word + n, &end, 16);
	return !*end && end - (word + n) <= digits;
}

static bool read_option(const char *word, struct sim_replay_about *about)
{
	uint64_t pages;

	if (read_numbered(word, FIRST_BANK, 16, &about->first_bank) ||
	    read_numbered(word, IPA_OFFSET, 16, &about->ipa_offset))
		return true;
	if (read_numbered(word, SPARE_PAGES, 8, &pages)) {
		about->spare_pages = (uint32_t)pages;
		return true;
	}
	if (!strcmp(word, PAGES_DOWNWARDS)) {
		about->pages_downwards = true;
		return true;
	}
	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
		if (strcmp(word, options[i].name))
			continue;
		if (options[i].failures)
			about->failures |= options[i].failures;
		else
			about->granule_points = true;
		return true;
	}
	return false;
}

static const char *read_config(const char *p, const char *end, struct sim_replay_about *about)
{
	char word[80];
	unsigned nr, i;

	for (nr = 0; p <= end; nr++) {
		const char *comma = memchr(p, ',', (size_t)(end - p));

		if (!comma)
			comma = end;
		if (!read_name(p, comma, word, sizeof(word)))
			return "the replay string has no proper configuration";
		if (nr == 0) {
			strcpy(about->kernel, word);
		} else if (nr == 1) {
			for (i = 0; i < 3 && strcmp(word, editions[i]); i++)
				;
			if (i == 3)
				return "the replay string has no edition of bet1, bet2, bet3";
			about->edition = (enum rmi_edition)i;
		} else if (nr == 2) {
			strcpy(about->profile, word);
		} else if (!read_option(word, about)) {
			return "the replay string has an option that this version does not know";
		}
		p = comma + 1;
	}
	return nr < 3 ? "the replay string has no proper configuration" : NULL;
}

/* DECISIONS into numbers, as sim_choices_parse() does it. */
static const char *read_decisions(const char *p, uint32_t *out, size_t room, size_t *count)
{
	static const char damaged[] = "the decisions of the replay string are not in order";
	uint32_t first, last, value;

	*count = 0;
	if (*p == '-')
		return p[1] == ':' ? NULL : damaged;
	for (;;) {
		p = read_number(p, &first);
		if (!p)
			return damaged;
		last = first;
		if (*p == '-')
			p = read_number(p + 1, &last);
		if (!p || *p != '=' || first < *count || last < first || last >= SIM_MAX_DECISIONS)
			return damaged;
		p = read_number(p + 1, &value);
		if (!p || !value)
			return damaged;
		for (; *count < first; (*count)++)
			if (*count < room)
				out[*count] = 0;
		for (; *count <= last; (*count)++)
			if (*count < room)
				out[*count] = value;
		if (*p == ':')
			return NULL;
		if (*p++ != ',')
			return damaged;
	}
}

static size_t block_of(size_t count)
{
	return count > REPLAY_MARKS ? (count + REPLAY_MARKS - 1) / REPLAY_MARKS : 1;
}

static const char *read_marks(const char *p, const char *end, size_t count, struct marks *marks)
{
	size_t block = block_of(count), n = (size_t)(end - p);

	if (n == 1 && *p == '.' && !count)
		return NULL;
	if (!count || n != (count + block - 1) / block)
		return "the marks of the replay string are not those of its decisions";
	*marks = (struct marks){ p, count, block };
	return NULL;
}

/* Cut at the colons; *end is behind the last field. */
static bool cut(const char *string, const char *field[NR_FIELDS + 1])
{
	unsigned n = 0;

	field[n++] = string;
	for (const char *p = string; *p; p++) {
		if (*p <= ' ' || *p > '~' || (*p == ':' && n == NR_FIELDS))
			return false;
		if (*p == ':')
			field[n++] = p + 1;
	}
	field[NR_FIELDS] = string + strlen(string) + 1;
	return n == NR_FIELDS;
}

/* Form and checksum. */
static const char *check_string(const char *string)
{
	size_t n = strnlen(string, MAX_STRING);
	uint32_t sum;

	/* "rmisim1", cut off, is of this version. */
	if (strncmp(string, PREFIX, n == strlen(PREFIX) - 1 ? n : strlen(PREFIX)))
		return sim_is_replay(string)
			       ? "the replay string is of another version of rmisim"
			       : "no replay string; those that a search prints begin with " PREFIX;
	if (n == MAX_STRING || n < 9 || string[n - 9] != '-' || !read_hex(string + n - 8, &sum) ||
	    sum != checksum(string, n - 9))
		return "the replay string is damaged or not complete; copy the whole line";
	return NULL;
}

const char *sim_replay_parse(const char *string, struct replay *replay)
{
	const char *wrong = check_string(string), *field[NR_FIELDS + 1], *p;
	size_t count;

	memset(replay, 0, sizeof(*replay));
	if (wrong)
		return wrong;
	if (!cut(string, field))
		return "the replay string has not the seven fields of one";
	if (!read_name(field[1], field[2] - 1, replay->about.scenario,
		       sizeof(replay->about.scenario)))
		return "the replay string has no proper name of a scenario";
	wrong = read_config(field[2], field[3] - 1, &replay->about);
	if (wrong)
		return wrong;
	p = read_hex(field[3], &replay->image);
	if (!p || *p != '-')
		return "the replay string has no proper fingerprints";
	p = read_hex(p + 1, &replay->config);
	if (!p || *p != ':')
		return "the replay string has no proper fingerprints";
	replay->decisions = field[4];
	wrong = read_decisions(field[4], NULL, 0, &count);
	if (!wrong)
		wrong = read_marks(field[5], field[6] - 1, count, &replay->marks);
	if (wrong)
		return wrong;
	p = read_hex(field[6], &replay->chain);
	if (!p || *p != '-')
		return "the replay string has no proper fingerprints";
	replay->about.decisions = count;
	return NULL;
}

const char *sim_replay_about(const char *string, struct sim_replay_about *about)
{
	struct replay replay;
	const char *wrong = sim_replay_parse(string, &replay);

	*about = replay.about;
	return wrong;
}

const char *sim_replay_decisions(const char *string, uint32_t *out, size_t room, size_t *count)
{
	struct replay replay;
	const char *wrong = sim_replay_parse(string, &replay);

	*count = 0;
	return wrong ? wrong : read_decisions(replay.decisions, out, room, count);
}

struct marks sim_choices_marks(const char *text)
{
	struct replay replay;

	if (!text || !sim_is_replay(text) || sim_replay_parse(text, &replay))
		return (struct marks){ 0 };
	return replay.marks;
}

/* Writing */

struct writer {
	char *out;
	size_t at, size;
};

static void put(struct writer *w, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static void put(struct writer *w, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(w->at < w->size ? w->out + w->at : NULL,
		      w->at < w->size ? w->size - w->at : 0, fmt, ap);
	va_end(ap);
	w->at += (size_t)n;
}

static void put_name(struct writer *w, const char *name)
{
	static const char plain[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.+";

	for (; *name; name++)
		put(w, strchr(plain, *name) ? "%c" : "%%%02x", (unsigned char)*name);
}

static void put_config(struct writer *w, const struct sim_replay_about *about)
{
	put_name(w, about->kernel);
	put(w, ",%s,", editions[about->edition % 3]);
	put_name(w, about->profile);
	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++)
		if (options[i].failures ? about->failures & options[i].failures
					: about->granule_points)
			put(w, ",%s", options[i].name);
	if (about->first_bank)
		put(w, "," FIRST_BANK "%" PRIx64, about->first_bank);
	if (about->ipa_offset)
		put(w, "," IPA_OFFSET "%" PRIx64, about->ipa_offset);
	if (about->spare_pages)
		put(w, "," SPARE_PAGES "%" PRIx32, about->spare_pages);
	if (about->pages_downwards)
		put(w, "," PAGES_DOWNWARDS);
}

static void put_decisions(struct writer *w, const struct decisions *run, size_t count)
{
	const char *comma = "";
	size_t i, last;

	for (i = 0; i < count; i = last + 1) {
		uint32_t chosen = run->taken[i].chosen;

		for (last = i; chosen && last + 1 < count && run->taken[last + 1].chosen == chosen;)
			last++;
		if (!chosen)
			continue;
		if (last > i)
			put(w, "%s%zu-%zu=%u", comma, i, last, chosen);
		else
			put(w, "%s%zu=%u", comma, i, chosen);
		comma = ",";
	}
	put(w, count ? ":" : "-:");
}

static void put_marks(struct writer *w, const struct decisions *run, size_t count)
{
	size_t block = block_of(count);
	uint64_t hash = 0;

	for (size_t i = 0; i < count; i++) {
		hash = sim_mark_hash(hash, &run->taken[i]);
		if ((i + 1) % block == 0 || i + 1 == count)
			put(w, "%c", sim_mark(hash));
	}
	put(w, count ? ":" : ".:");
}

bool sim_replay_write(const struct replay *replay, const struct decisions *run, char *out,
		      size_t size)
{
	struct writer w = { out, 0, size };
	size_t count = run->count;

	while (count && !run->taken[count - 1].chosen)
		count--;
	put(&w, PREFIX);
	put_name(&w, replay->about.scenario);
	put(&w, ":");
	put_config(&w, &replay->about);
	put(&w, ":%08x-%08x:", replay->image, replay->config);
	put_decisions(&w, run, count);
	put_marks(&w, run, count);
	put(&w, "%08x", sim_replay_chain(run));
	if (w.at + sizeof("-12345678") > size) {
		if (size)
			out[0] = '\0';
		return false;
	}
	put(&w, "-%08x", checksum(out, w.at));
	return true;
}
