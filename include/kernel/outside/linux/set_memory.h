/* SPDX-License-Identifier: BSD-2-Clause */
#error "<linux/set_memory.h> is not there: the linear map is not protected; a delegated page is checked instead (docs/porting.md, Your own kernel files)"
