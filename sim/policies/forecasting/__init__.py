"""How demand to come is forecast. One file a method; each registers itself."""
