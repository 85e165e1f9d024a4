"""What `./dev doctor` looks at, as findings."""
