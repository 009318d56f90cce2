"""Checks of XML, CSV and manifest that Odoo itself makes late or not at all."""

import csv
import re
from xml.etree import ElementTree

# what Odoo 19 no longer knows, or only warns about
OUTDATED = (
    (re.compile(r"<tree\b"), "<tree> is now <list>"),
    (re.compile(r"\b(attrs|states)="), "attrs and states are gone: write the condition itself"),
    (re.compile(r"\bt-(raw|esc)="), "use t-out"),
    (re.compile(r"t-name=.kanban-box."), "the kanban template is now called card"),
    (re.compile(r"\bgroups_id\b"), "groups_id is now group_ids"),
    (re.compile(r"<field name=.numbercall."), "numbercall is gone"),
)
DATA_FOLDERS = ("views", "security", "data", "wizards", "reports")


def check_xml(folder, files):
    """Faults of XML files: not well-formed, outdated words, identifiers used twice.

    :param files: paths below folder.
    :returns: list of texts.
    """
    faults, seen = [], {}
    for path in files:
        name = path.relative_to(folder)
        text = path.read_text()
        try:
            root = ElementTree.fromstring(text)
        except ElementTree.ParseError as error:
            faults.append(f"{name}: not well-formed: {error}")
            continue
        for pattern, advice in OUTDATED:
            for match in pattern.finditer(text):
                line = text.count("\n", 0, match.start()) + 1
                faults.append(f"{name}:{line}: {advice}")
        faults += _check_records(name, root, seen)
        faults += _check_buttons(name, root)
    return faults


def _check_records(name, root, seen):
    if root.tag != "odoo":
        return
    for element in root.iter():
        if element.tag not in ("record", "menuitem", "template"):
            continue
        identifier = element.get("id")
        if not identifier:
            yield f"{name}: a <{element.tag}> has no id, so an update would double it"
        elif identifier in seen and seen[identifier] != name:
            yield f"{name}: {identifier} is defined in {seen[identifier]} too"
        else:
            seen[identifier] = name


def _check_buttons(name, root):
    """A button or icon without words says nothing to a screen reader."""
    for element in root.iter():
        words = "".join(element.itertext()).strip() or any(
            element.get(key) for key in ("string", "title", "aria-label", "t-att-title",
                                         "t-att-aria-label", "aria-hidden", "help")
        )
        if element.tag == "button" and element.get("icon") and not words and len(element) == 0:
            yield f"{name}: the button {element.get('name')} shows an icon without words"


def check_manifest(folder, manifest):
    """Faults of the manifest: files that are missing, and data files nobody loads.

    :returns: list of texts.
    """
    listed = [*manifest.get("data", ()), *manifest.get("demo", ())]
    faults = [f"__manifest__.py: {name} is not there" for name in listed
              if not (folder / name).exists()]
    faults += [f"__manifest__.py: {name} is listed twice" for name in set(listed)
               if listed.count(name) > 1]
    for part in DATA_FOLDERS:
        for path in sorted([*(folder / part).glob("*.xml"), *(folder / part).glob("*.csv")]):
            name = str(path.relative_to(folder))
            if name not in listed:
                faults.append(f"{name}: the manifest does not load it")
    return faults


def check_csv(folder, files):
    """Faults of CSV data files: rows of a wrong length, identifiers used twice.

    :returns: list of texts.
    """
    faults = []
    for path in files:
        name = path.relative_to(folder)
        with path.open(newline="") as stream:
            header, *rows = list(csv.reader(stream)) or [[]]
        faults += [f"{name}: row {number} has {len(row)} cells, the header {len(header)}"
                   for number, row in enumerate(rows, 2) if row and len(row) != len(header)]
        if "id" in header:
            ids = [row[header.index("id")] for row in rows if len(row) == len(header)]
            faults += [f"{name}: {each} is there twice" for each in set(ids) if ids.count(each) > 1]
    return faults
