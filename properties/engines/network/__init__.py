"""One consumer and a rest for any number of them: proved to be enough, or refused with the step that it cannot do."""
