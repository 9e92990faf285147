"""The square codes (QR) on our papers."""

import base64
import io

import qrcode
from qrcode.constants import ERROR_CORRECT_M, ERROR_CORRECT_Q


def qr_image(text, hangs=False):
    """Return a square code as an image that stands in a page or paper itself (a ``data:`` address).

    :param str text: what a telephone reads from it
    :param bool hangs: it hangs somewhere for years: it survives a fold and a stain, and is read from further away
    """
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_Q if hangs else ERROR_CORRECT_M, border=4 if hangs else 1)
    code.add_data(text)
    image = io.BytesIO()
    code.make_image().save(image)
    return f"data:image/png;base64,{base64.b64encode(image.getvalue()).decode()}"
