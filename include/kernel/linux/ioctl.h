/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef _LINUX_IOCTL_H
#define _LINUX_IOCTL_H

/* Direction 31:30, size 29:16, type 15:8, number 7:0. */
#define _IOC_NONE  0U
#define _IOC_WRITE 1U
#define _IOC_READ  2U
#define _IOC(dir, type, nr, size) \
	(((dir) << 30) | ((unsigned int)(size) << 16) | ((type) << 8) | (nr))
#define _IO(type, nr)        _IOC(_IOC_NONE, type, nr, 0)
#define _IOR(type, nr, arg)  _IOC(_IOC_READ, type, nr, sizeof(arg))
#define _IOW(type, nr, arg)  _IOC(_IOC_WRITE, type, nr, sizeof(arg))
#define _IOWR(type, nr, arg) _IOC(_IOC_READ | _IOC_WRITE, type, nr, sizeof(arg))

#endif
