"""The step `collect`: counts a person's commits and publishes the event."""
