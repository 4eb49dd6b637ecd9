"""Findings: what rules saw that a person should look at, with its history."""
