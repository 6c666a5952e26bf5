"""What is grown where: counties, producers, products and lots."""
