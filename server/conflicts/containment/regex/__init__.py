"""ECMA-262 patterns as languages: read once, combined with and, or and not, searched and matched in bounded steps."""
