"""What `own-dashboard doctor` looks at: one module per service, each a list of findings."""
