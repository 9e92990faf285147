"""What a file really is, by its content, and what it would become where it is opened."""

import io
import zipfile

from odoo.tools.mimetypes import guess_mimetype
from PIL import Image, UnidentifiedImageError, WebPImagePlugin

# What people bring: scans, photos of phones, letters and sheets, a voice message. By content, each with its extensions.
UPLOAD_TYPES = {
    "application/pdf": {".pdf"},
    "image/png": {".png"},
    "image/jpeg": {".jpg", ".jpeg", ".jpe", ".jfif"},
    "image/webp": {".webp"},
    "image/heic": {".heic", ".heif"},
    "audio/ogg": {".ogg", ".opus", ".oga"},
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": {".docx"},
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": {".xlsx"},
    "application/vnd.oasis.opendocument.text": {".odt"},
}
# The best telephones' photos have 50 million points, the most that Odoo takes; packed, more fit into a few kilobytes.
MOST_POINTS = 50_000_000
# A document of 10 MB unpacks to no more than this.
MOST_UNPACKED = 200 * 1024 * 1024
PICTURES = {"image/png": "PNG", "image/jpeg": "JPEG", "image/webp": WebPImagePlugin.WebPImageFile.format}
# What some scanners put before a document.
_BEFORE_PDF = b"\xef\xbb\xbf\0\t\n\f\r "
_HEIC_BRANDS = (b"heic", b"heix", b"heif", b"mif1", b"msf1", b"hevc")


def content_type(raw):
    """Return the type of a file by its content, whatever its name says (``application/octet-stream`` if unknown)."""
    if raw[4:8] == b"ftyp" and raw[8:12] in _HEIC_BRANDS:
        return "image/heic"
    if raw.startswith(b"OggS"):
        return "audio/ogg"
    found = guess_mimetype(raw, default="application/octet-stream")
    if found == "application/pdf" and not raw.lstrip(_BEFORE_PDF).startswith(b"%PDF-"):
        return "application/octet-stream"  # a page that says further down to be one
    return found


def is_harmful(raw, mimetype):
    """Return whether a file would fill the memory or run a program where it is opened, or is no such file at all.

    :param str mimetype: as ``content_type`` returns it
    """
    if mimetype in PICTURES:
        return _picture_is_harmful(raw, PICTURES[mimetype])
    if raw.startswith(b"PK"):
        return _archive_is_harmful(raw)
    return False


def _picture_is_harmful(raw, kind):
    try:
        # only its head is read: nothing is unpacked
        with Image.open(io.BytesIO(raw), formats=[kind]) as picture:
            return picture.width * picture.height > MOST_POINTS or getattr(picture, "n_frames", 1) > 1
    except (Image.DecompressionBombError, UnidentifiedImageError, OSError, SyntaxError, ValueError):
        return True


def _archive_is_harmful(raw):
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError):
        return True
    unpacked = sum(part.file_size for part in parts)
    return unpacked > MOST_UNPACKED or any("vbaproject" in part.filename.lower() for part in parts)
