"""What disruptions and policies act on: the network, its quantities, goods under way, geography."""
