"""Real faults: desks and servers as processes that are killed, stopped, cut off and run out of disk."""
