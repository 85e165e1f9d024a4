"""The same pipeline on one machine: emulators for managed services, the runner, the commands."""
