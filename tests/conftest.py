"""What every test can ask for: the real model servers."""

import signal

import hypothesis

from model_servers.fixtures import litellm, llama, mlx, pytest_runtest_makereport

__all__ = ["litellm", "llama", "mlx", "pytest_runtest_makereport"]

# No test depends on a time; pytest-timeout ends one that hangs.
hypothesis.settings.register_profile("homespun", deadline=None)
hypothesis.settings.load_profile("homespun")

# Who is started in the background of a script ignores Ctrl-C, and so do all that it starts.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
