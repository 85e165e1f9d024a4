"""What the three functions share: the event contract, the errors, the settings, the logs."""
