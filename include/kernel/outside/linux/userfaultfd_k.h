/* SPDX-License-Identifier: BSD-2-Clause */
#error "<linux/userfaultfd_k.h> is not there: userfaultfd is not modelled (docs/porting.md, Your own kernel files)"
