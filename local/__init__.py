"""The same pipeline on one machine: stand-ins for the managed services, the runner, the commands."""
