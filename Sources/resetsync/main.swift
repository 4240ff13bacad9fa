print("resetsync")
