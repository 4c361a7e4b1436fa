"""What each menu entry and key does, one file a menu."""
