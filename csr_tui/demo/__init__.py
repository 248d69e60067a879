"""`csr-tui demo`: a synthetic shop, its central API as a child process, and a desk that is ready to work."""
