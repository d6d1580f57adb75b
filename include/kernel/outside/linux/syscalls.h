/* SPDX-License-Identifier: BSD-2-Clause */
#error "<linux/syscalls.h> is not there: the ioctls are functions of the image (host.h) (docs/porting.md, Your own kernel files)"
