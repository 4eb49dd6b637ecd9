"""When things run: schedules read, expanded over days with time zones and daylight saving, and compared. Pure."""
