"""What the class files of each release say: a fingerprint of every modelled method, and the signs of fixes."""
