"""One `Form` and one `Field` for every screen that takes typed values.

- `spec` what a field and a section are
- `state` what a form draws and types into; `Texts` is the plain one, the return panel brings its own
- `field` and `form` the widgets; `history` undo and redo; `last_values` what Ctrl+R brings back
- `keys` the actions of a screen that holds a form
"""
