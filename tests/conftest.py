import pytest


@pytest.fixture(scope="session")
def nlp():
    """The extractor that the package opens by itself."""
    import atau

    return atau.load()
