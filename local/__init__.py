"""The same pipeline on one machine: stand-ins for managed services, the runner, the commands."""
