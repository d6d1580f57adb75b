/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Exhibits of the museum: what the header of a patch says, where its image is, and the runs that must find it.
 *
 *	Found: SCENARIO[, N preemptions][, inject legal|wrong][, edition E][, profile P][, metamorphic],
 *	       CHECK[: TEXT]
 *
 * Every schedule of the scenario with at most N preemptions (default 0), or every run with a failure of the class, or both
 * together with one failure, is clean on the port as it is; metamorphic: the usual one, wherever its memory is, ends alike; on the exhibit the first violating one is of CHECK, and
 * TEXT stands in its sentence.
 */
#ifndef CLI_EXHIBIT_H
#define CLI_EXHIBIT_H

#include <rmisim/inject.h>
#include <rmisim/scenario.h>

#include "cli.h"

#define EXHIBIT_PATH 4096

struct exhibit {
	char id[48]; /* as in kernel-ID.so, or of a model-ID */
	char title[200], kind[16], in[160];
	char config[16];            /* of the port: its image is the clean one */
	char program[EXHIBIT_PATH]; /* a defect of the RMM is a program of its own; else "" */
	char wrong[200];            /* with the header; "" when it can be run */

	char scenario[256], check[40], text[200];
	bool compares; /* with the clean port: check is "same" or "differs", scenario may be several */
	unsigned preemptions, classes;
	bool metamorphic;
	enum rmi_edition edition;
	char profile[80];
};

/* What became of it. */
struct exhibit_result {
	bool found, again;   /* again: by its replay string in a process of its own */
	bool clean;          /* the same runs on the clean port and RMM */
	bool clean_is_known; /* they were made */
	bool again_is_known; /* that was tried */
	uint64_t schedules, clean_schedules;
	double ms; /* until it was found */
	char violation[512], replay[SIM_REPLAY_SIZE];
	char clean_violation[512];
};

struct exhibit_list {
	struct exhibit *all;
	unsigned nr, room;
	bool only_of_kernels;
};

/* The exhibit that this program itself is: the header of a patch of the model. "" in rmisim. */
extern const char exhibit_of_this_program[];

/* Take the header apart; what is wrong with it becomes e->wrong. */
void exhibit_parse(const char *header, struct exhibit *e);
/* "fault-convert, 1 preemption": all that Found: says but the check. Returns buf. */
char *exhibit_says(const struct exhibit *e, char *buf, size_t size);
/* Is it the name of a row of the check table? */
bool exhibit_is_check(const char *name);
/* "expect: pages-back: .." is of pages-back: a scenario may hand on what a general check has said. */
bool exhibit_is_it(const struct exhibit *e, const char *violation);

/* All that are in the folders of kernel images, sorted; only those of kernels when asked for. */
void exhibit_list_fill(struct exhibit_list *list, bool only_of_kernels);
void exhibit_list_free(struct exhibit_list *list);
/* Does a word of the command line (B036-relax, B036, 36) mean it? */
bool exhibit_is_meant(const struct exhibit *e, const char *word);

/* Make the runs on `kernel`; false after a message in `violation` ("setup: .."). */
bool exhibit_search(const struct exhibit *e, const char *kernel, struct exhibit_result *result);
/* The same runs on the clean port, and with the RMM of this program. */
void exhibit_clean(const struct exhibit *e, struct exhibit_result *result);
/* exhibit_compare.c: are its scenarios in the catalogue? Compare the exhibit in `kernel` with the clean port. */
bool exhibit_compares_known(const struct exhibit *e);
bool exhibit_compare(const struct exhibit *e, const char *kernel, struct exhibit_result *result);
/* Follow result->replay in a process of its own; kernel: the image's name or path. */
void exhibit_again(const struct exhibit *e, const char *kernel, struct exhibit_result *result);
/* A defect of the RMM: ask its program. It fills what e says of itself, too. */
void exhibit_ask(struct exhibit *e, struct exhibit_result *result);

#endif
