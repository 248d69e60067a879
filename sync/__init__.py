"""The wire between a desk and its central API."""

import logging

logging.getLogger(__name__).addHandler(logging.NullHandler())  # never a word on the screen
