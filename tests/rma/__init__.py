"""The rules of a return."""
