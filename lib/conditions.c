/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The failure conditions and their printed orderings as one list, for tools and tests.
 *
 * A row has a number by its place alone:
 *
 *	0         TF-RMM's question for the RMM state, asked for every command
 *	1 ..      the commands' own rows, command after command in order of FID
 *	.. then   those of the RSI commands
 *	.. then   rows that only TF-RMM's order of a command has
 *
 * A row of TF-RMM's order with the name, the status and the kind of level of one of the command's
 * own rows is that row.
 */
#include <string.h>

#include <rmisim/decode.h>

#include "call.h"
#include "rsi/rsi.h"

#define TF_PROFILE "tf-rmm-2026-07"

static bool same_row(const struct rmm_condition *a, const struct rmm_condition *b)
{
	return a->status == b->status && a->level == b->level && !strcmp(a->name, b->name);
}

/* The row of the table that is the same as `row`, or NULL. */
static const struct rmm_condition *find_same(const struct rmm_condition *rows, unsigned nr,
					     const struct rmm_condition *row)
{
	for (unsigned i = 0; i < nr; i++) {
		if (same_row(&rows[i], row))
			return &rows[i];
	}
	return NULL;
}

static bool is_in(const struct rmm_condition *rows, unsigned nr, const struct rmm_condition *row)
{
	return (uintptr_t)row - (uintptr_t)rows < nr * sizeof(*rows);
}

static const struct rmm_condition *own_row(const struct rmm_command *command,
					   const struct rmm_condition *row)
{
	if (is_in(command->conditions, command->nr_conditions, row))
		return row;
	return find_same(command->conditions, command->nr_conditions, row);
}

/* Row i of those that only TF-RMM has, if this command has it; *nr counts the rows passed. */
static const struct rmm_condition *tf_row(const struct rmm_command *command, unsigned i,
					  unsigned *nr)
{
	const struct rmm_order *tf = command->tf;

	for (unsigned j = 0; tf && j < tf->nr_conditions; j++) {
		if (!own_row(command, &tf->conditions[j]) && (*nr)++ == i)
			return &tf->conditions[j];
	}
	return NULL;
}

static unsigned nr_own_rows(void)
{
	const struct rmm_command *command;
	unsigned nr = 0;

	for (command = command_next(NULL); command; command = command_next(command))
		nr += command->nr_conditions;
	return nr;
}

/* Rows of a realm's function; the SMC32 form of one has those of the SMC64 form. */
static unsigned nr_rows_of(const struct rsi_command *command)
{
	return command->tf_only ? 0 : command->nr_conditions;
}

static unsigned nr_rsi_rows(void)
{
	const struct rsi_command *command;
	unsigned nr = 0;

	for (unsigned i = 0; (command = rsi_command_at(i)); i++)
		nr += nr_rows_of(command);
	return nr;
}

static int own_number(const struct rmm_command *command, const struct rmm_condition *row)
{
	const struct rmm_command *other;
	unsigned nr = 1;

	for (other = command_next(NULL); other != command; other = command_next(other))
		nr += other->nr_conditions;
	return (int)(nr + (unsigned)(row - command->conditions));
}

static int tf_number(const struct rmm_command *command, const struct rmm_condition *row)
{
	unsigned nr = 1 + nr_own_rows() + nr_rsi_rows(), rank = 0;
	const struct rmm_command *other;

	for (other = command_next(NULL); other != command; other = command_next(other))
		tf_row(other, UINT32_MAX, &nr);
	while (tf_row(command, rank, &(unsigned){ 0 }) != row)
		rank++;
	return (int)(nr + rank);
}

int condition_number(const struct rmm_command *command, const struct rmm_condition *row)
{
	const struct rmm_condition *own;

	if (!row)
		return -1;
	if (row == &rmm_state_row)
		return 0;
	if (command->device)
		return -1;
	own = own_row(command, row);
	return own ? own_number(command, own) : tf_number(command, row);
}

int rsi_condition_number(const struct rsi_condition *row)
{
	const struct rsi_command *command;
	unsigned nr;

	if (!row)
		return -1;
	nr = 1 + nr_own_rows();
	for (unsigned i = 0; (command = rsi_command_at(i)); i++) {
		if ((uintptr_t)row - (uintptr_t)command->conditions <
		    nr_rows_of(command) * sizeof(*row))
			return (int)(nr + (unsigned)(row - command->conditions));
		nr += nr_rows_of(command);
	}
	return -1;
}

/* Row number i with its command; rsi for a realm's. Only one kind is set. */
struct found {
	const struct rmm_command *command;
	const struct rmm_condition *row;
	const struct rsi_command *rsi_command;
	const struct rsi_condition *rsi_row;
	bool tf_only;
};

static bool find_own(unsigned i, struct found *f)
{
	for (f->command = command_next(NULL); f->command; f->command = command_next(f->command)) {
		if (i < f->command->nr_conditions) {
			f->row = &f->command->conditions[i];
			return true;
		}
		i -= f->command->nr_conditions;
	}
	return false;
}

static bool find_rsi(unsigned i, struct found *f)
{
	for (unsigned c = 0; (f->rsi_command = rsi_command_at(c)); c++) {
		if (i < nr_rows_of(f->rsi_command)) {
			f->rsi_row = &f->rsi_command->conditions[i];
			return true;
		}
		i -= nr_rows_of(f->rsi_command);
	}
	return false;
}

static bool find_tf(unsigned i, struct found *f)
{
	unsigned nr = 0;

	f->tf_only = true;
	for (f->command = command_next(NULL); f->command; f->command = command_next(f->command)) {
		f->row = tf_row(f->command, i, &nr);
		if (f->row)
			return true;
	}
	return false;
}

static bool find(unsigned i, struct found *f)
{
	unsigned own = nr_own_rows(), rsi = nr_rsi_rows();

	*f = (struct found){ 0 };
	if (!i) {
		f->row = &rmm_state_row;
		f->tf_only = true;
		return true;
	}
	i--;
	if (i < own)
		return find_own(i, f);
	i -= own;
	return i < rsi ? find_rsi(i, f) : find_tf(i - rsi, f);
}

/* With its prefix, which the command's row does not have. */
static const char *rsi_name(const struct rsi_command *command)
{
	const char *name = rmi_fid_name(RMI_BET1, command->fid);

	return name ? name : command->name;
}

bool rmm_condition_at(unsigned i, struct rmm_condition_info *info)
{
	struct found f;

	if (!find(i, &f))
		return false;
	*info = (struct rmm_condition_info){ .profile = f.tf_only ? TF_PROFILE : NULL };
	if (f.rsi_row) {
		info->command = rsi_name(f.rsi_command);
		info->name = f.rsi_row->name;
		info->status = (unsigned)f.rsi_row->status;
		info->status_name = f.rsi_row->status < 0 ? rsi_psci_status_name(f.rsi_row->status)
							  : rsi_status_name(info->status);
		info->unreachable = f.rsi_row->unreachable;
		return true;
	}
	info->command = f.command ? f.command->abi.name : "ANY";
	info->name = f.row->name;
	info->status = f.row->status;
	info->status_name = rmi_status_name(info->status);
	info->unreachable = f.row->unreachable;
	return true;
}

bool rmm_condition_is_used(const struct rmm *rmm, unsigned i)
{
	const struct rmm_condition *row;
	const struct rmm_order *tf;
	struct found f;

	if (!find(i, &f))
		return false;
	if (f.rsi_row)
		return true;
	if (!f.command)
		return rmm->profile.tf_rmm;
	tf = rmm->profile.tf_rmm ? f.command->tf : NULL;
	if (!command_runs(rmm, f.command))
		return false;
	if (!tf && f.tf_only)
		return false;
	row = tf ? find_same(tf->conditions, tf->nr_conditions, f.row) : f.row;
	return row && (!row->when || row->when(rmm));
}

/* Orderings */

static const char *row_name(const struct rmm_command *command, const char *word, size_t len)
{
	for (unsigned i = 0; i < command->nr_conditions; i++) {
		const char *name = command->conditions[i].name;

		if (strlen(name) == len && !memcmp(name, word, len))
			return name;
	}
	return NULL;
}

/* The n-th word of the text up to `end`, as a row's name; false behind the last. */
static bool nth_name(const struct rmm_command *command, const char *text, const char *end,
		     unsigned n, const char **name)
{
	while (text < end) {
		size_t len = strcspn(text, " <;");

		if (len && !n--) {
			*name = row_name(command, text, len);
			return true;
		}
		text += len ? len : 1;
	}
	return false;
}

/* The i-th pair of one command; *i counts down. */
static bool order_in(const struct rmm_command *command, unsigned *i, struct rmm_order_info *info)
{
	const char *part = command->order;

	while (part && *part) {
		const char *end = part + strcspn(part, ";"), *less = part + strcspn(part, "<;");

		for (unsigned a = 0; nth_name(command, part, less, a, &info->first); a++) {
			for (unsigned b = 0; nth_name(command, less, end, b, &info->second); b++) {
				if (!(*i)--)
					return true;
			}
		}
		part = *end ? end + 1 : end;
	}
	return false;
}

bool rmm_order_at(unsigned i, struct rmm_order_info *info)
{
	const struct rmm_command *command;

	for (command = command_next(NULL); command; command = command_next(command)) {
		info->command = command->abi.name;
		if (order_in(command, &i, info))
			return true;
	}
	return false;
}
