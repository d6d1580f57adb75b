/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The kernel log goes to the event stream.
 */
#ifndef _LINUX_PRINTK_H
#define _LINUX_PRINTK_H

#include <linux/compiler.h>
#include <sim/note.h>

#define KERN_EMERG   ""
#define KERN_ALERT   ""
#define KERN_CRIT    ""
#define KERN_ERR     ""
#define KERN_WARNING ""
#define KERN_NOTICE  ""
#define KERN_INFO    ""
#define KERN_DEBUG   ""
#define KERN_CONT    ""

#ifndef pr_fmt
#define pr_fmt(fmt) fmt
#endif

#define printk(fmt...)      __sim_note(__SIM_LOG, "printk", __func__, fmt)
#define pr_emerg(fmt, ...)  printk(pr_fmt(fmt), ##__VA_ARGS__)
#define pr_err(fmt, ...)    printk(pr_fmt(fmt), ##__VA_ARGS__)
#define pr_warn(fmt, ...)   printk(pr_fmt(fmt), ##__VA_ARGS__)
#define pr_notice(fmt, ...) printk(pr_fmt(fmt), ##__VA_ARGS__)
#define pr_info(fmt, ...)   printk(pr_fmt(fmt), ##__VA_ARGS__)
#define pr_debug(fmt, ...)                          \
	do {                                        \
		if (0)                              \
			printk(fmt, ##__VA_ARGS__); \
	} while (0)
#define pr_err_once(fmt, ...)         pr_err(fmt, ##__VA_ARGS__)
#define pr_warn_once(fmt, ...)        pr_warn(fmt, ##__VA_ARGS__)
#define pr_info_once(fmt, ...)        pr_info(fmt, ##__VA_ARGS__)
#define pr_err_ratelimited(fmt, ...)  pr_err(fmt, ##__VA_ARGS__)
#define pr_warn_ratelimited(fmt, ...) pr_warn(fmt, ##__VA_ARGS__)

#endif
