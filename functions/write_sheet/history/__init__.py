"""What is known of the counts, and every number that follows from it. Pure, and knows no Sheets."""
