"""How a machine writes dates, times and numbers (Windows' default formats of the locale)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@dataclass(frozen=True)
class Locale:
    """Formats and the OEM code page of one locale."""

    name: str
    codepage: int
    thousands: str
    decimal: str

    def date(self, moment: datetime, *, weekday: bool = False) -> str:
        """Return %DATE% (with `weekday`) or the date as DIR shows it."""
        if self.name == "de-DE":
            return moment.strftime("%d.%m.%Y")
        prefix = WEEKDAYS[moment.weekday()] + " " if weekday else ""
        return prefix + moment.strftime("%m/%d/%Y")

    def time(self, moment: datetime) -> str:
        """Return %TIME%: the hour padded with a blank, hundredths at the end."""
        return f"{moment.hour:2d}:{moment:%M:%S}{self.decimal}{moment.microsecond // 10000:02d}"

    def clock(self, moment: datetime) -> str:
        """Return hours and minutes as DIR and "time /t" show them."""
        return moment.strftime("%H:%M") if self.name == "de-DE" else moment.strftime("%I:%M %p")

    def stamp(self, moment: datetime) -> str:
        """Return date and time as %~t shows them."""
        return f"{self.date(moment)} {self.clock(moment)}"

    def number(self, value: int) -> str:
        """Return a number with thousands marks."""
        return f"{value:,}".replace(",", self.thousands)


LOCALES = {
    "en-US": Locale("en-US", 437, ",", "."),
    "de-DE": Locale("de-DE", 850, ".", ","),
}
