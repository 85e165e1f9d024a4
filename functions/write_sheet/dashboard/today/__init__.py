"""The tab Today."""
