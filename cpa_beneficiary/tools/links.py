"""Links that open one page without a login: signed, expiring, and short enough for a text message.

What a link opens stands in the link itself, under a signature of the database's secret, so nothing that opens a record
is stored. Who has no genuine link learns nothing: whether or not a record exists, the answer and its time are the same,
because nothing is looked up before the signature holds.
"""

import base64
import binascii
import struct
from datetime import datetime, timezone

from odoo.tools import consteq, hmac

_NUMBER = struct.Struct(">I")
_DIGEST_BYTES = 12  # 96 bits: nobody guesses one, and a message of one part still holds it


class LinkExpired(Exception):
    """The link is genuine, and its time is over."""


def sign(env, path, ids, expires):
    """Return the address of a page, below ``path``, that opens for the records ``ids`` until it expires.

    :param env: any environment; the secret signs, it is not shown
    :param str path: where the page is (``/r``), and what the signature is good for
    :param ids: iterable of ints
    :param expires: naive UTC ``datetime``, counted in full minutes
    :return: ``str``, a path without host
    """
    until = int(expires.replace(tzinfo=timezone.utc).timestamp()) // 60
    return f"{path}/{_token(env, path, (until, *ids))}"


def read(env, path, token):
    """Return the ids that a link opens.

    :param token: what follows ``path`` in the address, as it came in
    :return: tuple of ints; None for what was not signed for this path, whatever is wrong with it
    :raise LinkExpired: it was signed, and its time is over
    """
    try:
        # a token is ASCII; the length keeps a long nonsense from being worked on
        raw = base64.urlsafe_b64decode(f"{token[:128]}===".encode("ascii"))
    except (binascii.Error, ValueError):
        return None
    body = raw[:-_DIGEST_BYTES]
    if len(body) < 2 * _NUMBER.size or len(body) % _NUMBER.size:
        return None
    numbers = tuple(number for (number,) in _NUMBER.iter_unpack(body))
    # the whole token, not its bytes: base64 writes the same bytes in several ways, and only ours is genuine
    if not consteq(token.encode(), _token(env, path, numbers).encode()):
        return None
    until, *ids = numbers
    if datetime.now(timezone.utc).timestamp() >= until * 60:
        raise LinkExpired
    return tuple(ids)


def _token(env, path, numbers):
    body = b"".join(map(_NUMBER.pack, numbers))
    digest = bytes.fromhex(hmac(env(su=True), f"cpa.link {path}", numbers))[:_DIGEST_BYTES]
    return base64.urlsafe_b64encode(body + digest).decode().rstrip("=")
