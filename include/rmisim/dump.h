/* SPDX-License-Identifier: BSD-2-Clause */
/**
 * @file dump.h
 * The state of a machine on paper: the tables of its realms, and its physical memory.
 *
 * Takes no lock and changes nothing, so it may be called at any time: in a test, in a listener of events
 * (sim_event.world), from a debugger.
 */
#ifndef RMISIM_DUMP_H
#define RMISIM_DUMP_H

#include <stdio.h>

#include <rmisim/sim.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma GCC visibility push(default)

/** How a dump is written. */
enum sim_dump_form {
	SIM_DUMP_TEXT,
	SIM_DUMP_JSON, /**< an array, one element a realm or a stretch of memory */
	SIM_DUMP_DOT,  /**< a digraph for Graphviz; tables only */
	SIM_DUMP_SVG,  /**< a picture */
};

/**
 * The tables of the realm at rd (0: of all realms, by address): entries next to each other of which the same is
 * true are one range, with IPA, size, level, HIPAS, RIPAS, PA and attributes, the protected half first. DOT and SVG:
 * the tree of tables.
 * @return the number of realms written; 0: there is none at rd
 */
unsigned sim_dump_rtt(struct sim_world *world, rmm_pa rd, enum sim_dump_form form, FILE *out);

/**
 * Physical memory by state: 64 granules a line, lines like the one before counted only, memory that is all
 * UNDELEGATED left out. TEXT, JSON and SVG.
 * @return the number of granules that are not UNDELEGATED
 */
uint64_t sim_dump_granules(struct sim_world *world, enum sim_dump_form form, FILE *out);

#pragma GCC visibility pop
#ifdef __cplusplus
}
#endif
#endif
