<p><?php if ($a): ?>b<?php endif; ?></p>
