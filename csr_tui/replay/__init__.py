"""`csr-tui replay DIR`: a year of real orders and returns through every floor of the program."""
