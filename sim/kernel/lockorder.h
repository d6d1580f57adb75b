/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Classes of locks and the order between them.
 */
#ifndef SIM_KERNEL_LOCKORDER_H
#define SIM_KERNEL_LOCKORDER_H

/* The number of a class; the name must stay. */
unsigned int lock_class(const char *name, unsigned int subclass);
/*
 * The running actor is about to wait, or might have to, for a lock of class `taken` while it holds one of
 * class `held`. Ends the run when the opposite order has been seen, however many locks it goes through.
 */
void lock_order_add(unsigned int held, const char *held_by, unsigned int taken,
		    const char *taken_by);

#endif
