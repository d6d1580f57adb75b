/* SPDX-License-Identifier: BSD-2-Clause */
/* RSI_MEASUREMENT_READ, RSI_MEASUREMENT_EXTEND (B5.4.9, .8): index 0 is the RIM, 1 to 4 the REMs. */
#include "../measure.h"
#include "rsi.h"

enum { ARG_INDEX = 1, ARG_SIZE = 2, ARG_VALUE = 3 };

#define VALUE_SIZE 64

static bool there_is_no_such_measurement(struct rsi_call *c, const struct rsi_condition *row)
{
	return c->arg[row->arg] > REALM_NR_REMS;
}

static bool there_is_no_such_rem(struct rsi_call *c, const struct rsi_condition *row)
{
	return c->arg[row->arg] < 1 || c->arg[row->arg] > REALM_NR_REMS;
}

static bool size_is_too_large(struct rsi_call *c, const struct rsi_condition *row)
{
	return c->arg[row->arg] > VALUE_SIZE;
}

static const struct rsi_condition read_conditions[] = {
	{ "index_bound", there_is_no_such_measurement, RSI_ERROR_INPUT, ARG_INDEX },
};

static void measurement_read(struct rsi_call *c)
{
	uint64_t index = c->arg[ARG_INDEX];
	const uint8_t *value = index ? c->realm->rem[index - 1] : c->realm->rim;

	for (unsigned i = 0; i < VALUE_SIZE / 8; i++)
		c->out[1 + i] = rsi_get64(value + 8 * i);
}

const struct rsi_command cmd_rsi_measurement_read = { RSI_MEASUREMENT_READ, "MEASUREMENT_READ",
						      RSI_CONDITIONS(read_conditions),
						      .apply = measurement_read, .nr_out = 8 };

static const struct rsi_condition extend_conditions[] = {
	{ "index_bound", there_is_no_such_rem, RSI_ERROR_INPUT, ARG_INDEX },
	{ "size_bound", size_is_too_large, RSI_ERROR_INPUT, ARG_SIZE },
};

static void measurement_extend(struct rsi_call *c)
{
	uint8_t value[VALUE_SIZE];

	for (unsigned i = 0; i < VALUE_SIZE / 8; i++)
		rsi_put64(value + 8 * i, c->arg[ARG_VALUE + i]);
	measure_extend(c->rmm, c->realm, (unsigned)c->arg[ARG_INDEX] - 1, value, c->arg[ARG_SIZE]);
}

const struct rsi_command cmd_rsi_measurement_extend = { RSI_MEASUREMENT_EXTEND,
							"MEASUREMENT_EXTEND",
							RSI_CONDITIONS(extend_conditions),
							.apply = measurement_extend };
