"""The commands of `own-dashboard`, one module each.

A module's docstring begins with the line that `--help` shows. It holds
`configure(parser)`, which declares the arguments, and `run(arguments) -> int`, the exit status.
"""
