"""Agents and MCP servers by the cards that they hand out: what each offers, and where (REG-11)."""
