"""What the life-cycle checks do: mixes of optional modules, and how the addon is used in them."""
