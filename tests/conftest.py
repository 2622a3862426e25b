"""What every test can ask for: the real model servers."""

from model_servers.fixtures import litellm, llama, pytest_runtest_makereport

__all__ = ["litellm", "llama", "pytest_runtest_makereport"]
