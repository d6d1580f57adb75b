/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One word in short, as a line of a trace shows it.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <rmisim/decode.h>

static const char *field_text(const struct rmi_decoded *d, const char *name)
{
	const struct rmi_field *f = rmi_decoded_field(d, name);

	return f && f->text ? f->text : "?";
}

static uint64_t field_value(const struct rmi_decoded *d, const char *name)
{
	const struct rmi_field *f = rmi_decoded_field(d, name);

	return f ? f->value : 0;
}

/* "4KiB", "2MiB", "1GiB"; bytes when it is no whole number of those. */
static void format_size(char buf[24], uint64_t bytes)
{
	static const char *const units[] = { "B", "KiB", "MiB", "GiB", "TiB", "PiB" };
	unsigned i = 0;

	while (i < 5 && bytes && !(bytes & 1023)) {
		bytes >>= 10;
		i++;
	}
	snprintf(buf, 24, "%" PRIu64 "%s", bytes, units[i]);
}

static int format_desc(char *buf, size_t size, const struct rmi_decoded *d)
{
	uint64_t count = field_value(d, "count");
	char unit[24], times[24] = "";

	format_size(unit, field_value(d, "unit"));
	if (count != 1)
		snprintf(times, sizeof(times), "%" PRIu64 "*", count);
	return snprintf(buf, size, "0x%" PRIx64 " %s%s %s%s", field_value(d, "base"), times, unit,
			field_text(d, "state"), d->problem ? " invalid" : "");
}

static int format_result(char *buf, size_t size, const struct rmi_decoded *d, uint64_t word)
{
	const char *status = rmi_status_name(RMI_RESULT_STATUS(word));
	const struct rmi_field *level = rmi_decoded_field(d, "level");

	if (word == SMCCC_NOT_SUPPORTED)
		return snprintf(buf, size, "NOT_SUPPORTED");
	if (!status)
		return snprintf(buf, size, "0x%" PRIx64, word);
	if (level)
		return snprintf(buf, size, "%s level %" PRId64, status, (int64_t)level->value);
	if (rmi_decoded_field(d, "mem"))
		return snprintf(buf, size, "%s %s %s", status, field_text(d, "mem"),
				field_text(d, "cancel"));
	return snprintf(buf, size, "%s", status);
}

static int format_donate(char *buf, size_t size, const struct rmi_decoded *d)
{
	char unit[24];

	format_size(unit, field_value(d, "unit"));
	return snprintf(buf, size, "%" PRIu64 "*%s %s %s%s", field_value(d, "count"), unit,
			field_text(d, "contig"), field_text(d, "state"),
			d->problem ? " invalid" : "");
}

/* "SINGLE|memattr=NORMAL|s2ap=RW": the first named field bare, zero numbers left out. */
static int format_flags(char *buf, size_t size, const struct rmi_decoded *d, uint64_t word)
{
	size_t used = 0;
	unsigned i;
	int n;

	if (d->problem)
		return snprintf(buf, size, "0x%" PRIx64, word);
	for (i = 0; i < d->nr; i++) {
		const struct rmi_field *f = &d->fields[i];
		const char *bar = used ? "|" : "";
		char *at = used < size ? buf + used : NULL;
		size_t left = at ? size - used : 0;

		if (f->text && i == 0)
			n = snprintf(at, left, "%s%s", bar, f->text);
		else if (f->text)
			n = snprintf(at, left, "%s%s=%s", bar, f->name, f->text);
		else if (!f->value)
			n = 0;
		else if (f->type == RMI_FIELD_BOOL)
			n = snprintf(at, left, "%s%s", bar, f->name);
		else
			n = snprintf(at, left, "%s%s=%" PRIu64, bar, f->name, f->value);
		used += n > 0 ? (size_t)n : 0;
	}
	if (!used)
		return snprintf(buf, size, "0");
	return (int)used;
}

size_t rmi_format(char *buf, size_t size, const struct rmi_format_config *config,
		  enum rmi_kind kind, uint64_t word)
{
	struct rmi_decoded d;
	int n;

	rmi_decode(config, kind, word, &d);
	switch (kind) {
	case RMI_KIND_DESC:
		n = word ? format_desc(buf, size, &d) : snprintf(buf, size, "0");
		break;
	case RMI_KIND_RESULT:
		n = format_result(buf, size, &d, word);
		break;
	case RMI_KIND_DONATE_REQ:
		n = word ? format_donate(buf, size, &d) : snprintf(buf, size, "0");
		break;
	case RMI_KIND_VERSION:
		n = snprintf(buf, size, "%" PRIu64 ".%" PRIu64, word >> 16 & 0x7fff, word & 0xffff);
		break;
	case RMI_KIND_DEC:
	case RMI_KIND_LEVEL:
		n = snprintf(buf, size, "%" PRId64, (int64_t)word);
		break;
	case RMI_KIND_FID:
		n = d.problem ? snprintf(buf, size, "0x%" PRIx64, word)
			      : snprintf(buf, size, "%s",
					 rmi_fid_name(config ? config->edition : 0, word));
		break;
	case RMI_KIND_NONE:
	case RMI_KIND_HEX:
	case RMI_KIND_PA:
	case RMI_KIND_IPA:
	case RMI_KIND_HANDLE:
	case RMI_KIND_ESR:
		n = snprintf(buf, size, "0x%" PRIx64, word);
		break;
	default:
		n = format_flags(buf, size, &d, word);
		break;
	}
	return n > 0 ? (size_t)n : 0;
}
