"""Offers, orders and money: the checkout and everything that follows it."""
