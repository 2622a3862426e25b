"""What was asked, answered and changed."""
