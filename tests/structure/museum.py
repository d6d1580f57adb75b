#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""The museum's headers, docs/museum.md, the list of what is explained and that of v14 agree.

museum.py ROOT RMISIM           compare (TAP)
museum.py --write ROOT RMISIM   write the tables of docs/museum.md, with what `rmisim museum --json` says
museum.py --posted ROOT         write tests/museum/v14-posted.list
"""
import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

NUMBERS = range(1, 126)
OWN = range(900, 950)  # our own finds
PLANTED = range(950, 1000)  # in no version: for a check that one exhibit alone would trip
COST = {22, 38, 49, 102}
CLASSES = ("build", "policy", "outside", "same", "wrong", "abi")
CLASS_WORDS = {
    "build": "does not build, or builds something else",
    "policy": "a decision, and nobody is harmed",
    "outside": "outside of what is modelled",
    "same": "the mechanism of another exhibit",
    "wrong": "turned out not to hold",
    "abi": "cannot be written with our one header of layouts",
}
FOUND = re.compile(
    r"(?P<scenario>[a-z0-9-]+)(?:, (?P<preemptions>\d+) preemptions?)?(?:, inject (?P<inject>legal|wrong))?"
    r"(?:, edition (?P<edition>bet[123]))?(?:, profile (?P<profile>[a-z0-9-]+))?(?P<metamorphic>, metamorphic)?"
    r", (?P<check>[a-z-]+)(?:: ?(?P<text>.*))?$")
# No bug, or a policy: what `rmisim compare` says of it (sim/cli/exhibit_compare.c).
COMPARE = re.compile(FOUND.pattern.replace("[a-z0-9-]+)", "[a-z0-9 -]+)", 1).replace("(?P<check>[a-z-]+)", "(?P<check>same|differs)"))


class Patch:
    def __init__(self, path):
        self.path, self.name = path, path.name
        head = re.split(r"^(?:diff --git|---) ", path.read_text(), maxsplit=1, flags=re.M)[0]
        self.field = dict(re.findall(r"^([A-Z][a-z]+): *(.*)$", head, flags=re.M))
        m = re.match(r"(?:kernel-)?([A-Za-z0-9-]+)", self.field.get("Image", ""))
        self.image = re.sub(r"^model-", "", m.group(1)) if m else ""
        self.compares = "Compare" in self.field
        self.shown = "Found" in self.field or self.compares
        self.found = (COMPARE.match(self.field["Compare"]) if self.compares else
                      FOUND.match(self.field.get("Found", "")))
        m = re.match(r"(\d+)-", path.name)
        self.number = int(m.group(1)) if m else None  # of the 125; None: of the model
        self.kind = self.field.get("Kind", "")

    def scenario(self):
        f = self.found
        says = f["scenario"]
        n = int(f["preemptions"] or 0)
        if f["metamorphic"]:
            says += ", metamorphic"
        elif n or not f["inject"]:
            says += f", {n} preemption{'' if n == 1 else 's'}"
        if f["inject"]:
            says += f", inject {f['inject']}"
        if f["edition"] and f["edition"] != "bet1":
            says += f", edition {f['edition']}"
        if f["profile"] and f["profile"] != "strict":
            says += f", profile {f['profile']}"
        return says

    def is_of_v14(self):
        """"v13 to v18", "RFC to v6, v14", "up to v14 (v15 not read)"; what stands in brackets is about a part."""
        def version(text):
            m = re.match(r"\s*v(\d+)", text)
            return 0 if "RFC" in text else int(m.group(1)) if m else 99 if "newest" in text else -1
        for part in re.sub(r"\([^)]*\)", "", self.field.get("In", "")).split(","):
            m = re.match(r"\s*(?:up|(.*?)) to (.*)", part)
            if m and version(m.group(1) or "RFC") <= 14 <= version(m.group(2)):
                return True
            if version(part) == 14 and not m:
                return True
        return False


def read_patches(root):
    host = [Patch(p) for p in sorted((root / "tests/museum").glob("[0-9][0-9][0-9]-*.patch"))]
    model = [Patch(p) for p in sorted((root / "tests/museum/model").glob("M[0-9][0-9]-*.patch"))]
    return host, model


def read_explained(root):
    path = root / "tests/museum/explained.list"
    lines = path.read_text().splitlines() if path.exists() else []
    return [[cell.strip() for cell in line.split("|", 2)] for line in lines if line.strip() and line[0] != "#"]


def read_posted(root):
    """Patches of the list, and those that a comment gives a reason for: "# NAME.patch: why"."""
    text = (root / "tests/museum/v14-posted.list").read_text()
    return (re.findall(r"^([0-9][^#\s]*\.patch)", text, flags=re.M),
            dict(re.findall(r"^# *([0-9]\S*\.patch): *(\S.*)$", text, flags=re.M)))


# The list of v14

POSTED_HEAD = """# SPDX-License-Identifier: GPL-2.0-only
# kernel-v14-posted.so: what v14 did differently from the clean port, as far as this museum has it.
# tests/structure/museum.py --posted . writes it: the exhibits of v14 in order, but for those with a reason here.
# What changes lines of patches before it is in v14-posted-rest.patch, which is applied last.
"""
REST = "v14-posted-rest.patch"


def applies(tree, patch, really):
    command = ["patch", "-d", str(tree), "-p1", "-s", "-f", "-N", "-F0", "--no-backup-if-mismatch", "-r", "-"]
    with patch.open() as text:
        return not subprocess.run(command + ([] if really else ["--dry-run"]), stdin=text, capture_output=True).returncode


def culprits(root, patch, before):
    """Which of `before` keep the patch from applying, each by itself."""
    names = []
    for other in before:
        with tempfile.TemporaryDirectory() as tree:
            shutil.copytree(root / "sim/kvm", Path(tree) / "sim/kvm")
            if applies(tree, other.path, True) and not applies(tree, patch.path, False):
                names.append(other.name)
    return names


def write_posted(root):
    host, _ = read_patches(root)
    listed, reasons = read_posted(root)
    lines, taken = [], []
    with tempfile.TemporaryDirectory() as tree:
        shutil.copytree(root / "sim/kvm", Path(tree) / "sim/kvm")
        for patch in host:
            if not patch.is_of_v14() or not (patch.shown or patch.name in listed):
                continue
            why = reasons.get(patch.name)
            if why and not why.startswith("changes lines of"):
                lines.append(f"# {patch.name}: {why}")
            elif applies(tree, patch.path, False): # (a patch that does not would leave some of its hunks)
                applies(tree, patch.path, True)
                taken.append(patch)
                lines.append(patch.name)
            else:
                by = culprits(root, patch, taken)
                lines.append(f"# {patch.name}: changes lines of {' and '.join(by) or 'several before it'}")
        rest = applies(tree, root / "tests/museum" / REST, False)
    (root / "tests/museum/v14-posted.list").write_text(POSTED_HEAD + "\n".join([*lines, REST]) + "\n")
    if not rest:
        sys.exit(f"museum.py: tests/museum/{REST} no longer applies behind the others: write it anew as a diff of a copy "
                 f"of sim/kvm with the patches of v14-posted.list, to that copy with the defects it names")


# The page

PLANTED_TITLE = "Planted in the port"
PLANTED_SENTENCE = ("Defects of no version, written because a check that one exhibit alone has tripped may fit that one only: "
                    "each breaks the check's sentence in another way.")


def cells(*texts):
    return "| " + " | ".join(str(t).replace("|", "\\|") for t in texts) + " |"


def counts(host, model, explained):
    numbers = {p.number for p in host if p.shown and p.number in NUMBERS}
    told = {int(e[0][1:]) for e in explained if re.fullmatch(r"B\d+", e[0])}
    own = sum(p.shown and p.number in OWN for p in host)
    planted = sum(p.shown and p.number in PLANTED for p in host)
    return (f"Of {len(NUMBERS)} entries {len(numbers - COST)} are shown as what they do and {len(numbers & COST)} by what they "
            f"cost, {len(told)} are explained, {len(set(NUMBERS) - numbers - told)} are open. "
            f"There are {sum(p.shown for p in host) - planted} exhibits of the host, {own} of them our own finds, and "
            f"{sum(p.shown for p in model)} of the RMM; {planted} more were planted in the port.")


def exhibit_rows(patches, results):
    rows = [cells("Exhibit", "What", "In", "Scenario", "Found by", "Schedules", "ms"), cells(*["---"] * 7)]
    for p in patches:
        r = results.get(p.image, {})
        rows.append(cells(p.image, p.field["Title"], p.field["In"], p.scenario(), f"`{p.found['check']}`",
                          r.get("schedules", "?"), round(r["ms"]) if "ms" in r else "?"))
    return rows


def sections(host, model, explained, results):
    shown = [p for p in host if p.shown and p.found]
    groups = (("Defects of the host", [p for p in shown if p.kind == "defect"]),
              ("What only costs", [p for p in shown if p.kind == "cost"]),
              ("The same, written differently", [p for p in shown if p.kind == "equivalence"]),
              ("Defects of the RMM", [p for p in model if p.shown and p.found]),
              (PLANTED_TITLE, [p for p in shown if p.kind == "planted"]))
    lines = [counts(host, model, explained), ""]
    for title, patches in groups:
        if patches:
            lines += [f"### {title}", "", *([PLANTED_SENTENCE, ""] if title == PLANTED_TITLE else []),
                      *exhibit_rows(patches, results), ""]
    if explained:
        lines += ["### Explained", "", cells("Entry", "Why it is not shown", ""), cells(*["---"] * 3)]
        lines += [cells(e[0], CLASS_WORDS.get(e[1], e[1]), e[2]) for e in sorted(explained)]
        lines.append("")
    return lines


BEGIN, END = "<!-- exhibits: written by tests/structure/museum.py --write -->", "<!-- end of the exhibits -->"


def split_page(root):
    text = (root / "docs/museum.md").read_text()
    before, rest = text.split(BEGIN + "\n")
    inside, after = rest.split(END + "\n")
    return before, inside, after


def without_measured(line):
    return re.sub(r"\| [^|]* \| [^|]* \|$", "|", line) if line.count("|") >= 8 else line


def page_differs(root, host, model, explained):
    want = sections(host, model, explained, {})
    _, inside, _ = split_page(root)
    have = [without_measured(line) for line in inside.strip("\n").split("\n")]
    want = [without_measured(line) for line in "\n".join(want).strip("\n").split("\n")]
    wrong = [f"missing: {line}" for line in want if line not in have]
    wrong += [f"stale: {line}" for line in have if line not in want]
    return wrong + (["run tests/structure/museum.py --write . BUILD/sim/cli/rmisim, with all exhibits built"] if wrong else [])


def write_page(root, rmisim):
    host, model = read_patches(root)
    out = subprocess.run([rmisim, "museum", "--json", "--quick"], capture_output=True, text=True).stdout
    results = {e["id"]: e for e in json.loads(out)["exhibits"] if e.get("found")}
    missing = [p.image for p in host + model if p.shown and p.image not in results]
    if missing:
        sys.exit(f"museum.py: not built, or not found: {' '.join(missing)}; meson configure -Dmuseum=all, and build")
    before, _, after = split_page(root)
    inside = "\n".join(sections(host, model, read_explained(root), results))
    (root / "docs/museum.md").write_text(before + BEGIN + "\n\n" + inside + "\n" + END + "\n" + after)


# What must hold

def headers_are_whole(patches):
    wrong = []
    for p in patches:
        if not p.shown:
            continue
        if not p.found:
            wrong.append(f"{p.name}: cannot be read: {p.field.get('Found', p.field.get('Compare'))}")
        if p.field.get("Id") != p.image:
            wrong.append(f"{p.name}: Id: {p.field.get('Id')}, but the image is {p.image}")
        if p.compares != (p.kind == "equivalence"):
            wrong.append(f"{p.name}: an equivalence has a line Compare, and nothing else has")
        if p.kind not in ("defect", "cost", "equivalence", "planted"):
            wrong.append(f"{p.name}: Kind: {p.kind}")
        if (p.number in PLANTED) != (p.kind == "planted"):
            wrong.append(f"{p.name}: Kind: {p.kind}; those from {PLANTED.start} on are planted, and no others")
        if p.kind == "planted" and p.field["In"] != "nowhere (planted)":
            wrong.append(f"{p.name}: In: {p.field['In']}; what is planted is nowhere (planted)")
        if (p.number in COST) != (p.kind == "cost") and p.number is not None and p.number < 900:
            wrong.append(f"{p.name}: Kind: {p.kind}; those of {sorted(COST)} are cost, and no others")
        if p.number and not re.match(rf"B{p.number:03}(-|$)", p.image):
            wrong.append(f"{p.name}: the image is {p.image}")
    images = [p.image for p in patches if p.shown]
    return wrong + [f"two patches are {i}" for i in sorted(set(images)) if images.count(i) > 1]


def found_by_general(patches, checks):
    wrong = []
    for p in patches:
        if p.compares:
            continue
        if p.shown and p.found and p.found["check"] not in checks:
            wrong.append(f"{p.name}: {p.found['check']} is no check of `rmisim list --checks`")
        if p.shown and p.found and p.found["check"] == "expect":
            wrong.append(f"{p.image}: only the scenario says it ({p.found['text']})")
    return wrong


def planted_checks(root):
    text = (root / "tests/planted/meson.build").read_text()
    found = re.findall(r"^\s*'[a-z-]+': \['[a-z0-9-]+', '(?:expect: )?([a-z-]+)', '\d+'\]", text, flags=re.M)
    return found + re.findall(r"^test\('deadlock'.*'(deadlock)', '\d'\]", text, flags=re.M)


def tripped_twice(root, patches):
    by = defaultdict(set)
    for p in patches:
        if p.shown and p.found and p.found["check"] != "expect" and p.kind in ("defect", "planted"):
            by[p.found["check"]].add(p.image)
    planted = planted_checks(root)
    return [f"{check}: only {' '.join(by[check])}" for check in sorted(by)
            if len(by[check]) + planted.count(check) < 2]


def numbers_once(host, explained):
    shown = {p.number for p in host if p.shown}
    told = [int(e[0][1:]) for e in explained if re.fullmatch(r"B\d+", e[0])]
    wrong = [f"B{n:03} is shown and explained" for n in sorted(shown & set(told))]
    wrong += [f"B{n:03} is explained twice" for n in sorted(set(told)) if told.count(n) > 1]
    left = [n for n in NUMBERS if n not in shown and n not in told]
    return wrong + ([f"{len(left)} neither: " + " ".join(f"B{n}" for n in left)] if left else [])


def explained_well(host, explained):
    wrong = []
    shown = {p.number for p in host if p.shown}
    for e in explained:
        if len(e) != 3 or not re.fullmatch(r"B\d+", e[0]) or int(e[0][1:]) not in NUMBERS:
            wrong.append(f"not 'B<number> | CLASS | why': {' | '.join(e)}")
        elif e[1] not in CLASSES:
            wrong.append(f"{e[0]}: no such class: {e[1]}; there are {' '.join(CLASSES)}")
        elif len(e[2]) < 20:
            wrong.append(f"{e[0]}: why?")
        elif e[1] == "same" and not any(int(n) in shown for n in re.findall(r"B(\d+)", e[2])):
            wrong.append(f"{e[0]}: the same as which exhibit?")
    return wrong


def posted_complete(root, host):
    listed, reasons = read_posted(root)
    names = {p.name for p in host}
    wrong = [f"{n} is not there" for n in listed + list(reasons) if n not in names]
    for p in host:
        if p.shown and p.is_of_v14() and p.name not in listed and p.name not in reasons:
            wrong.append(f"{p.name} is of v14 ({p.field['In']}): run tests/structure/museum.py --posted .")
        if p.name in listed and not p.is_of_v14():
            wrong.append(f"{p.name} is not of v14: {p.field['In']}")
    together = re.search(r"^Together: (.*)$", (root / "tests/museum" / REST).read_text(), flags=re.M).group(1).split()
    in_rest = [n.split("-")[0] for n, why in reasons.items() if why.startswith("changes lines of")]
    wrong += [f"{REST} lacks {n}" for n in in_rest if n not in together]
    wrong += [f"{REST} has {n}, which the list has" for n in together if n not in in_rest]
    return wrong


def main():
    arguments = [a for a in sys.argv[1:] if not a.startswith("--")]
    root = Path(arguments[0])
    if "--posted" in sys.argv:
        return write_posted(root)
    if "--write" in sys.argv:
        return write_page(root, arguments[1])
    host, model = read_patches(root)
    explained = read_explained(root)
    out = subprocess.run([arguments[1], "list", "--checks", "--json"], check=True, capture_output=True, text=True).stdout
    checks = {c["name"] for c in json.loads(out)["checks"]}
    tests = [
        ("the headers are whole", headers_are_whole(host + model)),
        ("every exhibit is found by a general check", found_by_general(host + model, checks)),
        ("each check has found two exhibits or planted faults", tripped_twice(root, host + model)),
        ("every number is shown or explained, once", numbers_once(host, explained)),
        ("what is explained has a class and a reason", explained_well(host, explained)),
        ("the list of v14 is complete", posted_complete(root, host)),
        ("docs/museum.md has the exhibits as they are", page_differs(root, host, model, explained)),
    ]
    print(f"1..{len(tests)}")
    for i, (name, wrong) in enumerate(tests, 1):
        print(f"{'not ok' if wrong else 'ok'} {i} - {name}")
        for line in wrong:
            print(f"# {line}")
    return any(wrong for _, wrong in tests)


if __name__ == "__main__":
    sys.exit(main())
