"""GitHub as a source of commits: its API, and nothing of how commits are counted."""
