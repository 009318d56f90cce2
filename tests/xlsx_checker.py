"""Reads an XLSX file the way an attacker's victim would: what in it is alive?"""

import io
import warnings
import zipfile
from xml.etree import ElementTree

import openpyxl

from .ooxml_rules import broken_rules

LIVE_TAGS = {"f", "hyperlink", "oleObject", "externalReference", "ddeLink", "definedName"}


def faults(data):
    """Return what is wrong with the file ``data``, one line each; an empty list is a safe file.

    Every part must be well-formed XML and keep the rules of the format, openpyxl must open it, and
    no cell may be a formula, an error or a link.
    """
    found = []
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except zipfile.BadZipFile as error:
        return [f"not a zip file: {error}"]
    for name in archive.namelist():
        try:
            root = ElementTree.fromstring(archive.read(name))
        except ElementTree.ParseError as error:
            found.append(f"{name}: broken XML, {error}")
            continue
        for element in root.iter():
            tag = element.tag.rpartition("}")[2]
            if tag in LIVE_TAGS:
                found.append(f"{name}: <{tag}> {element.text or ''}")
            if tag == "c" and element.get("t") in ("e", "str"):
                found.append(f"{name}: error or formula result in {element.get('r')}")
            if tag == "Relationship" and element.get("TargetMode") == "External":
                found.append(f"{name}: link to {element.get('Target')}")
    if not any("broken XML" in fault for fault in found):
        found += broken_rules(archive)
    try:
        _open(data)
    except Exception as error:  # whatever the reader raises, the file is broken
        found.append(f"openpyxl cannot open it: {error!r}")
    return found


def cells(data, sheet=None):
    """Return the values of a sheet (the first one) as a list of rows."""
    book = _open(data)
    worksheet = book[sheet] if sheet else book.worksheets[0]
    return [list(row) for row in worksheet.iter_rows(values_only=True)]


def _open(data):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        # A number in a date column is a mistake of the caller, not a broken file.
        warnings.filterwarnings("ignore", message="Cell .* is marked as a date")
        return openpyxl.load_workbook(io.BytesIO(data))
