"""The topic that a command speaks to, here or in the cloud, and its dead letters."""
