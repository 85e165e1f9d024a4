"""Git clones on this machine as a source of commits."""
