#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""docs/checks.md is what the table of checks says, and the sources use the names of the table.

checks.py ROOT RMISIM          compare (TAP)
checks.py --write ROOT RMISIM  write docs/checks.md
"""
import json
import re
import subprocess
import sys
from pathlib import Path

HEAD = """# What is checked

All of it in every run, whatever the scenario. `sim/invariant.c` is the table, `rmisim list --checks` prints it, and
`tests/structure/checks.py --write . rmisim` makes this page of it.

A violation begins with the name. **step**: looked at with each step, at what the step touched. **quiescent**: at
everything, behind `sim_join()`, in `sim_quiescent()` and at the end of each run. **end**: the same, where no VM is left.

What a world lets go on although it broke something is a *contract*: the path behind the breach is worth seeing, the run is a
violation all the same, and `sim_config.known_breaches` takes its name. Everything else ends the run, never the process.

KVM is held against the model only in VMs whose kernel objects nobody has asked for (`sim_vm_kernel()`), and not behind
an answer that the RMM has not given (`sim_config.answer`, wrong answers of `rmisim inject`): there a lie of the RMM would be taken for a
mistake of KVM; so would a load of what it left mapped (`memory`). What
a wrong answer must not lead to is found by the page allocator (`delegated-page`) and by `delegated-use`.

`run-errno` and `run-enxio` both look at what KVM_RUN returns. The first asks whether the API has that errno for a realm, or a failure that was
injected comes out as it; behind a wrong answer it is silent, since nobody has documented that. The second asks why: -ENXIO of an
active realm says that the RMM has refused something other than a page or a walk, and it is looked for behind wrong answers, too (a page for a
table refused, and -ENXIO where -ENOMEM was due: museum B048). An -ENXIO for no reason in a run without failures breaks both, and
`run-enxio` is told.

A rule of your own goes on top: `sim_expect()` in the scenario, fed by a hook on the events where it has to see each call
(`examples/check`, which also shows `known_breaches`).

Assertions of CMocka belong to the test's own thread: use `sim_expect()` in a vCPU's program and in a spawned actor. One that fails there
jumps away. With fibers the next call on the world, at the latest `sim_teardown()`, says so (`misuse`); on threads CMocka itself
prints the assertion and ends the process; inside `sim_explore()` the search is gone, and nobody can tell.
"""


def page(checks):
    lines = [HEAD]
    for title, ends in (("Contracts and invariants", False), ("What ends a run", True)):
        lines += [f"## {title}", "", "| Name | What always holds | Who says so | When |", "|---|---|---|---|"]
        for c in checks:
            if c["ends"] == ends:
                lines.append(f"| `{c['name']}` | {c['sentence']} | {c['source']} | {c['cost']} |")
        lines.append("")
    return "\n".join(lines).rstrip("\n") + "\n"


def used(root):
    """Names that the sources give to violations -> a file that does."""
    call = re.compile(
        r'(?:__sim_violation|env_breach)\(\s*"([a-z-]+)"'
        r'|sim_violatef\([^,;]+,\s*"([a-z-]+)"|sim_violate\([^,;]+,\s*"([a-z-]+)"'
        r'|not_quiet\(world,\s*"([a-z-]+)"|"(warn): kernel|sim_breach\(world, "([a-z-]+)"')
    names, ids = {}, set()
    for part in ("sim", "include/kernel"):
        for path in sorted((root / part).rglob("*.[ch]")):
            text = path.read_text()
            for m in call.finditer(text):
                names[next(g for g in m.groups() if g)] = path.relative_to(root)
            if path.name not in ("invariant.c",):
                ids |= set(re.findall(r"SIM_CONTRACT_([A-Z_]+)", text))
    return names, ids


def main():
    write = sys.argv[1] == "--write"
    root, rmisim = Path(sys.argv[-2]), sys.argv[-1]
    out = subprocess.run([rmisim, "list", "--checks", "--json"], check=True, capture_output=True, text=True).stdout
    checks = json.loads(out)["checks"]
    doc = root / "docs" / "checks.md"
    if write:
        doc.write_text(page(checks))
        return 0
    table = (root / "sim" / "invariant.c").read_text()
    ids = dict(re.findall(r'CONTRACT\(([A-Z_]+), "([a-z-]+)"', table))
    names, judged = used(root)
    known = {c["name"] for c in checks}
    tests = [
        ("docs/checks.md is what the table says", [] if doc.exists() and doc.read_text() == page(checks) else
         ["run tests/structure/checks.py --write . BUILD/sim/cli/rmisim"]),
        ("every violation has a row", [f"{n} ({p})" for n, p in sorted(names.items()) if n not in known]),
        ("every row is judged somewhere",
         [c["name"] for c in checks if c["ends"] and c["name"] not in names]
         + [n for i, n in sorted(ids.items()) if i not in judged and n not in names]),
        ("the table is sorted by who ends the run",
         [c["name"] for i, c in enumerate(checks) if c["ends"] != (i >= len(ids))]),
    ]
    print(f"1..{len(tests)}")
    for i, (name, wrong) in enumerate(tests, 1):
        print(f"{'not ok' if wrong else 'ok'} {i} - {name}")
        for line in wrong:
            print(f"# {line}")
    return any(wrong for _, wrong in tests)


if __name__ == "__main__":
    sys.exit(main())
