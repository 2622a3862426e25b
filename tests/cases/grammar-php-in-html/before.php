<p><?php echo 1; ?></p>
