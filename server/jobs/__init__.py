"""What runs when: jobs on demand and on the built-in schedule, one leader among many processes."""
