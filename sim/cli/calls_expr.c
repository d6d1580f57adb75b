/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Expressions of a call file, and the names of addresses.
 *
 *   expression = term { ("+" | "-") term }
 *   term       = number | "g" N | "ns" N | "x" N | "desc(" addr "," count "," size "," state ")"
 */
#include <ctype.h>
#include <inttypes.h>
#include <string.h>

#include "calls.h"
#include "cli.h"

#define NR_RESULTS 18
#define DESC_ADDR  UINT64_C(0x000ffffffffff000)

struct cursor {
	struct calls *calls;
	const char *text, *at;
	unsigned depth;
};

static bool expression(struct cursor *s, uint64_t *value);

static bool bad(struct cursor *s)
{
	return calls_bad(s->calls, "'%s' is no expression", cli_quote(s->text));
}

/* The digits behind a name such as g or ns. */
static bool index_of(struct cursor *s, size_t skip, uint64_t *value)
{
	const char *p = s->at + skip;

	*value = 0;
	if (!isdigit((unsigned char)*p))
		return false;
	for (; isdigit((unsigned char)*p); p++)
		if (__builtin_mul_overflow(*value, 10, value) ||
		    __builtin_add_overflow(*value, (uint64_t)(*p - '0'), value))
			return false;
	if (isalnum((unsigned char)*p))
		return false;
	s->at = p;
	return true;
}

static bool granule(struct cursor *s, size_t skip, uint64_t first, uint64_t *value)
{
	if (!index_of(s, skip, value))
		return bad(s);
	*value = CALLS_G0 + (first + *value) * CALLS_GRANULE;
	return true;
}

static bool result(struct cursor *s, uint64_t *value)
{
	uint64_t n;

	if (!index_of(s, 1, &n))
		return bad(s);
	if (n >= NR_RESULTS || !s->calls->some)
		return calls_bad(s->calls, "'%s': no such result register", cli_quote(s->text));
	*value = s->calls->last.x[n];
	return true;
}

/* desc(addr,count,size,state): size in 1:0, count from bit 2, state in bit 63. */
static bool descriptor(struct cursor *s, uint64_t *value)
{
	uint64_t field[4];

	s->at += strlen("desc(");
	for (int i = 0; i < 4; i++) {
		if (!expression(s, &field[i]))
			return false;
		if (*s->at++ != ",,,)"[i])
			return bad(s);
	}
	*value = field[0] | field[1] << 2 | (field[2] & 3) | field[3] << 63;
	return true;
}

static bool term(struct cursor *s, uint64_t *value)
{
	char c = *s->at;

	if (isdigit((unsigned char)c))
		return cli_number_prefix(s->at, &s->at, value) || bad(s);
	if (!strncmp(s->at, "desc(", 5))
		return descriptor(s, value);
	if (!strncmp(s->at, "ns", 2))
		return granule(s, 2, CALLS_FIRST_NS, value);
	if (c == 'g')
		return granule(s, 1, 0, value);
	if (c == 'x')
		return result(s, value);
	return isalpha((unsigned char)c)
		       ? calls_bad(s->calls, "unknown name in '%s'", cli_quote(s->text))
		       : bad(s);
}

static bool expression(struct cursor *s, uint64_t *value)
{
	bool minus = *s->at == '-';
	uint64_t next;

	if (++s->depth > 16)
		return bad(s);
	if (minus)
		s->at++;
	if (!term(s, value))
		return false;
	if (minus)
		*value = -*value;
	while (*s->at == '+' || *s->at == '-') {
		bool subtract = *s->at++ == '-';

		if (!term(s, &next))
			return false;
		*value += subtract ? -next : next;
	}
	s->depth--;
	return true;
}

bool calls_value(struct calls *c, const char *text, uint64_t *value)
{
	struct cursor s = { .calls = c, .text = text, .at = text };

	if (!expression(&s, value))
		return false;
	return !*s.at || bad(&s);
}

const char *calls_name(char *buf, size_t size, uint64_t value)
{
	uint64_t n = ((value & DESC_ADDR) - CALLS_G0) / CALLS_GRANULE;
	uint64_t low = value & (CALLS_GRANULE - 1), top = value >> 52;
	size_t len;

	if ((value & DESC_ADDR) < CALLS_G0 || n >= CALLS_NR_GRANULES) {
		snprintf(buf, size, "0x%" PRIx64, value);
		return buf;
	}
	if (n >= CALLS_FIRST_NS)
		len = (size_t)snprintf(buf, size, "ns%" PRIu64, n - CALLS_FIRST_NS);
	else
		len = (size_t)snprintf(buf, size, "g%" PRIu64, n);
	if (low)
		len += (size_t)snprintf(buf + len, size - len, "+0x%" PRIx64, low);
	if (top)
		snprintf(buf + len, size - len, "|0x%" PRIx64 "<<52", top);
	return buf;
}
