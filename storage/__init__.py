"""Local SQLite: work.db (what this desk made, small and precious) and ref.db (what the central API told us, disposable).

Nothing is opened at import.
"""
