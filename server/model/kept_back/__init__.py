"""By what a text is recognised that one system keeps to itself: traces, logs, conversations, orders, disguises, thresholds.

Pure, and linear in the length of the text: every pattern is bounded, and sought only where a word of it stands.
"""
