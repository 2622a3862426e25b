"""What every test can ask for: the real model servers."""

import hypothesis

from model_servers.fixtures import litellm, llama, mlx, pytest_runtest_makereport

__all__ = ["litellm", "llama", "mlx", "pytest_runtest_makereport"]

# No test depends on a time; pytest-timeout ends one that hangs.
hypothesis.settings.register_profile("homespun", deadline=None)
hypothesis.settings.load_profile("homespun")
