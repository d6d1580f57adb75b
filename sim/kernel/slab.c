/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Small objects, with owner and poison, and the page cache of the tables.
 */
#include "env.h"

#include <linux/kvm_host.h>
#include <linux/slab.h>
#include <linux/string.h>

#define POISON_INUSE 0x5a
#define POISON_FREE  0x6b

/* In front of each object. */
struct object {
	unsigned long size; /* of the object */
	unsigned long magic;
	const char *owner, *freed_by;
};
#define OBJECT_LIVE 0x6b6d616c6c6f6321ul
#define OBJECT_FREE 0x6b66726565642121ul

/*
 * What was freed last stays where it is, filled with poison: a second kfree() is recognised, and so is a
 * store through an old pointer when the object leaves the queue.
 */
#define QUEUE 32
static struct {
	struct object *last[QUEUE];
	unsigned int next;
} freed;

void *__sim_kmalloc(size_t size, gfp_t gfp, const char *caller)
{
	struct object *object;

	if (gfpflags_allow_blocking(gfp))
		__sim_might_sleep(caller);
	if (!(gfp & __GFP_NOFAIL) && __sim_fails(1, "kmalloc", caller))
		return NULL;
	if (size > (size_t)-1 - sizeof(*object))
		return NULL;
	object = env_alloc(sizeof(*object) + size);
	if (!object)
		return NULL;
	object->size = size;
	object->magic = OBJECT_LIVE;
	object->owner = caller;
	env.objects++;
	if (!(gfp & __GFP_ZERO))
		__builtin_memset(object + 1, POISON_INUSE, size);
	return object + 1;
}

/* The object really goes. */
static void object_end(struct object *object)
{
	const unsigned char *byte = (const unsigned char *)(object + 1);
	unsigned long i;

	if (!object)
		return;
	for (i = 0; i < object->size; i++)
		if (byte[i] != POISON_FREE)
			__sim_violation("use-after-free",
					"byte %lu of an object of %lu bytes was written after it "
					"was freed; "
					"%s() had it, %s() freed it",
					i, object->size, object->owner, object->freed_by);
	env_free(object, sizeof(*object) + object->size);
}

void slab_flush(void)
{
	unsigned int i;

	for (i = 0; i < QUEUE; i++) {
		object_end(freed.last[i]);
		freed.last[i] = NULL;
	}
}

void __sim_kfree(const void *p, const char *caller)
{
	struct object *object;

	if (!p)
		return;
	object = (struct object *)(unsigned long)p - 1;
	if (object->magic == OBJECT_FREE)
		__sim_violation("double-free",
				"%s: kfree() of an object that %s() had and %s() freed", caller,
				object->owner, object->freed_by);
	if (object->magic != OBJECT_LIVE)
		__sim_violation("double-free", "%s: kfree() of what kmalloc() did not give",
				caller);
	object->magic = OBJECT_FREE;
	object->freed_by = caller;
	env.objects--;
	__builtin_memset(object + 1, POISON_FREE, object->size);
	object_end(freed.last[freed.next]);
	freed.last[freed.next] = object;
	freed.next = (freed.next + 1) % QUEUE;
}

/*
 * Follows kvm_main.c: nothing to do with `min` objects left, else filled up to the capacity; short
 * of `min` is the only failure.
 */
int __sim_topup_memory_cache(struct kvm_mmu_memory_cache *mc, int min, const char *caller)
{
	gfp_t gfp = mc->gfp_custom ? mc->gfp_custom : GFP_KERNEL_ACCOUNT;
	int before = mc->nobjs;

	if (mc->nobjs >= min)
		return 0;
	if (!mc->objects) {
		int capacity = KVM_ARCH_NR_OBJS_PER_MEMORY_CACHE;

		mc->objects =
			__sim_kmalloc((size_t)capacity * sizeof(void *), gfp | __GFP_ZERO, caller);
		if (!mc->objects)
			return -ENOMEM;
		mc->capacity = capacity;
	}
	if (WARN_ON(mc->capacity < min))
		return -EIO;
	while (mc->nobjs < mc->capacity) {
		void *obj = page_alloc_for_cache(gfp | mc->gfp_zero, caller);

		if (!obj)
			return mc->nobjs >= min ? 0 : -ENOMEM;
		mc->objects[mc->nobjs++] = obj;
	}
	__sim_note(__SIM_PAGE, "kvm_mmu_topup_memory_cache", caller, "min %d: %d -> %d", min,
		   before, mc->nobjs);
	return 0;
}

void *__sim_memory_cache_alloc(struct kvm_mmu_memory_cache *mc, const char *caller)
{
	void *p;

	if (__sim_warn(!mc->nobjs, caller, "WARN_ON(!mc->nobjs): the memory cache is empty"))
		p = (void *)__sim_get_free_pages(GFP_ATOMIC | __GFP_ACCOUNT | mc->gfp_zero, 0,
						 caller);
	else
		p = mc->objects[--mc->nobjs];
	if (!p)
		__sim_bug(caller, "BUG_ON(!p): no page for a translation table");
	__sim_note(__SIM_PAGE, "kvm_mmu_memory_cache_alloc", caller, "0x%llx, %d left",
		   virt_to_phys(p), mc->nobjs);
	return p;
}

int kvm_mmu_memory_cache_nr_free_objects(struct kvm_mmu_memory_cache *mc)
{
	return mc->nobjs;
}

void kvm_mmu_free_memory_cache(struct kvm_mmu_memory_cache *mc)
{
	while (mc->nobjs)
		__sim_free_addr((unsigned long)mc->objects[--mc->nobjs], 0, __func__);
	__sim_kfree(mc->objects, __func__);
	mc->objects = NULL;
	mc->capacity = 0;
}

void kvm_account_pgtable_pages(void *virt, int nr)
{
	if (!virt)
		__sim_violation("accounting", "kvm_account_pgtable_pages() of no page");
}
