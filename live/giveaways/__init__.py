"""Giveaways (福袋): a prize, drawn among those who entered, in a way that anybody can check."""
