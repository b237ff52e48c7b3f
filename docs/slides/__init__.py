"""The slides of the lectures, made from the lessons, the gallery and the lecturer's page: `make slides`."""
