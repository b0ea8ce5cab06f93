"""The exercise room: a web app over the exercise session, for tablets, a projector and a bad network."""
