"""The step `watch`: requests the watched URLs once, and publishes what each request found."""
