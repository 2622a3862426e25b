"""What is known of the workspace's texts: for now, whether they parse."""
