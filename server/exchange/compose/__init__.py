"""Docker compose files: merged, interpolated and normalised as compose does, then read as systems (REG-11)."""
