"""The waiting room: who may order, in which order and how fast, at an opening that draws crowds."""
