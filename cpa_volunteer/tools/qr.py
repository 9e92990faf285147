import base64
import io

import qrcode


def qr_image(text):
    """Return a square code as an image that stands in a page or paper itself (a ``data:`` address).

    :param str text: what a telephone reads from it
    """
    image = io.BytesIO()
    qrcode.make(text, border=1).save(image, "PNG")
    return f"data:image/png;base64,{base64.b64encode(image.getvalue()).decode()}"
