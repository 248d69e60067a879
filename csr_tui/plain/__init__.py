"""The desk line by line: the use cases of the screens, asked in numbered questions, for screen readers and pipes."""
