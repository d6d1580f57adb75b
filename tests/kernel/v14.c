/* SPDX-License-Identifier: BSD-2-Clause */
/* Image side of forms.h: v14's commands. */
#include <asm/rmi_cmds.h>
#include <linux/kvm_host.h>
#include <linux/uaccess.h>

#include "forms.h"

static int door_delegate(unsigned long long base, unsigned long long top, unsigned long long *out)
{
	return rmi_granule_range_delegate(base, top, out);
}

static int door_data_unmap(unsigned long base, unsigned long top, unsigned long *next)
{
	unsigned long range, count;

	return rmi_rtt_data_unmap(0x80000000, base, top, RMI_ADDR_TYPE_SINGLE, 0, next, &range,
				  &count);
}

static void door_invoke(unsigned long fid, unsigned long *result)
{
	struct arm_smccc_res res;

	arm_smccc_1_1_invoke(fid, 1, 2, 3, 4, 5, 6, 7, &res);
	result[0] = res.a0;
	result[1] = res.a1;
	result[2] = res.a2;
	result[3] = res.a3;
}

static int door_user_word(struct sim_kvm *kvm, unsigned long long hva, unsigned int value,
			  unsigned int *is)
{
	u32 __user *ptr = u64_to_user_ptr(hva);
	int err;

	current->mm = ((struct kvm *)kvm)->mm;
	err = put_user(value, ptr);
	return err ? err : get_user(*is, ptr);
}

extern const struct test_v14 sim_test_v14;
__attribute__((visibility("default"))) const struct test_v14 sim_test_v14 = {
	.delegate = door_delegate,
	.data_unmap = door_data_unmap,
	.invoke = door_invoke,
	.user_word = door_user_word,
};
