"""Sites, lanes, goods and makers as one network."""
