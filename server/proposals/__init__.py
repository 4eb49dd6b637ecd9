"""Proposals: from a draft through the check and the agreement of everyone concerned."""
