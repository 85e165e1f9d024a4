"""How the history lies in the tabs data and days: read, changed, formatted."""
