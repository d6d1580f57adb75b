/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Error numbers: the generic ones.
 */
#ifndef _LINUX_ERRNO_H
#define _LINUX_ERRNO_H

#define EPERM       1
#define ENOENT      2
#define EINTR       4
#define EIO         5
#define ENXIO       6
#define E2BIG       7
#define ENOEXEC     8
#define EBADF       9
#define EAGAIN      11
#define EWOULDBLOCK EAGAIN
#define ENOMEM      12
#define EACCES      13
#define EFAULT      14
#define ECHILD      10
#define EBUSY       16
#define EEXIST      17
#define ENODEV      19
#define EINVAL      22
#define ENFILE      23
#define ENOTTY      25
#define ENOSPC      28
#define ERANGE      34
#define ENOSYS      38
#define EOVERFLOW   75
#define EOPNOTSUPP  95
#define ETIMEDOUT   110
#define EALREADY    114
#define EINPROGRESS 115
#define ECANCELED   125
#define EHWPOISON   133
#define ERESTARTSYS 512
#define ENOTSUPP    524

#endif
