/* SPDX-License-Identifier: BSD-2-Clause */
/* A VMM's exit handler: a serial port, one page that may be shared, and a realm that uses both. */
#include <stdio.h>

#include <rmisim/sim.h>

#define WINDOW UINT64_C(0x200000)  /* the one page that this VMM shares */
#define SERIAL UINT64_C(0x9000000) /* outside of the slot: MMIO */
#define DATA   (SERIAL + 0x0)      /* store: a character */
#define BELL   (SERIAL + 0x8) /* store: there is a message in the window; load: how many there were */

/* The realm wants [gpa, gpa + size) private or shared. Memory that it no longer owns goes back to the host. */
static enum sim_vmm_answer memory_fault(struct sim_vm *vm, unsigned vcpu,
					const struct sim_exit *exit, void *ctx)
{
	bool private = exit->flags & SIM_FAULT_PRIVATE;

	printf("vcpu %u wants 0x%llx %s\n", vcpu, (unsigned long long)exit->gpa,
	       private ? "private" : "shared");
	if (exit->gpa != WINDOW || exit->size != sim_page_size(vm))
		return SIM_VMM_STOP;
	if (private)
		return sim_vm_set_private(vm, exit->gpa, exit->size) ? SIM_VMM_STOP
								     : SIM_VMM_RESUME;
	if (sim_vm_set_shared(vm, exit->gpa, exit->size) ||
	    sim_vm_punch_hole(vm, exit->gpa, exit->size))
		return SIM_VMM_STOP;
	return SIM_VMM_RESUME;
}

static enum sim_vmm_answer mmio(struct sim_vm *vm, unsigned vcpu, const struct sim_exit *exit,
				uint64_t *value, void *ctx)
{
	unsigned *rings = ctx;
	uint64_t message;

	if (exit->mmio_addr == DATA && exit->mmio_write) {
		putchar((int)(exit->value & 0x7f));
	} else if (exit->mmio_addr == BELL && exit->mmio_write) {
		if (sim_vmm_read(vm, WINDOW, &message, sizeof(message)))
			return SIM_VMM_STOP;
		printf("message %u is %llu\n", ++*rings, (unsigned long long)message);
	} else if (exit->mmio_addr == BELL) {
		*value = *rings;
	} else {
		return SIM_VMM_STOP;
	}
	return SIM_VMM_RESUME;
}

static enum sim_vmm_answer other(struct sim_vm *vm, unsigned vcpu, const struct sim_exit *exit,
				 void *ctx)
{
	printf("vcpu %u: %s\n", vcpu, sim_exit_kind_name(exit->kind));
	return SIM_VMM_STOP;
}

/* What runs in the realm. Devices and the window have the shared bit set. */
static void guest(struct sim_guest *self, void *arg)
{
	uint64_t shared = sim_vm_shared_bit(arg), size = sim_page_size(arg), rings = 0;

	for (const char *c = "hello from a realm\n"; *c; c++)
		sim_guest_store(self, DATA | shared, 4, (uint64_t)*c);
	sim_guest_store(self, WINDOW, 8, 1); /* private: nobody sees it */
	sim_guest_set_ripas(self, WINDOW, WINDOW + size, RMI_EMPTY);
	sim_guest_store(self, WINDOW | shared, 8, 42);
	sim_guest_store(self, BELL | shared, 4, 1);
	sim_guest_set_ripas(self, WINDOW, WINDOW + size, RMI_RAM);
	sim_guest_load(self, BELL | shared, 4, &rings);
	sim_guest_store(self, DATA | shared, 4, '0' + rings);
	sim_guest_store(self, DATA | shared, 4, '\n');
	sim_guest_smc(self, &(struct rmm_regs){ { 0x84000008 } }); /* PSCI_SYSTEM_OFF */
}

int main(int argc, char **argv)
{
	static const struct sim_vmm_ops ops = { memory_fault, mmio, other };
	char why[256] = "";
	struct sim_config config = { .kernel = argc > 1 ? argv[1] : "4k" };
	struct sim_world *world = sim_world_new(&config, why, sizeof(why));
	struct sim_vm *vm = world ? sim_vm_new(world, NULL) : NULL;
	unsigned rings = 0;

	if (!vm)
		return fprintf(stderr, "%s\n", world ? sim_error(world) : why), 1;
	sim_vm_set_vmm(vm, &ops, &rings);
	sim_vcpu_program(vm, 0, guest, vm);
	sim_vcpu_loop(vm, 0);

	const char *wrong = sim_world_finish(world); /* locks, pages, granules: all back? */

	if (wrong)
		fprintf(stderr, "%s\n", wrong);
	sim_world_free(world);
	return wrong != NULL;
}
