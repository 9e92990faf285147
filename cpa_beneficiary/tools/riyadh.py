"""Days as people in Najran live them.

Odoo stores moments in naive UTC. Between midnight and three in the morning in Saudi Arabia the UTC
date is still yesterday's, and the portal's, public and cron users have no time zone from which
``context_today`` could know better. So days come from here, pinned to Asia/Riyadh (UTC+3, no
daylight saving).
"""

from datetime import datetime, time, timezone
from zoneinfo import ZoneInfo

RIYADH = ZoneInfo("Asia/Riyadh")


def cpa_today():
    """The one "today" of the add-ons.

    Reads ``datetime.now`` at each call, so a test's ``freeze_time`` moves it.

    :return: ``date``, the calendar day in Riyadh
    """
    return datetime.now(RIYADH).date()


def riyadh_datetime(moment):
    """The same moment on a clock in Riyadh.

    :param moment: ``datetime``; a naive one is UTC, as Odoo stores it
    :return: aware ``datetime`` in Riyadh, or ``None`` for an empty moment
    """
    if not moment:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=timezone.utc)
    return moment.astimezone(RIYADH)


def riyadh_date(moment):
    """The calendar day in Riyadh on which a stored moment falls.

    :param moment: ``datetime``; a naive one is UTC, as Odoo stores it
    :return: ``date``, or ``None`` for an empty moment
    """
    local = riyadh_datetime(moment)
    return local.date() if local else None


def utc_start_of(day):
    """The moment a day begins in Riyadh, as Odoo stores it.

    A day is the half-open span ``utc_start_of(day) <= moment < utc_start_of(day + 1 day)``: use
    it to search a Datetime field by days.

    :param day: ``date`` in Riyadh
    :return: naive ``datetime`` in UTC (21:00 of the day before)
    """
    midnight = datetime.combine(day, time.min, tzinfo=RIYADH)
    return midnight.astimezone(timezone.utc).replace(tzinfo=None)
