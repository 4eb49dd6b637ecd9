"""The protocol's side of the surface: one server class over a catalogue, and the two transports that carry it."""
