#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""docs/injecting.md has every failure that the sources can inject, and what it comes out as; docs/model.md every profile.

usage: failures.py SOURCE-ROOT RMISIM
"""
import re
import subprocess
import sys
from pathlib import Path

ERRNO = {"INTR": "EINTR", "IO": "EIO", "NXIO": "ENXIO", "AGAIN": "EAGAIN", "NOMEM": "ENOMEM", "FAULT": "EFAULT",
         "BUSY": "EBUSY", "CANCELED": "ECANCELED", "HWPOISON": "EHWPOISON"}


def table(text, title):
    """Cells of the rows below a title, without the head."""
    part = text[text.index(title):]
    part = part[:part.find("\n## ", 1)]
    rows = [[c.strip() for c in line.strip("|").split("|")] for line in part.split("\n") if line.startswith("| ")]
    return rows[1:]


def differ(what, documented, real):
    return ([f"{what}: not in the document: {', '.join(sorted(real - documented))}"] if real - documented else []) + \
        ([f"{what}: only in the document: {', '.join(sorted(documented - real))}"] if documented - real else [])


def sources(root, folder):
    return "\n".join(p.read_text() for p in sorted((root / folder).rglob("*.[ch]")))


def legal_labels(root):
    """What the model, the environment and the table of outcomes call a failure."""
    model, kernel = sources(root, "lib"), sources(root, "sim/kernel")
    labels = set(re.findall(r'\b(?:rmm_choose\([^;"]*|chooses\(c, [A-Z_]*, )"([a-z-]+)"', model))
    for call in re.findall(r"\b(?:__sim_fails|__sim_may_fail|page_may_fail|take_order)\(([^;{]*)[;{]", kernel):
        labels |= set(re.findall(r'"([A-Za-z_ ]+)"', call)) - {"xa_reserve"}
    labels |= set(re.findall(r'return gfpflags.*?"([^"]+)" : "([^"]+)"', kernel)[0])
    return labels


def outcomes(root):
    """label -> errnos it may come out as."""
    text = (root / "sim/failure.c").read_text()
    text = text[text.index("} outcomes[] = {"):]
    by = {}
    for label, errnos in re.findall(r'\{ "([^"]+)", [^,]+, \d, ([A-Z |]+) \}', text[:text.index("};")]):
        by.setdefault(label, set()).update(ERRNO[e] for e in errnos.split(" | "))
    return by


def check_legal(root, text):
    rows = table(text, "## Legal failures")
    documented = [label for row in rows for label in row[0].split(", ")]
    wrong = differ("labels", set(documented), legal_labels(root))
    by = outcomes(root)
    wrong += [f"{o}: an outcome of no failure" for o in by if o not in documented]
    for row in rows:
        real = set().union(*(by.get(label, set()) for label in row[0].split(", ")))
        itself = set(re.findall(r"\bE[A-Z]+", row[1])) if "itself" in row[2] else set()
        wrong += differ(row[0], set(re.findall(r"-(E[A-Z]+)", row[2])) | itself, real)
    return wrong


def check_wrong(root, text):
    rows = {row[0]: row for row in table(text, "## Wrong answers")}
    code = (root / "sim/wrong.c").read_text()
    base_of = code[code.index("static unsigned base_of("):]
    base_of = base_of[:base_of.index("default:")]
    idle = next((r for r in rows if r.startswith("the same, of ")), "")
    wrong = differ("without progress", set(re.findall(r"RMI_[A-Z_]+", idle)), set(re.findall(r"case (RMI_[A-Z_]+)", base_of)))
    real = {label: int(n) - 1 for n, label in re.findall(r'SIM_CHOOSE_FAIL,\s*(\d+), "(answer [A-Z_]+)"', code)}
    wrong += differ("labels", {r for r in rows if not r.startswith("the same")} - {"answer COMMAND"}, set(real))
    for label, ways in real.items():
        row = rows.get(label, ["", "0", ""])
        told = [int(n) for n in re.findall(r"\b(\d): ", row[2])]
        if int(row[1]) != ways or told != list(range(1, ways + 1)):
            wrong.append(f"{label}: {ways} ways, and the document tells {row[1]}: {told}")
    return wrong + ([] if len(real) >= 2 else ["sim/wrong.c cannot be read"])


def check_profiles(root, rmisim):
    code = (root / "lib/profile.c").read_text()
    profiles = re.findall(r'\.name = "([^"]+)"', code)
    text = (root / "docs/model.md").read_text()
    part = text[text.index("## Profiles"):]
    columns = [c.strip(" ()*") for c in part[part.index("| |") + 3:].split("\n")[0].strip("|").split("|")]
    columns = [c.removesuffix(" (default") for c in columns]
    alone = re.findall(r"^\| `([a-z0-9-]+)` \|", part[:part.index("\n## ")], flags=re.M)
    wrong = differ("docs/model.md", set(columns + alone), set(profiles))
    says = subprocess.run([rmisim, "list", "--profile", "no-such"], capture_output=True, text=True)
    told = re.findall(r"[a-z0-9-]+", says.stderr.partition("there are ")[2])
    return wrong + [f"`rmisim --profile` does not name {p}" for p in profiles if p not in told]


def main():
    root, rmisim = Path(sys.argv[1]), sys.argv[2]
    text = (root / "docs/injecting.md").read_text()
    tests = [
        ("every legal failure is in docs/injecting.md, with its errnos", check_legal(root, text)),
        ("every wrong answer is there, with its ways", check_wrong(root, text)),
        ("every profile is in docs/model.md, and the program names it", check_profiles(root, rmisim)),
    ]
    print(f"1..{len(tests)}")
    for i, (name, wrong) in enumerate(tests, 1):
        print(f"{'not ok' if wrong else 'ok'} {i} - {name}")
        for line in wrong:
            print(f"# {line}")
    return any(wrong for _, wrong in tests)


sys.exit(main())
