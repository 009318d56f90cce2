"""Rules of ECMA-376 whose breach makes a spreadsheet program “repair” a workbook.

A reader of our own beside openpyxl, which forgives much: parts, links between them, order and
place of cells, and whatever an index points at.
"""

import posixpath
import re
from xml.etree import ElementTree

RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
# CT_Worksheet is a sequence.
SEQUENCE = """
    sheetPr dimension sheetViews sheetFormatPr cols sheetData sheetCalcPr sheetProtection
    protectedRanges scenarios autoFilter sortState dataConsolidate customSheetViews mergeCells
    phoneticPr conditionalFormatting dataValidations hyperlinks printOptions pageMargins
    pageSetup headerFooter rowBreaks colBreaks customProperties cellWatches ignoredErrors
    smartTags drawing legacyDrawing legacyDrawingHF picture oleObjects controls
    webPublishItems tableParts extLst
"""
ORDER = SEQUENCE.split()
MOST_ROWS, MOST_COLUMNS, MOST_TEXT = 1_048_576, 16_384, 32_767


def broken_rules(archive):
    """:param archive: a :class:`zipfile.ZipFile`
    :return: list of texts, one for each breach
    """
    book = Book(archive)
    found = [*_parts(book), *_links(book), *_workbook(book)]
    for path in book.sheets():
        found += [f"{path}: {text}" for text in [*_sheet(book, path), *_tables(book, path)]]
    return found


class Book:
    """The parts of a workbook."""

    def __init__(self, archive):
        self.names = archive.namelist()
        self.roots = {name: ElementTree.fromstring(archive.read(name)) for name in self.names}
        self.strings = self.find("xl/sharedStrings.xml", "si")
        styles = self.roots.get("xl/styles.xml")
        self.formats = _count(styles, "cellXfs")
        self.differences = _count(styles, "dxfs")

    def find(self, name, tag):
        """:return: list of the elements of a part with a tag"""
        root = self.roots.get(name)
        return [] if root is None else [one for one in root.iter() if _tag(one) == tag]

    def sheets(self):
        """:return: list of paths of worksheets"""
        return [name for name in self.names if re.fullmatch(r"xl/worksheets/\w+\.xml", name)]

    def links(self, path):
        """:return: ``{id: path of the part it leads to}`` of a part"""
        folder, name = posixpath.split(path)
        return {
            one.get("Id"): posixpath.normpath(posixpath.join(
                "/" if one.get("Target").startswith("/") else folder, one.get("Target"),
            )).lstrip("/")
            for one in self.find(f"{folder}/_rels/{name}.rels".lstrip("/"), "Relationship")
            if one.get("TargetMode") != "External"
        }


def _tag(element):
    return element.tag.rpartition("}")[2]


def _count(root, tag):
    """Number of children; the count that is written beside them must say the same."""
    if root is None:
        return 0
    parent = next((one for one in root.iter() if _tag(one) == tag), None)
    return 0 if parent is None else len(parent)


def _place(reference):
    """``"AB12"`` as (row, column), counted from 1."""
    letters, digits = re.fullmatch(r"\$?([A-Z]{1,3})\$?(\d{1,7})", reference).groups()
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - 64
    return int(digits), column


def _area(reference):
    """``"A1:C3"`` as (first row, first column, last row, last column)."""
    first, _colon, last = reference.partition(":")
    return (*_place(first), *_place(last or first))


def _meet(one, other):
    return one[0] <= other[2] and other[0] <= one[2] and one[1] <= other[3] and other[1] <= one[3]


def _parts(book):
    """Each part once, each with a content type, each type with a part."""
    if len(set(book.names)) < len(book.names):
        yield "a part is there twice"
    types = {
        one.get("PartName").lstrip("/") for one in book.find("[Content_Types].xml", "Override")
    }
    endings = {one.get("Extension") for one in book.find("[Content_Types].xml", "Default")}
    for name in types - set(book.names):
        yield f"content type of {name}, which is not there"
    for name in set(book.names) - types - {"[Content_Types].xml"}:
        if name.rpartition(".")[2] not in endings:
            yield f"{name} has no content type"


def _links(book):
    """Links lead to parts, and every id that is used is one."""
    for name in book.names:
        if name.endswith(".rels"):
            continue
        links = book.links(name)
        for target in set(links.values()) - set(book.names):
            yield f"{name} leads to {target}, which is not there"
        for element in book.roots[name].iter():
            used = element.get(f"{RELATION}id")
            if used and used not in links:
                yield f"{name} uses the link {used}, which it does not have"


def _workbook(book):
    names = [one.get("name") for one in book.find("xl/workbook.xml", "sheet")]
    if not names:
        yield "no sheet"
    if len({name.casefold() for name in names}) < len(names):
        yield f"sheets of one name: {names}"
    for name in names:
        quoted = "'" in name[:1] + name[-1:]
        if not 0 < len(name) <= 31 or re.search(r"[\[\]:*?/\\\x00]", name) or quoted:
            yield f"forbidden name of a sheet: {name!r}"
    for one in book.find("xl/sharedStrings.xml", "sst"):
        if int(one.get("uniqueCount", 0)) != len(book.strings):
            yield "the number of shared strings is wrong"


def _sheet(book, path):
    root = book.roots[path]
    order = [ORDER.index(_tag(one)) for one in root]
    if order != sorted(order):
        yield "elements in a wrong order"
    yield from _cells(book, path)
    yield from _widths(book, path)
    for rule in book.find(path, "cfRule"):
        if int(rule.get("dxfId", 0)) >= max(book.differences, 1):
            yield f"format {rule.get('dxfId')} of a condition is not there"
    merged = [_area(one.get("ref")) for one in book.find(path, "mergeCell")]
    for number, area in enumerate(merged):
        if any(_meet(area, other) for other in merged[:number]):
            yield f"merged cells meet at {area}"


def _cells(book, path):
    """Rows and cells in order and inside the sheet; what they point at is there."""
    last_row = 0
    for row in book.find(path, "row"):
        number, last_column = int(row.get("r")), 0
        if not last_row < number <= MOST_ROWS:
            yield f"row {number} after row {last_row}"
        last_row = number
        for cell in row:
            at = cell.get("r")
            cell_row, column = _place(at)
            if cell_row != number or not last_column < column <= MOST_COLUMNS:
                yield f"cell {at} in row {number} after column {last_column}"
            last_column = column
            yield from (f"{at}: {text}" for text in _cell(book, cell))


def _cell(book, cell):
    kind = cell.get("t", "n")
    if int(cell.get("s", 0)) >= max(book.formats, 1):
        yield f"format {cell.get('s')} is not there"
    value = next((one.text for one in cell if _tag(one) == "v"), None)
    if kind == "s" and not 0 <= int(value) < len(book.strings):
        yield f"string {value} is not there"
    if kind == "n" and value is not None and not re.fullmatch(
        r"-?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?", value
    ):
        yield f"{value!r} is no number"
    text = "".join(one.text or "" for one in cell.iter() if _tag(one) == "t")
    if len(text.encode("utf-16-le")) // 2 > MOST_TEXT:
        yield "text is too long"


def _widths(book, path):
    last = 0
    for one in book.find(path, "col"):
        first, until = int(one.get("min")), int(one.get("max"))
        if not last < first <= until <= MOST_COLUMNS:
            yield f"widths of columns {first} to {until} after {last}"
        last = until


def _tables(book, path):
    """Tables lie apart, and the names of their columns are unique and those of the cells."""
    areas, texts = [], None
    for target in book.links(path).values():
        if not target.startswith("xl/tables/"):
            continue
        table = book.roots[target]
        area = _area(table.get("ref"))
        texts = texts if texts is not None else _texts(book, path)
        names = [one.get("name") for one in book.find(target, "tableColumn")]
        if len({name.casefold() for name in names}) < len(names):
            yield f"{target}: columns of one name"
        if len(names) != area[3] - area[1] + 1:
            yield f"{target}: {len(names)} names for the area {table.get('ref')}"
        shown = [_unescaped(texts.get((area[0], area[1] + number))) for number in range(len(names))]
        if table.get("headerRowCount") != "0" and shown != [_unescaped(name) for name in names]:
            yield f"{target}: names {names} above cells {shown}"
        if any(_meet(area, other) for other in areas):
            yield f"{target} meets another table"
        areas.append(area)


def _texts(book, path):
    """:return: ``{(row, column): text}`` of the cells that hold text"""
    shared = {
        str(number): "".join(one.text or "" for one in string.iter() if _tag(one) == "t")
        for number, string in enumerate(book.strings)
    }
    found = {}
    for cell in book.find(path, "c"):
        if cell.get("t") == "s":
            found[_place(cell.get("r"))] = shared.get(
                next(one.text for one in cell if _tag(one) == "v"))
        elif cell.get("t") == "inlineStr":
            found[_place(cell.get("r"))] = "".join(
                one.text or "" for one in cell.iter() if _tag(one) == "t")
    return found


def _unescaped(name):
    """A text as it is shown: ``_x000A_`` is how a control character is written."""
    return re.sub(r"_x([0-9A-Fa-f]{4})_", lambda match: chr(int(match[1], 16)), name or "")
