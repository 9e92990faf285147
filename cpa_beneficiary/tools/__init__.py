"""Days, calendars, numbers and names as they are in Saudi Arabia; nothing of the ORM."""
