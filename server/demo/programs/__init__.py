"""The three programs of the demonstration: plain scripts, runnable on their own, that know nothing of Concord."""
