"""The exercise room: who may what, what is sent to whom, how it ends and goes on, and its pages in a browser."""
