#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Who may include whom: sh includes.sh SOURCE-ROOT
set -u
. "$(dirname "$0")/tap.sh"

# Prints FILE:LINE:INCLUDED for each #include in the C files below DIR; "x.h" keeps its quotes.
includes_of()
{
	[ -d "$1" ] || { echo "$1: no such folder"; return; }
	find "$1" -name '*.[ch]' -exec grep -nEH '^[[:space:]]*#[[:space:]]*include' {} + |
		sed -E 's/^([^:]*:[0-9]+):[^<"]*(<([^>]*)>|("[^"]*")).*/\1:\3\4/'
}

# The port: kernel-named headers that exist under include/kernel, or its own. Only probe.c knows host.h.
port_stands_on_kernel_headers()
{
	root=$1
	includes_of "$root/sim/kvm" | while IFS=: read -r file line header; do
		case $header in
		linux/* | asm/* | asm-generic/* | uapi/* | kvm/* | trace/*)
			[ -f "$root/include/kernel/$header" ] && continue
			;;
		'"host.h"')
			[ "${file##*/}" = probe.c ] && continue
			;;
		\"*)
			own=${header#\"}
			own=${own%\"}
			case $own in
			*..*) ;;
			*) [ -f "${file%/*}/$own" ] || [ -f "$root/sim/kvm/$own" ] && continue ;;
			esac
			;;
		esac
		echo "$file:$line includes $header"
	done
}

# The environment below the port: kernel-named headers, its own (include/kernel/sim/), and the seam.
environment_stands_on_kernel_headers()
{
	root=$1
	includes_of "$root/sim/kernel" | while IFS=: read -r file line header; do
		case $header in
		linux/* | asm/* | asm-generic/* | uapi/* | kvm/* | trace/* | sim/*)
			[ -f "$root/include/kernel/$header" ] && continue
			;;
		\"*..*) ;;
		\"*)
			own=${header#\"}
			[ -f "$root/sim/kernel/${own%\"}" ] && continue
			;;
		esac
		echo "$file:$line includes $header"
	done
}

# The model: libc, libmd, its own files and those public headers that need nothing of sim/.
model_stands_alone()
{
	root=$1
	includes_of "$root/lib" | while IFS=: read -r file line header; do
		case $header in
		rmisim/rmi.h | rmisim/rmm.h | rmisim/decode.h) continue ;;
		rmisim/* | linux/* | asm/* | asm-generic/* | uapi/* | kvm/*) ;;
		*sim/* | *kernel/*) ;;
		\"*)
			own=${header#\"}
			own=${own%\"}
			[ -f "${file%/*}/$own" ] || [ -f "$root/lib/$own" ] && continue
			;;
		*) continue ;;
		esac
		echo "$file:$line includes $header"
	done
	for header in rmi.h rmm.h decode.h; do
		[ -f "$root/include/rmisim/$header" ] || continue
		grep -nH 'include <rmisim/' "$root/include/rmisim/$header" |
			grep -vE '<rmisim/(rmi|rmm|decode)\.h>'
	done
	return 0
}

# The harness: no kernel header and nothing of the port.
harness_stays_out_of_the_port()
{
	root=$1
	for file in "$root"/sim/*.[ch] "$root"/sim/cli/*.[ch] "$root"/include/rmisim/*.h; do
		[ -f "$file" ] || continue
		grep -nEH '#[[:space:]]*include[[:space:]]*(<(asm|kvm|uapi)/|<linux/kvm|"[^"]*kvm/)' "$file" |
			sed 's/$/ (of the port)/'
	done
	return 0
}

# What stands on the public interface alone: public headers, libc and a header of its own.
# includes_only_what_is_public ROOT FOLDER OWN-HEADER
includes_only_what_is_public()
{
	root=$1 own=$3
	includes_of "$root/$2" | while IFS=: read -r file line header; do
		case $header in
		rmisim/explore.h | rmisim/rmi.h | rmisim/rmm.h | rmisim/sim.h | rmisim/scenario.h | "\"$own\"") continue ;;
		rmisim/* | asm/* | kvm/* | sim/* | *kernel/* | \"*) ;;
		*) continue ;;
		esac
		echo "$file:$line includes $header"
	done
}

# Benchmarks measure what a user of librmisim-rmm gets.
benchmarks_use_the_public_model()
{
	includes_only_what_is_public "$1" sim/bench bench.h
}

# Scenarios of the catalogue are what a user could have written.
scenarios_use_the_public_interface()
{
	includes_only_what_is_public "$1" sim/scenario scenario.h
}

root=$1
holds "the port includes only kernel-named headers" port_stands_on_kernel_headers "$root"
holds "the kernel environment includes only kernel-named headers" \
	environment_stands_on_kernel_headers "$root"
holds "the model includes nothing of the harness or the kernel" model_stands_alone "$root"
holds "the harness includes nothing of the port" harness_stays_out_of_the_port "$root"
holds "the benchmarks include of the model only what is public" benchmarks_use_the_public_model "$root"
holds "the catalogue is written against the public interface" scenarios_use_the_public_interface "$root"

# Each check objects to a sample that breaks its rule.
tap_scratch
mkdir -p "$scratch/sim/kvm" "$scratch/sim/kernel" "$scratch/lib" "$scratch/sim/cli" "$scratch/sim/bench" \
	"$scratch/include/kernel/linux" "$scratch/include/rmisim"
touch "$scratch/include/kernel/linux/kvm_host.h" "$scratch/sim/kernel/host.h"
printf '#include <linux/kvm_host.h>\n#include "host.h"\n' >"$scratch/sim/kvm/probe.c"
printf '#include <stdio.h>\n' >"$scratch/sim/kernel/page.c"
printf '#include <stdio.h>\n' >"$scratch/lib/good.c"
holds "a well-behaved port is accepted" port_stands_on_kernel_headers "$scratch"
holds "a well-behaved model is accepted" model_stands_alone "$scratch"
printf '#include <stdio.h>\n' >"$scratch/sim/kvm/libc.c"
trips "a port that includes libc is refused" 'libc.c:1 includes stdio.h' \
	port_stands_on_kernel_headers "$scratch"
rm "$scratch/sim/kvm/libc.c"
printf '#include "host.h"\n' >"$scratch/sim/kvm/mmu.c"
trips "a port that includes the seam is refused" 'mmu.c:1 includes "host.h"' \
	port_stands_on_kernel_headers "$scratch"
printf '#include <rmisim/rmm.h>\n' >"$scratch/sim/kvm/mmu.c"
trips "a port that includes the model is refused" 'mmu.c:1 includes rmisim/rmm.h' \
	port_stands_on_kernel_headers "$scratch"
trips "an environment that includes libc is refused" 'page.c:1 includes stdio.h' \
	environment_stands_on_kernel_headers "$scratch"
printf '#include <rmisim/sim.h>\n' >"$scratch/lib/bad.c"
trips "a model that includes the harness is refused" 'bad.c:1 includes rmisim/sim.h' \
	model_stands_alone "$scratch"
printf '#include "../sim/world.h"\n' >"$scratch/lib/bad.c"
trips "a model that includes a file of sim/ is refused" 'bad.c:1 includes' model_stands_alone "$scratch"
printf '#include "kvm/mmu.h"\n' >"$scratch/sim/world.c"
trips "a harness that includes the port is refused" 'world.c:1:' harness_stays_out_of_the_port "$scratch"
printf '#include <stdio.h>\n#include <rmisim/rmm.h>\n#include "bench.h"\n' >"$scratch/sim/bench/good.c"
holds "a benchmark of the public model is accepted" benchmarks_use_the_public_model "$scratch"
printf '#include "../../lib/model.h"\n' >"$scratch/sim/bench/bad.c"
trips "a benchmark that looks inside is refused" 'bad.c:1 includes' benchmarks_use_the_public_model "$scratch"
mkdir -p "$scratch/sim/scenario"
printf '#include "scenario.h"\n#include "../world.h"\n' >"$scratch/sim/scenario/bad.c"
trips "a scenario that looks inside is refused" 'bad.c:2 includes' scenarios_use_the_public_interface "$scratch"
tap_end
