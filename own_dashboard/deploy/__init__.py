"""The first deployment, and every later one, as a list of steps that may be repeated."""
