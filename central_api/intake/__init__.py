"""The import of customers, orders and products: from files of the shop into the central database.

Files are read once, line by line, into a temporary SQLite file, and come back sorted, so that memory stays the same
however large they are and however their lines are ordered. Nothing is written before every file was read to its end.
"""
