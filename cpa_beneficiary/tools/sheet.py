"""Reading a register that someone kept in Excel: cells only, nothing of it is ever executed.

A file is read row by row and its content decides what it is, not its name. What cannot be read raises ``SheetError``
with a short code that the calling model turns into a message in the user's language.
"""

import csv
import io
import re
import struct
import zipfile
from datetime import date, datetime, time

MAX_FILE_BYTES = 20 * 1024 * 1024
MAX_UNPACKED_BYTES = 120 * 1024 * 1024
MAX_PARTS = 1_000
MAX_ROWS = 50_000
MAX_COLUMNS = 100

_OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # .xls, and any Office file that a password protects
_ZIP = b"PK\x03\x04"
_BOOK = "xl/workbook.xml"
_DELIMITERS = ",;\t|"
# Spaces and unseen marks that spreadsheets and chats leave around a value.
_AROUND = " \t\r\n\u00a0\u061c\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\ufeff"
_EXECUTED = ("=", "+", "-", "@", "\t", "\r")
_CUT_NUMBER = re.compile(r"[+-]?[0-9]+(?:[.,][0-9]+)?E\+?[0-9]+", re.IGNORECASE)
_ERROR_VALUES = frozenset({"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!"})


class SheetError(ValueError):
    """A file that cannot be read as a register.

    ``code``: ``empty``, ``size``, ``type``, ``macro``, ``password``, ``damaged``, ``bomb`` or ``rows``.
    """

    def __init__(self, code):
        """Keep the code for a message in the user's language."""
        super().__init__(code)
        self.code = code


def read_sheets(content):
    """The sheets of a workbook, or the one of a text file.

    :param bytes content: .xlsx, .xls or delimited text (UTF-8, UTF-16 or Windows-1256)
    :return: iterator of pairs (name of the sheet, iterator of its rows): the first row is line 1; a row is a list of
        ``str`` as :func:`cell_text` gives them, empty ones too
    :raise SheetError: at once or while reading
    """
    if not content:
        raise SheetError("empty")
    if len(content) > MAX_FILE_BYTES:
        raise SheetError("size")
    if content.startswith(_ZIP):
        return _read_xlsx(content)
    if content.startswith(_OLE2):
        return _read_xls(content)
    return _read_text(content)


def cell_text(value):
    """A cell as text: dates as ISO, whole numbers without a fraction, nothing unseen around it.

    :param value: what the reader of the file gives: ``None``, text, number, ``bool``, ``date`` or ``time``
    :return: ``str``
    """
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time.min else value.isoformat(" ", "seconds")
    if isinstance(value, (date, time)):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return clean_text(str(value))


def clean_text(text):
    """Text without what spreadsheets leave around it: spaces, unseen marks, the apostrophe that means "as text"."""
    text = text.strip(_AROUND)
    while text.startswith(("'", "\u2019")):
        text = text[1:].strip(_AROUND)
    return text


def text_problem(text):
    """What a spreadsheet has done to a value that should be what someone typed.

    :param str text: as :func:`cell_text` gives it
    :return: ``None``, ``formula`` (only values are read), ``error`` (#N/A and the like) or ``cut`` (1.12346E+09)
    """
    if text.startswith("="):
        return "formula"
    if text.upper() in _ERROR_VALUES:
        return "error"
    if _CUT_NUMBER.fullmatch(text):
        return "cut"
    return None


def safe_text(text):
    """Text that no spreadsheet takes for a formula; :func:`clean_text` reads it back as it was."""
    return f"'{text}" if text.startswith(_EXECUTED) else text


# ----------------------------------------------------------------------
# Formats
# ----------------------------------------------------------------------


def _read_xlsx(content):
    import openpyxl  # slow to load, and only an import needs it

    _check_archive(content)
    try:
        # read only: row by row; formulas stay text, so none can be taken for a value that someone typed
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
    except (ValueError, KeyError, TypeError, AttributeError, SyntaxError, zipfile.BadZipFile, OSError) as error:
        raise SheetError("damaged") from error
    for sheet in book.worksheets:
        yield sheet.title, _xlsx_rows(sheet)


def _xlsx_rows(sheet):
    sheet.reset_dimensions()  # what the file says of its own size may be wrong
    try:
        for number, row in enumerate(sheet.iter_rows(max_col=MAX_COLUMNS, values_only=True), 1):
            _check_rows(number, row)
            yield _without_tail([cell_text(value) for value in row])
    except (ValueError, KeyError, TypeError, SyntaxError, EOFError, zipfile.BadZipFile, OSError) as error:
        if isinstance(error, SheetError):
            raise
        raise SheetError("damaged") from error


def _check_archive(content):
    """Look into the archive before anything is unpacked: is it a workbook, without macros, of a bearable size?"""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            names = {part.filename for part in parts}
            if _BOOK not in names:
                raise SheetError("type")
            if any(name.lower().endswith("vbaproject.bin") for name in names):
                raise SheetError("macro")
            # what a part declares is what is unpacked at most, and a checksum guards it
            if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED_BYTES:
                raise SheetError("bomb")
            for part in parts:
                if part.filename.endswith((".xml", ".rels")):
                    with archive.open(part) as handle:
                        # no spreadsheet program writes one; it is how a small text unfolds into gigabytes
                        if b"<!DOCTYPE" in handle.read(1024).upper():
                            raise SheetError("bomb")
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError) as error:
        raise SheetError("damaged") from error


def _without_tail(cells):
    """Cells up to the last one that holds something."""
    while cells and not cells[-1]:
        cells.pop()
    return cells


def _read_xls(content):
    import xlrd  # slow to load, and only an import needs it

    try:
        book = xlrd.open_workbook(file_contents=content, on_demand=True)
    except xlrd.XLRDError as error:
        # an .xlsx with a password is a sealed .xls envelope
        sealed = "EncryptedPackage".encode("utf-16-le") in content or "encrypted" in str(error).lower()
        raise SheetError("password" if sealed else "type") from error
    except (xlrd.compdoc.CompDocError, struct.error, ValueError, LookupError, AssertionError, OSError) as error:
        raise SheetError("damaged") from error
    for index, name in enumerate(book.sheet_names()):
        yield name, _xls_rows(book, index)


def _xls_rows(book, index):
    import xlrd

    sheet = book.sheet_by_index(index)
    for number in range(sheet.nrows):
        row = sheet.row_slice(number, 0, MAX_COLUMNS)
        _check_rows(number + 1, row)
        cells = []
        for cell in row:
            if cell.ctype == xlrd.XL_CELL_DATE:
                try:
                    # counted from 1900 or from 1904, as the book says
                    cells.append(cell_text(xlrd.xldate.xldate_as_datetime(cell.value, book.datemode)))
                except (ValueError, OverflowError):
                    cells.append(cell_text(cell.value))
            elif cell.ctype == xlrd.XL_CELL_ERROR:
                cells.append(xlrd.error_text_from_code.get(cell.value, "#N/A"))
            elif cell.ctype == xlrd.XL_CELL_BOOLEAN:
                cells.append(str(bool(cell.value)))
            else:
                cells.append(cell_text(cell.value))
        yield cells
    book.unload_sheet(index)


def _read_text(content):
    text = _decode(content)
    lines = [line for line in text[:10_000].splitlines()[:20] if line.strip()]
    delimiter = max(_DELIMITERS, key=lambda sign: max((line.count(sign) for line in lines), default=0))
    yield "", _text_rows(text, delimiter)


def _text_rows(text, delimiter):
    try:
        for number, row in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), 1):
            _check_rows(number, row)
            yield [cell_text(value) for value in row[:MAX_COLUMNS]]
    except csv.Error as error:
        raise SheetError("damaged") from error


def _decode(content):
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ("utf-16",)
    elif b"\x00" in content or content.startswith((b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"Rar!", b"MZ")):
        raise SheetError("type")
    else:
        encodings = ("utf-8-sig", "cp1256")
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if text.lstrip()[:15].lower().startswith(("<!doctype", "<html", "<?xml")):
            raise SheetError("type")
        return text
    raise SheetError("type")


def _check_rows(number, row):
    """:raise SheetError: there is something below the last row that is read; a sheet's empty tail is none"""
    if number > MAX_ROWS and any(row):
        raise SheetError("rows")
