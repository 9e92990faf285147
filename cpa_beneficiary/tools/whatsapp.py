"""Messages copied or exported from WhatsApp, read line by line.

A copied message begins with its time and its sender: ``[10:15 AM, 22/11/2026] Name: text`` (copied on a computer),
``[22/11/2026, 10:15:03 AM] Name: text`` (exported on an iPhone) or ``22/11/2026, 10:15 - Name: text`` (on Android);
in Arabic with Arabic digits, an Arabic comma and ص or م. The lines that follow belong to it.
"""

import re
from typing import NamedTuple

from .saudi import normalise_phone
from .text import ascii_digits

# Direction and zero-width marks, which WhatsApp puts around senders and times.
_INVISIBLE = re.compile("[\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_CLOCK = r"[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?(?:\s?(?:[APap]\.?[Mm]\.?|ص|م))?"
_DAY = r"[0-9]{1,4}[/.\-][0-9]{1,2}[/.\-][0-9]{1,4}"
_MOMENT = rf"(?:{_CLOCK}\s?[,،]\s?{_DAY}|{_DAY}\s?[,،]?\s?{_CLOCK})"
_HEAD = re.compile(rf"^(?:\[{_MOMENT}\]|{_MOMENT}\s-)\s(?P<sender>[^:]{{1,80}}):\s?")
# What stands for a picture or a film that was not copied along.
_OMITTED = re.compile(
    r"^<?(?:media omitted|image omitted|video omitted|audio omitted|document omitted|sticker omitted"
    r"|تم استبعاد الوسائط|تم استبعاد الصورة|تم إدراج الوسائط)>?$",
    re.IGNORECASE,
)


class Message(NamedTuple):
    """One message: who sent it, as WhatsApp names him, and its text."""

    sender: str
    text: str


def parse_chat(text):
    """Read copied messages.

    :param text: ``str`` as pasted, or an empty value
    :return: list of ``Message``; empty when the text is none of WhatsApp's
    """
    messages = []
    for line in _INVISIBLE.sub("", text or "").replace("\u202f", " ").replace("\u00a0", " ").splitlines():
        # matched with ASCII digits, one for one, so that positions hold; the message keeps its own
        head = _HEAD.match(ascii_digits(line))
        if head:
            messages.append([line[head.start("sender") : head.end("sender")].strip().lstrip("~ "), line[head.end() :]])
        elif messages:
            messages[-1][1] += f"\n{line}"
    cleaned = [Message(sender, body.strip()) for sender, body in messages]
    return [message for message in cleaned if message.text and not _OMITTED.match(message.text)]


def read_chat(text):
    """Return who wrote to us and what, from copied messages or any other pasted text.

    The first sender is the one who wrote to us; what others answered in between keeps their names.

    :param text: ``str`` as pasted, or an empty value
    :return: dict ``{"name", "phone", "text"}`` of ``str``; the phone in E.164, "" where it is not known
    """
    messages = parse_chat(text)
    if not messages:
        return {"name": "", "phone": "", "text": _INVISIBLE.sub("", text or "").strip()}
    sender = messages[0].sender
    phone = normalise_phone(sender) or ""
    lines = [message.text if message.sender == sender else f"{message.sender}: {message.text}" for message in messages]
    return {"name": "" if phone else sender, "phone": phone, "text": "\n".join(lines)}
