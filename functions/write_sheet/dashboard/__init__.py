"""What a person sees: the tabs Today, Months and Settings."""
