/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "json_read.h"

struct reader {
	const char *at, *end;
	const char *wrong; /* the first thing that is */
};

static bool fail(struct reader *r, const char *wrong)
{
	if (!r->wrong)
		r->wrong = wrong;
	return false;
}

static void skip_space(struct reader *r)
{
	while (r->at < r->end && strchr(" \t\r\n", *r->at) && *r->at)
		r->at++;
}

/* The next character that is no white space, 0 at the end. */
static char peek(struct reader *r)
{
	skip_space(r);
	return r->at < r->end ? *r->at : '\0';
}

static bool take(struct reader *r, char c)
{
	if (peek(r) != c)
		return false;
	r->at++;
	return true;
}

static bool word(struct reader *r, const char *text)
{
	size_t n = strlen(text);

	if ((size_t)(r->end - r->at) < n || memcmp(r->at, text, n))
		return fail(r, "a word that is none of true, false and null");
	r->at += n;
	return true;
}

/* Four hexadecimal digits; a byte, or '?'. */
static bool code(struct reader *r, char *byte)
{
	unsigned value = 0;

	if (r->end - r->at < 4)
		return fail(r, "a \\u without its four digits");
	for (unsigned i = 0; i < 4; i++) {
		char c = *r->at++;

		if (c >= '0' && c <= '9')
			value = value << 4 | (unsigned)(c - '0');
		else if ((c | 32) >= 'a' && (c | 32) <= 'f')
			value = value << 4 | (unsigned)((c | 32) - 'a' + 10);
		else
			return fail(r, "a \\u without its four digits");
	}
	*byte = value && value < 256 ? (char)value : '?';
	return true;
}

static bool escaped(struct reader *r, char *byte)
{
	static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
	const char *known;
	char c;

	if (r->at == r->end)
		return fail(r, "a string without end");
	c = *r->at++;
	if (c == 'u')
		return code(r, byte);
	known = c ? strchr(from, c) : NULL;
	if (!known)
		return fail(r, "an unknown escape in a string");
	*byte = to[known - from];
	return true;
}

/* A string, its bytes to `text` unless that is NULL. */
static bool string(struct reader *r, char *text, size_t size)
{
	size_t n = 0;
	char c;

	if (!take(r, '"'))
		return fail(r, "no string where one has to be");
	for (;;) {
		if (r->at == r->end)
			return fail(r, "a string without end");
		c = *r->at++;
		if (c == '"')
			break;
		if ((unsigned char)c < ' ')
			return fail(r, "a control character in a string");
		if (c == '\\' && !escaped(r, &c))
			return false;
		if (!text)
			continue;
		if (n + 1 >= size)
			return fail(r, "a string that is too long");
		text[n++] = c;
	}
	if (text)
		text[n] = '\0';
	return true;
}

static size_t digits(struct reader *r)
{
	const char *from = r->at;

	while (r->at < r->end && *r->at >= '0' && *r->at <= '9')
		r->at++;
	return (size_t)(r->at - from);
}

static bool has(struct reader *r, const char *any)
{
	if (r->at == r->end || !*r->at || !strchr(any, *r->at))
		return false;
	r->at++;
	return true;
}

static bool number(struct reader *r, struct json_member *m)
{
	const char *from = r->at, *first;
	char text[64];
	bool whole = !has(r, "-");

	first = r->at;
	if (!digits(r) || (*first == '0' && r->at - first > 1))
		return fail(r, "something that is no value");
	if (has(r, ".")) {
		whole = false;
		if (!digits(r))
			return fail(r, "a number without digits behind its point");
	}
	if (has(r, "eE")) {
		whole = false;
		has(r, "+-");
		if (!digits(r))
			return fail(r, "a number without digits in its exponent");
	}
	if ((size_t)(r->at - from) >= sizeof(text))
		return fail(r, "a number that is too long");
	memcpy(text, from, (size_t)(r->at - from));
	text[r->at - from] = '\0';
	errno = 0;
	m->number = whole ? strtoull(text, NULL, 10) : 0;
	m->kind = whole && !errno ? JSON_WHOLE : JSON_OTHER;
	m->real = strtod(text, NULL);
	return true;
}

static bool value(struct reader *r, struct json_member *m, unsigned depth);

/* What an object or array holds, behind its bracket, which is looked at but not kept. */
static bool nested(struct reader *r, bool object, struct json_member *scratch, unsigned depth)
{
	char closing = object ? '}' : ']';

	if (depth >= JSON_DEPTH)
		return fail(r, "too many objects in each other");
	if (take(r, closing))
		return true;
	do {
		if (object) {
			if (!string(r, NULL, 0))
				return false;
			if (!take(r, ':'))
				return fail(r, "a name without a colon");
		}
		if (!value(r, scratch, depth + 1))
			return false;
	} while (take(r, ','));
	return take(r, closing) || fail(r, "an object or array without end");
}

/* depth 0: a member of the outermost object, whose strings are kept. */
static bool value(struct reader *r, struct json_member *m, unsigned depth)
{
	switch (peek(r)) {
	case '{':
	case '[':
		if (!nested(r, *r->at++ == '{', m, depth))
			return false;
		m->kind = JSON_NESTED;
		return true;
	case '"':
		m->kind = JSON_STRING;
		return string(r, depth ? NULL : m->text, sizeof(m->text));
	case 't':
	case 'f':
		m->kind = JSON_BOOL;
		m->number = *r->at == 't';
		return word(r, m->number ? "true" : "false");
	case 'n':
		m->kind = JSON_NULL;
		return word(r, "null");
	default:
		return number(r, m);
	}
}

const char *json_read(const char **at, const char *end,
		      const char *(*member)(void *ctx, const struct json_member *m), void *ctx)
{
	struct reader r = { .at = *at, .end = end };
	struct json_member m;
	bool more;

	if (!take(&r, '{'))
		return "no JSON object";
	more = !take(&r, '}');
	while (more) {
		memset(&m, 0, sizeof(m));
		if (!string(&r, m.key, sizeof(m.key)))
			return r.wrong;
		if (!take(&r, ':'))
			return "a name without a colon";
		if (!value(&r, &m, 0))
			return r.wrong;
		r.wrong = member(ctx, &m);
		if (r.wrong)
			return r.wrong;
		more = take(&r, ',');
		if (!more && !take(&r, '}'))
			return "an object without end";
	}
	skip_space(&r);
	*at = r.at;
	return NULL;
}
