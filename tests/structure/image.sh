# SPDX-License-Identifier: BSD-2-Clause
# What a kernel image may leave undefined; sourced by the checks of images, after tap.sh.

# The memory functions that a compiler calls on its own, strlen and friends of linux/string.h, and what the compiler, its
# sanitizers and its coverage bring along. Any other name is of something that is declared and not modelled.
image_leaves_nothing_undefined()
{
	nm -D --undefined-only "$1" | awk '{ print $NF }' | sed 's/@.*//' | sort -u |
		grep -vxE 'mem(cpy|move|set|cmp)|str(len|cmp)' |
		grep -vE '^(__(asan|ubsan|tsan|sanitizer|gcov|llvm|cxa|gmon_start|stack_chk_fail)|_ITM_|_?Unwind_)' |
		sed "s|^|${1##*/} needs |"
}
